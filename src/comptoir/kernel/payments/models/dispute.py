"""A payment that the payer's bank takes back on the payer's complaint, and the states of that."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from comptoir.kernel import clock
from comptoir.kernel.ids import new_id
from comptoir.kernel.money import Money
from comptoir.kernel.payments.models.payment import Payment
from comptoir.kernel.states import Transitions


class DisputeState(models.TextChoices):
    INQUIRY = "inquiry", _("Inquiry: nothing withdrawn yet")
    NEEDS_RESPONSE = "needs_response", _("Evidence wanted")
    UNDER_REVIEW = "under_review", _("Under review")
    WON = "won", _("Won")
    LOST = "lost", _("Lost")
    CLOSED = "closed", _("Closed without a dispute")


# A decision can be turned round: a bank gives back what we had lost, or takes again what we had won.
DISPUTE_TRANSITIONS: Transitions = {
    DisputeState.INQUIRY: frozenset({"needs_response", "under_review", "won", "lost", "closed"}),
    DisputeState.NEEDS_RESPONSE: frozenset({"under_review", "won", "lost"}),
    DisputeState.UNDER_REVIEW: frozenset({"won", "lost"}),
    DisputeState.WON: frozenset({"lost"}),
    DisputeState.LOST: frozenset({"won"}),
    DisputeState.CLOSED: frozenset({"needs_response", "under_review", "won", "lost"}),
}

OPEN_DISPUTES = (DisputeState.INQUIRY, DisputeState.NEEDS_RESPONSE, DisputeState.UNDER_REVIEW)
# Of these the bank holds the money; an inquiry can still be ended by a refund.
CONTESTED = (DisputeState.NEEDS_RESPONSE, DisputeState.UNDER_REVIEW)


class Dispute(models.Model):
    """A payer's complaint to their bank about a payment (a chargeback).

    `withdrawn_minor` is what the gateway has taken out of our balance for it and not given back, in
    `withdrawn_currency`; `fee_minor`, in the same, what it charges for the dispute itself; `movement_count` how many
    movements these are the sum of, so that an older reading is known as one. `lost_minor` is what of the withdrawn has
    been taken from those who had it, `own_minor` how much of that, ever, from our own part of the payment. `reason` is
    the bank's, in the gateway's word for it.
    """

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    payment = models.ForeignKey(
        Payment, on_delete=models.PROTECT, related_name="disputes", verbose_name=_("payment")
    )
    gateway = models.CharField(_("gateway"), max_length=16)
    reference = models.CharField(_("reference there"), max_length=128)
    amount_minor = models.BigIntegerField(_("amount in minor units"))
    currency = models.CharField(_("currency"), max_length=3)
    reason = models.CharField(_("reason"), max_length=64, blank=True)
    state = models.CharField(
        _("state"), max_length=16, choices=DisputeState, default=DisputeState.NEEDS_RESPONSE
    )
    withdrawn_minor = models.BigIntegerField(_("withdrawn, in minor units"), default=0)
    fee_minor = models.BigIntegerField(_("gateway’s fee in minor units"), default=0)
    withdrawn_currency = models.CharField(_("currency withdrawn"), max_length=3, blank=True)
    movement_count = models.PositiveSmallIntegerField(_("movements"), default=0)
    lost_minor = models.BigIntegerField(_("lost, in minor units"), default=0)
    own_minor = models.BigIntegerField(_("from our own part, in minor units"), default=0, db_default=0)
    evidence_due_at = models.DateTimeField(_("evidence due"), null=True, blank=True)
    opened_at = models.DateTimeField(_("opened"), default=clock.now)
    closed_at = models.DateTimeField(_("decided"), null=True, blank=True)
    read_at = models.DateTimeField(_("last read"), default=clock.now)

    class Meta:
        verbose_name = _("dispute")
        verbose_name_plural = _("disputes")
        constraints = [
            models.UniqueConstraint(fields=["gateway", "reference"], name="dispute_reference"),
            models.CheckConstraint(condition=Q(amount_minor__gt=0), name="dispute_amount_positive"),
        ]
        indexes = [
            models.Index(
                fields=["opened_at"],
                name="dispute_open",
                condition=Q(state__in=["inquiry", "needs_response", "under_review"]),
            )
        ]

    def __str__(self) -> str:
        return f"{self.amount} · {self.get_state_display()}"

    @property
    def amount(self) -> Money:
        return Money(self.amount_minor, self.currency)
