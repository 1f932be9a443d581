"""Payments, the shares that sellers have in them, and what we asked the gateways and heard from them."""

from datetime import datetime, timedelta

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from comptoir.kernel import clock
from comptoir.kernel.ids import new_id
from comptoir.kernel.money import Money
from comptoir.kernel.states import Transitions


class Payee(models.Model):
    """Someone who is paid through us, and what the gateway last said of their account there."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    user = models.OneToOneField(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="payee", verbose_name=_("person")
    )
    gateway = models.CharField(_("gateway"), max_length=16, default="stripe")
    account = models.CharField(_("account there"), max_length=64, null=True, unique=True, editable=False)  # noqa: DJ001 (unique where known)
    charges_enabled = models.BooleanField(_("may be paid"), default=False)
    payouts_enabled = models.BooleanField(_("is paid out"), default=False)
    details_submitted = models.BooleanField(_("has answered everything"), default=False)
    requirements = models.JSONField(_("still wanted"), default=list, blank=True)
    read_at = models.DateTimeField(_("last read"), null=True, blank=True)
    created_at = models.DateTimeField(_("created"), default=clock.now)

    class Meta:
        verbose_name = _("payee")
        verbose_name_plural = _("payees")

    def __str__(self) -> str:
        return f"{self.user} ({self.account or 'no account yet'})"

    @property
    def onboarding_complete(self) -> bool:
        """May be paid: what Stripe asks for was handed in, and charges are let through (K9)."""
        return self.details_submitted and self.charges_enabled


class PaymentState(models.TextChoices):
    CREATED = "created", _("Created")
    OPEN = "open", _("Waiting for the payer")
    PROCESSING = "processing", _("Processing")
    PAID = "paid", _("Paid")
    FAILED = "failed", _("Failed")
    EXPIRED = "expired", _("Expired")


# A payment that failed or expired can still turn out paid: what the gateway holds is the truth, however late.
PAYMENT_TRANSITIONS: Transitions = {
    PaymentState.CREATED: frozenset({"open", "processing", "paid", "failed", "expired"}),
    PaymentState.OPEN: frozenset({"processing", "paid", "failed", "expired"}),
    PaymentState.PROCESSING: frozenset({"paid", "failed"}),
    PaymentState.PAID: frozenset(),
    PaymentState.FAILED: frozenset({"processing", "paid"}),
    PaymentState.EXPIRED: frozenset({"paid"}),
}

UNRESOLVED = (PaymentState.CREATED, PaymentState.OPEN, PaymentState.PROCESSING)


def first_question() -> datetime:
    """When to ask the gateway about a new payment of which nothing was heard."""
    return clock.now() + timedelta(minutes=5)


class Payment(models.Model):
    """One amount asked of one payer for one subject of a product.

    `purpose` and `subject_id` say what for, without tying the kernel to a product's table. The columns after
    `gateway` are what the gateway calls its own objects. While the payment is unresolved the gateway is asked about
    it again at `ask_at`.
    """

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
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
    gateway = models.CharField(_("gateway"), max_length=16, default="stripe")
    session = models.CharField(_("page there"), max_length=128, blank=True)
    reference = models.CharField(_("reference there"), max_length=128, blank=True)
    charge = models.CharField(_("charge there"), max_length=128, blank=True)
    page_url = models.TextField(_("address of the page"), blank=True)
    refunded_minor = models.BigIntegerField(default=0)
    gateway_fee_minor = models.BigIntegerField(_("gateway’s fee in minor units"), null=True, blank=True)
    failure_code = models.CharField(_("reason of the failure"), max_length=64, blank=True)
    failure_message = models.TextField(_("failure in words"), blank=True)
    created_at = models.DateTimeField(_("created"), default=clock.now)
    expires_at = models.DateTimeField(_("expires"), null=True, blank=True)
    paid_at = models.DateTimeField(_("paid"), null=True, blank=True)
    ask_at = models.DateTimeField(_("to be asked about"), default=first_question)
    asked = models.PositiveSmallIntegerField(_("times asked"), default=0)

    class Meta:
        verbose_name = _("payment")
        verbose_name_plural = _("payments")
        constraints = [
            models.CheckConstraint(condition=Q(amount_minor__gt=0), name="payment_amount_positive"),
            models.UniqueConstraint(
                fields=["reference"], condition=~Q(reference=""), name="payment_reference"
            ),
            models.UniqueConstraint(fields=["session"], condition=~Q(session=""), name="payment_session"),
        ]
        indexes = [
            models.Index(fields=["purpose", "subject_id"]),
            models.Index(
                fields=["ask_at"],
                name="payment_unresolved",
                condition=Q(state__in=["created", "open", "processing"]),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.purpose} {self.subject_id}: {self.amount} {self.state}"

    @property
    def amount(self) -> Money:
        return Money(self.amount_minor, self.currency)


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
        return f"{self.payee_id}: {self.net_minor} of {self.payment_id}"

    @property
    def net_minor(self) -> int:
        return self.gross_minor - self.fee_minor


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
    it is for (one purchase of an order), where it is for one. One that `bounced` had gone through before it failed:
    the money is ours again, and still the payer's.
    """

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    payment = models.ForeignKey(
        Payment, on_delete=models.PROTECT, related_name="refunds", verbose_name=_("payment")
    )
    key = models.CharField(_("key"), max_length=160, unique=True)
    subject_id = models.CharField(_("subject"), max_length=64, blank=True)
    amount_minor = models.BigIntegerField(_("amount in minor units"))
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
                fields=["reference"], condition=~Q(reference=""), name="refund_reference"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.amount} of {self.payment_id}: {self.state}"

    @property
    def amount(self) -> Money:
        return Money(self.amount_minor, self.payment.currency)


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
    """A payee's part of a refund: `gross_minor` of what was sold, less the part of our fee that we give up.

    What cannot be taken back from their account, they owe: it stays below zero in their ledger account.
    """

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    refund = models.ForeignKey(
        Refund, on_delete=models.PROTECT, related_name="reversals", verbose_name=_("refund")
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
                condition=Q(fee_minor__gte=0) & Q(gross_minor__gte=models.F("fee_minor")),
                name="reversal_amounts",
            ),
        ]
        indexes = [
            models.Index(fields=["state"], name="reversal_to_take", condition=Q(state__in=["due", "owed"]))
        ]

    def __str__(self) -> str:
        return f"{self.share_id}: {self.net_minor} back"

    @property
    def net_minor(self) -> int:
        return self.gross_minor - self.fee_minor


class CallState(models.TextChoices):
    PREPARED = "prepared", _("Not answered yet")
    DONE = "done", _("Done")
    REFUSED = "refused", _("Refused")


CALL_TRANSITIONS: Transitions = {
    CallState.PREPARED: frozenset({"done", "refused"}),
    CallState.DONE: frozenset(),
    CallState.REFUSED: frozenset(),
}


class GatewayCall(models.Model):
    """A request that changes something at a gateway, stored before it is sent.

    `key` names the business operation. It goes out as the idempotency key, so that sending again can do nothing
    twice; `round` counts up where a key is spent and the thing is known not to be done. While the row is
    `prepared` the result is unknown: the request may have been carried out, and is sent again as it stands.
    """

    key = models.CharField(_("key"), max_length=200, unique=True)
    round = models.PositiveSmallIntegerField(_("round"), default=1)
    round_began_at = models.DateTimeField(_("round began"), default=clock.now)
    gateway = models.CharField(_("gateway"), max_length=16)
    operation = models.CharField(_("operation"), max_length=64)
    params = models.JSONField(_("request"))
    state = models.CharField(_("state"), max_length=16, choices=CallState, default=CallState.PREPARED)
    attempts = models.PositiveIntegerField(_("attempts"), default=0)
    answer = models.JSONField(_("answer"), null=True, blank=True)
    error = models.TextField(_("error"), blank=True)
    created_at = models.DateTimeField(_("created"), default=clock.now)
    answered_at = models.DateTimeField(_("answered"), null=True, blank=True)

    class Meta:
        verbose_name = _("call to a gateway")
        verbose_name_plural = _("calls to gateways")
        indexes = [models.Index(fields=["created_at"], name="call_unanswered", condition=Q(state="prepared"))]

    def __str__(self) -> str:
        return self.key

    @property
    def idempotency_key(self) -> str:
        return self.key if self.round == 1 else f"{self.key}#{self.round}"


class InboxState(models.TextChoices):
    RECEIVED = "received", _("Received")
    PROCESSED = "processed", _("Processed")
    IGNORED = "ignored", _("Nothing to do")


INBOX_TRANSITIONS: Transitions = {
    InboxState.RECEIVED: frozenset({"processed", "ignored"}),
    InboxState.PROCESSED: frozenset(),
    InboxState.IGNORED: frozenset(),
}


class InboxEvent(models.Model):
    """An event that a gateway sent, verified and stored before it is acted on.

    The primary key is `<gateway>:<the gateway's own id>`, so that a repeat finds its row standing.
    """

    id = models.CharField(_("id"), primary_key=True, max_length=160)
    type = models.CharField(_("type"), max_length=96)
    payload = models.TextField(_("content"))
    state = models.CharField(_("state"), max_length=16, choices=InboxState, default=InboxState.RECEIVED)
    received_at = models.DateTimeField(_("received"), default=clock.now)
    processed_at = models.DateTimeField(_("worked off"), null=True, blank=True)

    class Meta:
        verbose_name = _("event received")
        verbose_name_plural = _("events received")

    def __str__(self) -> str:
        return f"{self.type} {self.id}"

    @property
    def gateway(self) -> str:
        return self.id.partition(":")[0]
