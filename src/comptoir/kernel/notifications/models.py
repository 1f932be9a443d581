"""The row of a mail, and how its state moves."""

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from comptoir.kernel import clock
from comptoir.kernel.encrypted_fields import EncryptedJSON, EncryptedText, digests
from comptoir.kernel.ids import new_id
from comptoir.kernel.states import Transitions


class MailState(models.TextChoices):
    QUEUED = "queued", pgettext_lazy("mail", "queued")
    SENT = "sent", pgettext_lazy("mail", "sent")
    FAILED = "failed", pgettext_lazy("mail", "failed")


MAIL_TRANSITIONS: Transitions = {
    MailState.QUEUED: frozenset({MailState.SENT, MailState.FAILED}),
    # Only an operator has a mail sent once more.
    MailState.SENT: frozenset({MailState.QUEUED}),
    MailState.FAILED: frozenset({MailState.QUEUED, MailState.SENT}),
}


class MailQuerySet(models.QuerySet["Mail"]):
    def to(self, address: str) -> "MailQuerySet":
        """The mails to this address, however its letters were written."""
        return self.filter(address_digest__in=digests(address))


class Mail(models.Model):
    """One mail to one address, as it was rendered when it was asked for.

    Whom it went to and what it said is encrypted, all but its subject, by which operators tell mails apart; by
    `address_digest` it is found all the same.
    `secret` marks a mail whose text opens a door (a link to a new password): no operator is shown it.
    """

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    key = models.CharField(_("key"), max_length=200, unique=True)
    recipient = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        verbose_name=_("recipient"),
    )
    address = EncryptedText(_("address"))
    address_digest = models.CharField(max_length=32, default="", db_default="", editable=False)
    template = models.CharField(_("template"), max_length=100)
    locale = models.CharField(_("language"), max_length=8)
    context = EncryptedJSON(_("context"), default=dict, blank=True)
    subject = models.CharField(_("subject"), max_length=400)
    text = EncryptedText(_("text"))
    html = EncryptedText(_("HTML"), blank=True)
    secret = models.BooleanField(_("confidential"), default=False)
    state = models.CharField(_("state"), max_length=8, choices=MailState.choices, default=MailState.QUEUED)
    attempts = models.PositiveSmallIntegerField(_("attempts"), default=0)
    last_error = EncryptedText(_("last error"), blank=True, default="")
    provider_id = models.CharField(_("provider’s reference"), max_length=200, blank=True, default="")
    created_at = models.DateTimeField(_("created"), default=clock.now)
    sent_at = models.DateTimeField(_("sent at"), null=True, blank=True)

    objects = MailQuerySet.as_manager()

    class Meta:
        verbose_name = _("mail")
        verbose_name_plural = _("mails")
        indexes = [models.Index(fields=["address_digest"], name="mail_address_digest")]

    def __str__(self) -> str:
        return self.subject
