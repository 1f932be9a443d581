"""One amount asked of one payer, and the states it goes through."""

from datetime import datetime, timedelta

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from comptoir.kernel import clock
from comptoir.kernel.accounts.models import HOUSE_ID, Workspace
from comptoir.kernel.ids import new_id
from comptoir.kernel.money import Money
from comptoir.kernel.payments.models.customer import PaymentMethod, default_gateway
from comptoir.kernel.states import Transitions


class PaymentState(models.TextChoices):
    CREATED = "created", _("Created")
    OPEN = "open", _("Waiting for the payer")
    PROCESSING = "processing", _("Processing")
    REQUIRES_ACTION = "requires_action", _("Waiting for the payer’s confirmation")
    PAID = "paid", _("Paid")
    FAILED = "failed", _("Failed")
    EXPIRED = "expired", _("Expired")


# A payment that failed or expired can still turn out paid: what the gateway holds is the truth, however late.
# One of which a card was refused can be tried with another, and can be cancelled.
PAYMENT_TRANSITIONS: Transitions = {
    PaymentState.CREATED: frozenset({"open", "processing", "requires_action", "paid", "failed", "expired"}),
    PaymentState.OPEN: frozenset({"processing", "requires_action", "paid", "failed", "expired"}),
    PaymentState.PROCESSING: frozenset({"requires_action", "paid", "failed", "expired"}),
    PaymentState.REQUIRES_ACTION: frozenset({"processing", "paid", "failed", "expired"}),
    PaymentState.PAID: frozenset(),
    PaymentState.FAILED: frozenset({"processing", "requires_action", "paid", "expired"}),
    PaymentState.EXPIRED: frozenset({"paid"}),
}

UNRESOLVED = (
    PaymentState.CREATED,
    PaymentState.OPEN,
    PaymentState.PROCESSING,
    PaymentState.REQUIRES_ACTION,
)


class Flow(models.TextChoices):
    """Where the payer confirms: on a page of the gateway's, on a page of ours that embeds the gateway's element, or
    nowhere, since a saved method is charged while they are away."""

    HOSTED = "hosted", _("The gateway’s page")
    EMBEDDED = "embedded", _("Our own page")
    OFF_SESSION = "off_session", _("A saved payment method")


def first_poll_at() -> datetime:
    """When to ask the gateway about a new payment of which nothing was heard."""
    return clock.now() + timedelta(minutes=5)


first_question = first_poll_at  # as the first migration knows it


class Payment(models.Model):
    """One amount asked of one payer for one subject of a product.

    `workspace` is who is paid, and whose books it is posted in. `purpose` and `subject_id` say what for, without
    tying the kernel to a product's table. `method` is the saved one that is charged off session. The columns after
    `gateway` are what the gateway calls its own objects. While the payment is unresolved the gateway is asked about it
    again at `next_poll_at`.

    `received_minor` and `received_currency` are there only where something else came than was asked for: that is in
    suspense. `refunded_minor` was given back or is on its way, `disputed_minor` is withdrawn by the payer's bank: both
    in the currency of what was received.
    """

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    workspace = models.ForeignKey(
        Workspace, models.PROTECT, default=HOUSE_ID, db_index=False, verbose_name=_("workspace")
    )
    purpose = models.CharField(_("purpose"), max_length=64)
    subject_id = models.CharField(_("subject"), max_length=64)
    payer = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        null=True,
        on_delete=models.PROTECT,
        related_name="payments",
        verbose_name=_("payer"),
    )
    amount_minor = models.BigIntegerField(_("amount in minor units"))
    currency = models.CharField(_("currency"), max_length=3)
    state = models.CharField(_("state"), max_length=16, choices=PaymentState, default=PaymentState.CREATED)
    flow = models.CharField(_("way of paying"), max_length=16, choices=Flow, default=Flow.HOSTED)
    method = models.ForeignKey(
        PaymentMethod,
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="payments",
        verbose_name=_("saved payment method"),
    )
    gateway = models.CharField(_("gateway"), max_length=16, default=default_gateway)
    session = models.CharField(_("page there"), max_length=128, blank=True)
    reference = models.CharField(_("reference there"), max_length=128, blank=True)
    charge = models.CharField(_("charge there"), max_length=128, blank=True)
    page_url = models.TextField(_("address of the page"), blank=True)
    received_minor = models.BigIntegerField(_("received instead, in minor units"), null=True, blank=True)
    received_currency = models.CharField(_("currency received instead"), max_length=3, blank=True)
    refunded_minor = models.BigIntegerField(_("refunded, in minor units"), default=0)
    disputed_minor = models.BigIntegerField(_("disputed, in minor units"), default=0)
    gateway_fee_minor = models.BigIntegerField(_("gateway’s fee in minor units"), null=True, blank=True)
    failure_code = models.CharField(_("reason of the failure"), max_length=64, blank=True)
    failure_message = models.TextField(_("failure in words"), blank=True)
    created_at = models.DateTimeField(_("created"), default=clock.now)
    expires_at = models.DateTimeField(_("expires"), null=True, blank=True)
    paid_at = models.DateTimeField(_("paid"), null=True, blank=True)
    next_poll_at = models.DateTimeField(_("asked about next"), default=first_poll_at)
    poll_count = models.PositiveSmallIntegerField(_("times asked"), default=0)

    class Meta:
        verbose_name = _("payment")
        verbose_name_plural = _("payments")
        constraints = [
            models.CheckConstraint(condition=Q(amount_minor__gt=0), name="payment_amount_positive"),
            models.UniqueConstraint(
                fields=["gateway", "reference"], condition=~Q(reference=""), name="payment_reference"
            ),
            models.UniqueConstraint(
                fields=["gateway", "session"], condition=~Q(session=""), name="payment_session"
            ),
        ]
        indexes = [
            models.Index(fields=["purpose", "subject_id"]),
            models.Index(
                fields=["next_poll_at"],
                name="payment_to_poll",
                condition=Q(state__in=["created", "open", "processing", "requires_action"]),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.amount} · {self.get_state_display()}"

    @property
    def amount(self) -> Money:
        """What was asked for."""
        return Money(self.amount_minor, self.currency)

    @property
    def is_in_suspense(self) -> bool:
        """Whether something else came than was asked for: it belongs to nobody until a person has decided."""
        return self.received_minor is not None

    @property
    def received(self) -> Money:
        """What came, once it is paid; what was asked for, until then."""
        if self.received_minor is None:
            return self.amount
        return Money(self.received_minor, self.received_currency)
