"""What is sold here, who ordered what, and who may download it."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from comptoir.kernel import clock
from comptoir.kernel.accounts.models import Workspace
from comptoir.kernel.files.models import StoredFile
from comptoir.kernel.ids import new_id
from comptoir.kernel.money import Money
from comptoir.kernel.states import Transitions


class Seller(models.Model):
    """Someone who sells here, as buyers see them. Their money is with their `payee`, their sign-in with `user`."""

    user = models.OneToOneField(
        settings.AUTH_USER_MODEL, primary_key=True, on_delete=models.PROTECT, verbose_name=_("person")
    )
    workspace = models.ForeignKey(
        Workspace, on_delete=models.PROTECT, related_name="shops", verbose_name=_("workspace")
    )
    name = models.CharField(_("shop name"), max_length=60)
    about = models.TextField(_("about"), max_length=600, blank=True)
    created_at = models.DateTimeField(_("created"), default=clock.now)

    class Meta:
        verbose_name = _("shop")
        verbose_name_plural = _("shops")

    def __str__(self) -> str:
        return self.name


class Category(models.TextChoices):
    SALES = "sales", _("Sales")
    MARKETING = "marketing", _("Marketing")
    FINANCE = "finance", _("Finance")
    OPERATIONS = "operations", _("Operations")
    SUPPORT = "support", _("Customer support")
    CONTENT = "content", _("Content")
    DATA = "data", _("Data")
    PRODUCTIVITY = "productivity", _("Productivity")


class Platform(models.TextChoices):
    N8N = "n8n", "n8n"
    MAKE = "make", "Make"
    ZAPIER = "zapier", "Zapier"


class AutomationState(models.TextChoices):
    PUBLISHED = "published", _("Published")
    UNPUBLISHED = "unpublished", _("Not for sale")
    TAKEN_DOWN = "taken_down", _("Taken down by us")
    DELETED = "deleted", _("Deleted")


AUTOMATION_TRANSITIONS: Transitions = {
    AutomationState.PUBLISHED: frozenset({"unpublished", "taken_down", "deleted"}),
    AutomationState.UNPUBLISHED: frozenset({"published", "taken_down", "deleted"}),
    # Back to either by an operator alone.
    AutomationState.TAKEN_DOWN: frozenset({"published", "unpublished", "deleted"}),
    AutomationState.DELETED: frozenset(),
}


class Automation(models.Model):
    """A listing. Its file and picture change with it; what was sold keeps the version it was sold with."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    seller = models.ForeignKey(
        Seller, on_delete=models.PROTECT, related_name="automations", verbose_name=_("shop")
    )
    state = models.CharField(
        _("state"), max_length=16, choices=AutomationState, default=AutomationState.PUBLISHED
    )
    title = models.CharField(_("title"), max_length=120)
    description = models.TextField(_("description"), max_length=5000)
    price_minor = models.BigIntegerField(_("price in minor units"))
    currency = models.CharField(_("currency"), max_length=3)
    category = models.CharField(_("category"), max_length=16, choices=Category)
    platform = models.CharField(_("platform"), max_length=16, choices=Platform)
    tags = models.JSONField(_("tags"), default=list, blank=True)
    picture = models.ForeignKey(
        StoredFile, on_delete=models.PROTECT, related_name="+", verbose_name=_("picture")
    )
    current = models.ForeignKey(
        "Version", null=True, on_delete=models.PROTECT, related_name="+", verbose_name=_("current version")
    )
    search_text = models.TextField(editable=False)
    published_at = models.DateTimeField(_("published"), default=clock.now)
    created_at = models.DateTimeField(_("created"), default=clock.now)

    class Meta:
        verbose_name = _("automation")
        verbose_name_plural = _("automations")
        constraints = [
            models.CheckConstraint(condition=Q(price_minor__gt=0), name="automation_price_positive")
        ]
        indexes = [
            models.Index(fields=["seller", "-created_at"]),
            models.Index(
                fields=["-published_at", "-id"], name="automation_newest", condition=Q(state="published")
            ),
            models.Index(
                fields=["category", "-published_at", "-id"],
                name="automation_by_category",
                condition=Q(state="published"),
            ),
            models.Index(
                fields=["platform", "-published_at", "-id"],
                name="automation_by_platform",
                condition=Q(state="published"),
            ),
        ]

    def __str__(self) -> str:
        return self.title

    @property
    def price(self) -> Money:
        return Money(self.price_minor, self.currency)


class Version(models.Model):
    """One state of a listing's file. Buyers get the newest; the older ones stay, for those who had them."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    automation = models.ForeignKey(
        Automation, on_delete=models.PROTECT, related_name="versions", verbose_name=_("automation")
    )
    number = models.CharField(_("version"), max_length=20)
    file = models.OneToOneField(
        StoredFile, on_delete=models.PROTECT, related_name="+", verbose_name=_("file")
    )
    created_at = models.DateTimeField(_("created"), default=clock.now)

    class Meta:
        verbose_name = _("version")
        verbose_name_plural = _("versions")
        constraints = [models.UniqueConstraint(fields=["automation", "number"], name="version_number_once")]

    def __str__(self) -> str:
        return f"{self.automation_id} {self.number}"


class CatalogueEdition(models.Model):
    """One row, whose number goes up in every transaction that changes what the catalogue shows.

    Pages are cached by this number, so that a change is seen by the next reader and no cache has to be emptied.
    """

    number = models.BigIntegerField(default=1)

    def __str__(self) -> str:
        return str(self.number)


class CartItem(models.Model):
    """Something a person means to buy. Before they sign in, it is kept in their session instead."""

    buyer = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="cart_items")
    automation = models.ForeignKey(Automation, on_delete=models.CASCADE, related_name="+")
    added_at = models.DateTimeField(default=clock.now)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["buyer", "automation"], name="cart_item_once")]

    def __str__(self) -> str:
        return f"{self.buyer_id}: {self.automation_id}"


class OrderState(models.TextChoices):
    PENDING = "pending", _("Waiting for payment")
    PAID = "paid", _("Paid")
    FAILED = "failed", _("Payment failed")
    EXPIRED = "expired", _("Expired")


# An order given up can still turn out paid: the money came, however late.
ORDER_TRANSITIONS: Transitions = {
    OrderState.PENDING: frozenset({"paid", "failed", "expired"}),
    OrderState.FAILED: frozenset({"paid"}),
    OrderState.EXPIRED: frozenset({"paid"}),
    OrderState.PAID: frozenset(),
}


class Order(models.Model):
    """What one buyer buys at once, with its prices as they were then. `payment_id` is the kernel's payment."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    buyer = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="orders", verbose_name=_("buyer")
    )
    state = models.CharField(_("state"), max_length=16, choices=OrderState, default=OrderState.PENDING)
    total_minor = models.BigIntegerField(_("total in minor units"))
    currency = models.CharField(_("currency"), max_length=3)
    payment_id = models.UUIDField(_("payment"), unique=True, editable=False)
    created_at = models.DateTimeField(_("ordered"), default=clock.now)
    paid_at = models.DateTimeField(_("paid"), null=True, blank=True)

    class Meta:
        verbose_name = _("order")
        verbose_name_plural = _("orders")
        indexes = [models.Index(fields=["buyer", "-created_at"])]

    def __str__(self) -> str:
        return f"{self.id} {self.state}"

    @property
    def total(self) -> Money:
        return Money(self.total_minor, self.currency)


class OrderItem(models.Model):
    """One listing in an order. `reserves_purchase` is true while the order may be paid or is: a buyer has one such
    item for a listing, and the database sees to it, so that nothing is bought twice on two pages."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    order = models.ForeignKey(Order, on_delete=models.PROTECT, related_name="items", verbose_name=_("order"))
    buyer = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", verbose_name=_("buyer")
    )
    automation = models.ForeignKey(
        Automation, on_delete=models.PROTECT, related_name="order_items", verbose_name=_("automation")
    )
    seller = models.ForeignKey(Seller, on_delete=models.PROTECT, related_name="+", verbose_name=_("shop"))
    version = models.ForeignKey(
        Version, on_delete=models.PROTECT, related_name="+", verbose_name=_("version")
    )
    title = models.CharField(_("title"), max_length=120)
    price_minor = models.BigIntegerField(_("price in minor units"))
    fee_minor = models.BigIntegerField(_("our fee, in minor units"))
    currency = models.CharField(_("currency"), max_length=3)
    reserves_purchase = models.BooleanField(_("held for the buyer"), default=True)

    class Meta:
        verbose_name = _("item")
        verbose_name_plural = _("items")
        constraints = [
            models.UniqueConstraint(
                fields=["buyer", "automation"],
                condition=Q(reserves_purchase=True),
                name="order_item_reserved_once",
            ),
        ]

    def __str__(self) -> str:
        return self.title

    @property
    def price(self) -> Money:
        return Money(self.price_minor, self.currency)

    @property
    def fee(self) -> Money:
        return Money(self.fee_minor, self.currency)

    @property
    def net(self) -> Money:
        return self.price - self.fee


class PurchaseQuerySet(models.QuerySet["Purchase"]):
    def active(self) -> "PurchaseQuerySet":
        """Those that give a right: not refunded."""
        return self.filter(refunded_at=None)


class Purchase(models.Model):
    """The right to download: one for each item that was paid (K15), until all of it is refunded (K18)."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    item = models.OneToOneField(
        OrderItem, on_delete=models.PROTECT, related_name="purchase", verbose_name=_("item")
    )
    buyer = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="purchases", verbose_name=_("buyer")
    )
    seller = models.ForeignKey(Seller, on_delete=models.PROTECT, related_name="sales", verbose_name=_("shop"))
    automation = models.ForeignKey(
        Automation, on_delete=models.PROTECT, related_name="purchases", verbose_name=_("automation")
    )
    created_at = models.DateTimeField(_("bought"), default=clock.now)
    refunded_at = models.DateTimeField(_("refunded"), null=True, blank=True)

    objects = PurchaseQuerySet.as_manager()

    class Meta:
        verbose_name = _("purchase")
        verbose_name_plural = _("purchases")
        constraints = [
            models.UniqueConstraint(
                fields=["buyer", "automation"], condition=Q(refunded_at=None), name="purchase_once"
            )
        ]
        indexes = [
            models.Index(fields=["buyer", "-created_at"]),
            models.Index(fields=["seller", "-created_at"]),
        ]

    def __str__(self) -> str:
        return f"{self.buyer_id}: {self.automation_id}"
