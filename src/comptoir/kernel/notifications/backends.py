"""Mail as files, for the demo and for trying things out: one `.eml` for each Message-ID."""

import re
from collections.abc import Sequence
from pathlib import Path

from django.conf import settings
from django.core.mail import EmailMessage
from django.core.mail.backends.base import BaseEmailBackend


class EmlFileBackend(BaseEmailBackend):
    """Writes into `settings.MAIL_DIR`. A mail that is sent again overwrites itself: one file, one mail."""

    def send_messages(self, email_messages: Sequence[EmailMessage]) -> int:
        folder = Path(settings.MAIL_DIR)
        folder.mkdir(parents=True, exist_ok=True)
        for email in email_messages:
            message = email.message()
            name = re.sub(r"[^\w@.+-]", "_", str(message["Message-ID"]).strip("<> "))
            unfinished = folder / f".{name}.part"
            unfinished.write_bytes(message.as_bytes(linesep="\r\n"))
            unfinished.replace(folder / f"{name}.eml")
        return len(email_messages)
