"""Mail that really goes out, to a server that stands on this machine."""

from collections.abc import Iterator
from typing import Any

import pytest

from tests.kernel.jobs.processes import free_port
from tests.kernel.notifications.mail_server import MailServer


@pytest.fixture
def stopped_mail_server(settings: Any) -> Iterator[MailServer]:
    """The installation sends by SMTP to a server that is down."""
    server = MailServer(free_port())
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", server.port
    settings.SITE_URL = "https://shop.example.test"
    settings.DEFAULT_FROM_EMAIL = "The Shop <hello@shop.example.test>"
    yield server
    server.close()


@pytest.fixture
def mail_server(stopped_mail_server: MailServer) -> MailServer:
    stopped_mail_server.open()
    return stopped_mail_server
