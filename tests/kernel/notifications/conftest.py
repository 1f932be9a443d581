"""Mail that really goes out, to a server that stands on this machine."""

from collections.abc import Iterator
from typing import Any

import pytest

from tests.kernel.jobs.processes import free_port
from tests.kernel.notifications.post_office import PostOffice


@pytest.fixture
def closed_office(settings: Any) -> Iterator[PostOffice]:
    """The installation sends by SMTP to a server that is down."""
    office = PostOffice(free_port())
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", office.port
    settings.SITE_URL = "https://shop.example.test"
    settings.DEFAULT_FROM_EMAIL = "The Shop <hello@shop.example.test>"
    yield office
    office.close()


@pytest.fixture
def office(closed_office: PostOffice) -> PostOffice:
    closed_office.open()
    return closed_office
