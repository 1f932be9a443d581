"""Sending a queued mail by the backend of this installation, and recording that it was sent."""

from email.utils import parseaddr
from smtplib import SMTPRecipientsRefused

from django.conf import settings
from django.core.mail import EmailMultiAlternatives
from django.db import transaction
from django.db.models import F

from comptoir.kernel import clock
from comptoir.kernel.jobs import GiveUp, job
from comptoir.kernel.notifications.models import MAIL_TRANSITIONS, Mail, MailState
from comptoir.kernel.states import move


class NotSent(Exception):
    """Raised instead of the backend's own error, which may name the address: that is kept, encrypted, on the mail."""


def fail(*, mail_id: str) -> None:
    """No attempt is left."""
    mail = Mail.objects.filter(pk=mail_id).first()
    if mail is not None and mail.state == MailState.QUEUED:
        move(mail, MailState.FAILED, table=MAIL_TRANSITIONS, attempts=mail.attempts)


@job("notifications.deliver", on_dead=fail)
def deliver(*, mail_id: str) -> None:
    """Send a mail, unless it was sent already or has been deleted since.

    Killed between the sending and the writing down, it goes out once more, with the same Message-ID: mail
    programs show one. The alternative would be a mail that may never have been sent at all.
    """
    # What is not sent need not be decrypted.
    mail = Mail.objects.defer("context", "last_error").filter(pk=mail_id).first()
    if mail is None or mail.state == MailState.SENT:
        return
    message = compose(mail)
    Mail.objects.filter(pk=mail.pk).update(attempts=F("attempts") + 1)
    try:
        message.send()
    except Exception as error:
        Mail.objects.filter(pk=mail.pk).update(last_error=repr(error)[:2000])
        reason = f"{type(error).__name__}: see the last error of the mail {mail.pk}"
        raise (GiveUp if _is_final(error) else NotSent)(reason) from None
    with transaction.atomic():
        move(mail, MailState.SENT, table=MAIL_TRANSITIONS)
        Mail.objects.filter(pk=mail.pk).update(sent_at=clock.now(), provider_id=_reference(message))


def compose(mail: Mail) -> EmailMultiAlternatives:
    message = EmailMultiAlternatives(
        subject=mail.subject,
        body=mail.text,
        to=[mail.address],
        headers={"Message-ID": message_id(mail), "Auto-Submitted": "auto-generated"},
    )
    if mail.html:
        message.attach_alternative(mail.html, "text/html")
    return message


def message_id(mail: Mail) -> str:
    """The same for every sending of this row, under the sender's own domain."""
    domain = parseaddr(settings.DEFAULT_FROM_EMAIL)[1].rpartition("@")[2]
    return f"<{mail.pk}@{domain or 'localhost'}>"


def _is_final(error: Exception) -> bool:
    """Whether the server will never take this mail: an address that it refuses for good."""
    return isinstance(error, SMTPRecipientsRefused) and all(
        500 <= code < 600 for code, _answer in error.recipients.values()
    )


def _reference(message: EmailMultiAlternatives) -> str:
    """What the mail provider calls it, where one was asked (anymail)."""
    status = getattr(message, "anymail_status", None)
    return str(getattr(status, "message_id", None) or "")[:200]
