"""Money of a payment given back, and the states of that."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from comptoir.kernel import clock
from comptoir.kernel.ids import new_id
from comptoir.kernel.money import Money
from comptoir.kernel.payments.models.payment import Payment
from comptoir.kernel.states import Transitions


class RefundState(models.TextChoices):
    PENDING = "pending", _("On its way")
    SUCCEEDED = "succeeded", _("Refunded")
    FAILED = "failed", _("Failed")


# A refund that had gone through can still bounce at the payer's bank, weeks later.
REFUND_TRANSITIONS: Transitions = {
    RefundState.PENDING: frozenset({"succeeded", "failed"}),
    RefundState.SUCCEEDED: frozenset({"failed"}),
    RefundState.FAILED: frozenset(),
}


class Refund(models.Model):
    """Money of a payment given back: asked for here, or made at the gateway and learnt of.

    `key` names the business operation that asked for it. `subject_id` is the part of the payment's subject that
    it is for (one purchase of an order), where it is for one. `own_minor` of it comes out of our own part of the
    payment, the payees' parts are its reversals. One that `bounced` had gone through before it failed: the money is
    ours again, and still the payer's.
    """

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    payment = models.ForeignKey(
        Payment, on_delete=models.PROTECT, related_name="refunds", verbose_name=_("payment")
    )
    key = models.CharField(_("key"), max_length=160, unique=True)
    subject_id = models.CharField(_("subject"), max_length=64, blank=True)
    amount_minor = models.BigIntegerField(_("amount in minor units"))
    own_minor = models.BigIntegerField(_("from our own part, in minor units"), default=0, db_default=0)
    reason = models.TextField(_("reason"), blank=True)
    actor = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
        verbose_name=_("asked by"),
    )
    state = models.CharField(_("state"), max_length=16, choices=RefundState, default=RefundState.PENDING)
    gateway = models.CharField(_("gateway"), max_length=16)
    reference = models.CharField(_("reference there"), max_length=128, blank=True)
    failure_message = models.TextField(_("failure in words"), blank=True)
    created_at = models.DateTimeField(_("created"), default=clock.now)
    settled_at = models.DateTimeField(_("settled"), null=True, blank=True)
    bounced = models.BooleanField(_("bounced"), default=False)

    class Meta:
        verbose_name = _("refund")
        verbose_name_plural = _("refunds")
        constraints = [
            models.CheckConstraint(condition=Q(amount_minor__gt=0), name="refund_amount_positive"),
            models.UniqueConstraint(
                fields=["gateway", "reference"], condition=~Q(reference=""), name="refund_reference"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.amount} · {self.get_state_display()}"

    @property
    def amount(self) -> Money:
        return Money(self.amount_minor, self.payment.received.currency)
