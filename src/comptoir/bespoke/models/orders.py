"""An order: what was asked of whom and paid, where it stands, what its client told, and what was said about it."""

from datetime import timedelta

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.db.models.functions import Coalesce
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from comptoir.bespoke.models.grid import Level, Service
from comptoir.bespoke.models.offers import Expert, Offer
from comptoir.kernel import clock
from comptoir.kernel.encrypted_fields import EncryptedText
from comptoir.kernel.ids import new_id
from comptoir.kernel.money import Money
from comptoir.kernel.states import Transitions


class OrderStatus(models.TextChoices):
    """The specification's own words; `completed` is its word for *paid*."""

    PENDING = "pending", _("Waiting for payment")
    COMPLETED = "completed", pgettext_lazy("an order", "Paid")
    PROCESSING = "processing", _("Being written")
    AWAITING_VALIDATION = "awaiting_validation", _("Waiting for validation")
    REJECTED = "rejected", _("To be revised")
    DELIVERED = "delivered", _("Delivered")
    CANCELLED = "cancelled", _("Cancelled")
    REFUNDED = "refunded", pgettext_lazy("an order", "Refunded")


# An order given up can still turn out paid: the money came, however late.
ORDER_TRANSITIONS: Transitions = {
    OrderStatus.PENDING: frozenset({"completed", "cancelled"}),
    OrderStatus.CANCELLED: frozenset({"completed"}),
    OrderStatus.COMPLETED: frozenset({"processing", "awaiting_validation", "refunded"}),
    OrderStatus.PROCESSING: frozenset({"awaiting_validation", "refunded"}),
    OrderStatus.AWAITING_VALIDATION: frozenset({"rejected", "delivered", "refunded"}),
    OrderStatus.REJECTED: frozenset({"processing", "awaiting_validation", "refunded"}),
    # Back to the desk: the client has asked for a change.
    OrderStatus.DELIVERED: frozenset({"rejected", "refunded"}),
    OrderStatus.REFUNDED: frozenset(),
}

# Paid for, and not yet in the client's hands.
OPEN_STATUSES = (
    OrderStatus.COMPLETED,
    OrderStatus.PROCESSING,
    OrderStatus.AWAITING_VALIDATION,
    OrderStatus.REJECTED,
)


class PaymentStatus(models.TextChoices):
    PENDING = "pending", pgettext_lazy("payment", "Pending")
    FAILED = "failed", pgettext_lazy("payment", "Failed")
    SUCCEEDED = "succeeded", pgettext_lazy("payment", "Succeeded")
    REFUNDED = "refunded", pgettext_lazy("payment", "Refunded")


class Order(models.Model):
    """One thing that one client has asked one expert for, with the offer as it was then.

    `customer` is known once the owner of the address has paid, or from the start where they were signed in.
    `current` is the latest revision. `payment_id` is the kernel's payment, `secret_digest` the hash of the client
    secret, by which somebody who is not signed in proves that the order is theirs.
    """

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    code = models.CharField(_("number"), max_length=8, db_index=True, editable=False)
    status = models.CharField(_("status"), max_length=24, choices=OrderStatus, default=OrderStatus.PENDING)
    payment_status = models.CharField(
        _("payment"), max_length=16, choices=PaymentStatus, default=PaymentStatus.PENDING
    )
    offer = models.ForeignKey(Offer, on_delete=models.PROTECT, related_name="orders")
    level = models.CharField(_("level"), max_length=16, choices=Level)
    service = models.CharField(_("service"), max_length=16, choices=Service)
    amount_minor = models.BigIntegerField()
    currency = models.CharField(max_length=3)
    duration_minutes = models.PositiveSmallIntegerField()
    delivery_days = models.PositiveSmallIntegerField()
    revision_limit = models.PositiveSmallIntegerField()
    intake_form = models.JSONField(default=list)
    expert = models.ForeignKey(
        Expert, on_delete=models.PROTECT, related_name="chosen_orders", verbose_name=_("expert")
    )
    claimed_by = models.ForeignKey(
        Expert,
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="claimed_orders",
        verbose_name=_("taken over by"),
    )
    claimed_at = models.DateTimeField(null=True, blank=True)
    # Whose desk it lies on, for the queue's indexes to know: see `worked_by`.
    assignee = models.GeneratedField(
        expression=Coalesce("claimed_by_id", "expert_id"), output_field=models.UUIDField(), db_persist=True
    )
    customer = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        null=True,
        on_delete=models.PROTECT,
        related_name="bespoke",
        verbose_name=_("client"),
    )
    customer_email = EncryptedText(_("the client’s address"))
    customer_name = EncryptedText(_("the client’s name"))
    customer_phone = EncryptedText(_("the client’s telephone"), blank=True)
    locale = models.CharField(max_length=8)
    payment_id = models.UUIDField(null=True, unique=True, editable=False)
    secret_digest = models.CharField(max_length=64, blank=True, editable=False)
    request_key = models.CharField(max_length=64, null=True, unique=True, editable=False)  # noqa: DJ001
    current = models.ForeignKey("Revision", null=True, on_delete=models.PROTECT, related_name="+")
    revision_count = models.PositiveSmallIntegerField(_("times sent back"), default=0)
    changes_count = models.PositiveSmallIntegerField(_("changes asked by the client"), default=0)
    refunded_minor = models.BigIntegerField(default=0)
    rating = models.PositiveSmallIntegerField(null=True, blank=True)
    due_on = models.DateField(_("due"), null=True, blank=True)
    created_at = models.DateTimeField(_("created"), default=clock.now)
    status_at = models.DateTimeField(default=clock.now)
    paid_at = models.DateTimeField(_("paid"), null=True, blank=True)
    delivered_at = models.DateTimeField(_("delivered"), null=True, blank=True)
    accepted_at = models.DateTimeField(_("accepted"), null=True, blank=True)

    class Meta:
        verbose_name = _("bespoke order")
        verbose_name_plural = _("bespoke orders")
        constraints = [
            models.CheckConstraint(condition=Q(amount_minor__gt=0), name="bespoke_amount_positive"),
            models.CheckConstraint(
                condition=Q(refunded_minor__gte=0) & Q(refunded_minor__lte=models.F("amount_minor")),
                name="bespoke_refunded_within",
            ),
            models.CheckConstraint(
                condition=Q(rating=None) | (Q(rating__gte=1) & Q(rating__lte=5)), name="bespoke_rating"
            ),
            models.UniqueConstraint(
                fields=["customer", "offer", "expert"],
                condition=Q(status="pending", customer__isnull=False),
                name="bespoke_pending_once",
            ),
        ]
        indexes = [
            models.Index(fields=["status", "created_at", "id"], name="bespoke_by_status"),
            models.Index(fields=["claimed_by", "status", "created_at"], name="bespoke_by_claim"),
            models.Index(fields=["assignee", "status", "due_on", "created_at", "id"], name="bespoke_on_desk"),
            models.Index(
                fields=["assignee", "due_on", "created_at", "id"],
                name="bespoke_open_on_desk",
                condition=Q(status__in=OPEN_STATUSES),
            ),
            models.Index(
                fields=["due_on", "created_at", "id"],
                name="bespoke_free",
                condition=Q(status__in=OPEN_STATUSES, claimed_by__isnull=True),
            ),
            models.Index(fields=["customer", "-created_at"], name="bespoke_by_customer"),
        ]

    def __str__(self) -> str:
        return f"{self.code} {self.status}"

    @property
    def amount(self) -> Money:
        return Money(self.amount_minor, self.currency)

    @property
    def worked_by(self) -> Expert:
        """Whoever has taken the order in hand; before that, whom the client chose."""
        return self.claimed_by or self.expert

    @property
    def is_open(self) -> bool:
        return self.status in OPEN_STATUSES

    @property
    def sent_back(self) -> int:
        """How often by the expert. What the client asked to change is counted by itself."""
        return self.revision_count - self.changes_count

    @property
    def revisions_left(self) -> int:
        return max(0, self.revision_limit - self.sent_back)

    @property
    def is_late(self) -> bool:
        return self.is_open and self.due_on is not None and self.due_on < clock.now().date()


class OrderSearchToken(models.Model):
    """A word that an order is found by, as a digest: the names and the address themselves are sealed."""

    order = models.ForeignKey(Order, on_delete=models.CASCADE, related_name="search_tokens")
    digest = models.CharField(max_length=32)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["digest", "order"], name="order_search_token_once")]

    def __str__(self) -> str:
        return self.digest


class StatusPeriod(models.Model):
    """How long an order was in one status: the stretches of its life, one after the other, without a gap."""

    order = models.ForeignKey(Order, on_delete=models.CASCADE, related_name="status_periods")
    status = models.CharField(max_length=24, choices=OrderStatus)
    began_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["order"], condition=Q(ended_at__isnull=True), name="order_has_one_open_period"
            )
        ]
        indexes = [models.Index(fields=["ended_at", "status"], name="status_period_by_end")]

    def __str__(self) -> str:
        return f"{self.order_id}: {self.status}"

    @property
    def length(self) -> timedelta:
        return (self.ended_at or clock.now()) - self.began_at


class Intake(models.Model):
    """The client's answers to the order's questions: JSON by the question's name, sealed."""

    order = models.OneToOneField(Order, primary_key=True, on_delete=models.CASCADE, related_name="intake")
    answers = EncryptedText(default="{}")
    updated_at = models.DateTimeField(default=clock.now)
    completed_at = models.DateTimeField(null=True, blank=True)

    def __str__(self) -> str:
        return str(self.order_id)


class Message(models.Model):
    """A line between the client and the expert, about one order."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    order = models.ForeignKey(Order, on_delete=models.PROTECT, related_name="messages")
    author = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    from_client = models.BooleanField()
    body = EncryptedText()
    created_at = models.DateTimeField(default=clock.now)
    read_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        indexes = [
            models.Index(fields=["order", "created_at"]),
            models.Index(fields=["order"], name="message_unread", condition=Q(read_at__isnull=True)),
        ]

    def __str__(self) -> str:
        return str(self.pk)
