"""Who is paid through us, their part of a payment, and what of it is taken back."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from comptoir.kernel import clock
from comptoir.kernel.accounts.models import Workspace
from comptoir.kernel.ids import new_id
from comptoir.kernel.money import Money
from comptoir.kernel.payments.models.customer import default_gateway
from comptoir.kernel.payments.models.dispute import Dispute
from comptoir.kernel.payments.models.payment import Payment
from comptoir.kernel.payments.models.refund import Refund
from comptoir.kernel.states import Transitions


class Payee(models.Model):
    """Someone who is paid through us, and what the gateway last said of their account there."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    user = models.OneToOneField(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="payee", verbose_name=_("person")
    )
    workspace = models.ForeignKey(
        Workspace, models.PROTECT, related_name="payees", verbose_name=_("workspace")
    )
    gateway = models.CharField(_("gateway"), max_length=16, default=default_gateway)
    account = models.CharField(_("account there"), max_length=64, null=True, editable=False)  # noqa: DJ001 (unique where known)
    charges_enabled = models.BooleanField(_("may be paid"), default=False)
    payouts_enabled = models.BooleanField(_("is paid out"), default=False)
    details_submitted = models.BooleanField(_("has answered everything"), default=False)
    requirements = models.JSONField(_("still wanted"), default=list, blank=True)
    read_at = models.DateTimeField(_("last read"), null=True, blank=True)
    created_at = models.DateTimeField(_("created"), default=clock.now)

    class Meta:
        verbose_name = _("payee")
        verbose_name_plural = _("payees")
        constraints = [models.UniqueConstraint(fields=["gateway", "account"], name="payee_account")]

    def __str__(self) -> str:
        account = self.account or _("no account yet")
        return f"{self.user} ({account})"

    @property
    def onboarding_complete(self) -> bool:
        """May be paid: what the gateway asks for was handed in, and charges are let through (K9)."""
        return self.details_submitted and self.charges_enabled


class ShareState(models.TextChoices):
    PENDING = "pending", _("Waiting for the payment")
    DUE = "due", _("To be sent")
    SENT = "sent", _("Sent")
    HELD = "held", _("Held back by the gateway")
    CANCELLED = "cancelled", _("Refunded before it was sent")


SHARE_TRANSITIONS: Transitions = {
    ShareState.PENDING: frozenset({"due", "sent"}),
    ShareState.DUE: frozenset({"sent", "held", "cancelled"}),
    ShareState.HELD: frozenset({"due", "cancelled"}),
    ShareState.CANCELLED: frozenset(),
    ShareState.SENT: frozenset(),
}


class Share(models.Model):
    """A payee's part of a payment: `gross_minor` of what was sold is theirs, less our `fee_minor`."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    payment = models.ForeignKey(
        Payment, on_delete=models.PROTECT, related_name="shares", verbose_name=_("payment")
    )
    payee = models.ForeignKey(Payee, on_delete=models.PROTECT, related_name="shares", verbose_name=_("payee"))
    gross_minor = models.BigIntegerField(_("sold, in minor units"))
    fee_minor = models.BigIntegerField(_("our fee, in minor units"))
    state = models.CharField(_("state"), max_length=16, choices=ShareState, default=ShareState.PENDING)
    transfer = models.CharField(_("transfer there"), max_length=128, blank=True)
    held_because = models.TextField(_("held because"), blank=True)
    holds = models.PositiveSmallIntegerField(_("times held"), default=0)
    sent_at = models.DateTimeField(_("sent"), null=True, blank=True)

    class Meta:
        verbose_name = _("share")
        verbose_name_plural = _("shares")
        constraints = [
            models.UniqueConstraint(fields=["payment", "payee"], name="share_once_per_payee"),
            models.CheckConstraint(
                condition=Q(fee_minor__gte=0) & Q(gross_minor__gt=models.F("fee_minor")), name="share_amounts"
            ),
        ]
        indexes = [
            models.Index(fields=["state"], name="share_to_send", condition=Q(state__in=["due", "held"]))
        ]

    def __str__(self) -> str:
        return f"{Money(self.net_minor, self.payment.currency)} · {self.get_state_display()}"

    @property
    def net_minor(self) -> int:
        return self.gross_minor - self.fee_minor


class ReversalState(models.TextChoices):
    DUE = "due", _("To be taken back")
    DONE = "done", _("Taken back")
    OWED = "owed", _("Owed by the payee")
    CANCELLED = "cancelled", _("Nothing to take back")


REVERSAL_TRANSITIONS: Transitions = {
    ReversalState.DUE: frozenset({"done", "owed", "cancelled"}),
    ReversalState.OWED: frozenset({"due", "cancelled"}),
    ReversalState.CANCELLED: frozenset(),
    ReversalState.DONE: frozenset(),
}


class Reversal(models.Model):
    """A payee's part of a refund or of a lost dispute: `gross_minor` of what was sold, less the part of our fee that
    we give up.

    What cannot be taken back from their account, they owe: it stays below zero in their ledger account.
    """

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    refund = models.ForeignKey(
        Refund,
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="reversals",
        verbose_name=_("refund"),
    )
    dispute = models.ForeignKey(
        Dispute,
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="reversals",
        verbose_name=_("dispute"),
    )
    share = models.ForeignKey(
        Share, on_delete=models.PROTECT, related_name="reversals", verbose_name=_("share")
    )
    gross_minor = models.BigIntegerField(_("sold, in minor units"))
    fee_minor = models.BigIntegerField(_("our fee, in minor units"))
    state = models.CharField(_("state"), max_length=16, choices=ReversalState, default=ReversalState.DUE)
    reference = models.CharField(_("reference there"), max_length=128, blank=True)
    owed_because = models.TextField(_("owed because"), blank=True)
    tries = models.PositiveSmallIntegerField(_("tries"), default=0)

    class Meta:
        verbose_name = _("reversal")
        verbose_name_plural = _("reversals")
        constraints = [
            models.UniqueConstraint(fields=["refund", "share"], name="reversal_once_per_share"),
            models.CheckConstraint(
                condition=Q(refund=None, dispute__isnull=False) | Q(refund__isnull=False, dispute=None),
                name="reversal_of_one_thing",
            ),
            models.CheckConstraint(
                condition=Q(fee_minor__gte=0) & Q(gross_minor__gte=models.F("fee_minor")),
                name="reversal_amounts",
            ),
        ]
        indexes = [
            models.Index(fields=["state"], name="reversal_to_take", condition=Q(state__in=["due", "owed"]))
        ]

    def __str__(self) -> str:
        return f"{Money(self.net_minor, self.share.payment.currency)} · {self.get_state_display()}"

    @property
    def net_minor(self) -> int:
        return self.gross_minor - self.fee_minor
