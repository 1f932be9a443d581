"""A process that is killed in the moment between sending a mail and writing down that it was sent."""

import os
import signal

import django
from django.conf import settings
from django.core.mail.backends.smtp import EmailBackend


class KilledAfterSending(EmailBackend):
    def send_messages(self, email_messages):
        super().send_messages(email_messages)
        os.kill(os.getpid(), signal.SIGKILL)


def main() -> None:
    settings.EMAIL_BACKEND = "tests.kernel.notifications.deadly.KilledAfterSending"
    settings.DEFAULT_FROM_EMAIL = "hello@shop.example.test"
    django.setup()
    from comptoir.kernel.jobs import drain

    drain()
