"""What pages and the API read. Nothing here changes anything."""

from dataclasses import dataclass
from datetime import date, datetime, time
from uuid import UUID

from django.db import connection
from django.db.models import Count, OuterRef, Prefetch, Q, QuerySet, Subquery, Sum
from django.db.models.functions import TruncMonth
from django.utils.timezone import localtime, make_aware

from comptoir.kernel import clock
from comptoir.kernel.accounts.models import User
from comptoir.kernel.compiled_query import CompiledQuery
from comptoir.kernel.money import Money
from comptoir.kernel.payments.models import Payee, RefundState, Reversal
from comptoir.marketplace.models import (
    Automation,
    AutomationState,
    CatalogueEdition,
    Order,
    OrderItem,
    Purchase,
)
from comptoir.marketplace.refusals import AutomationNotFound, OrderNotFound
from comptoir.marketplace.search_text import plain

MONTHS_SHOWN = 6
WORDS_AT_MOST = 8


@dataclass(frozen=True)
class Filters:
    """What a visitor looks for. Unknown categories and platforms find nothing rather than everything."""

    category: str = ""
    platform: str = ""
    q: str = ""


@dataclass(frozen=True)
class ViewedProduct:
    """A listing and what it is to whoever looks at it.

    `viewer_relation` is one of `own`, `bought`, `for_sale`, `not_for_sale` (K12).
    """

    automation: Automation
    viewer_relation: str


_EDITION = CompiledQuery(lambda _: CatalogueEdition.objects.filter(pk=1).values_list("number"))
_PAYEE_STATUS = CompiledQuery(
    lambda listing: Payee.objects.filter(user__seller__automations=listing).values_list(
        "read_at", "details_submitted", "charges_enabled"
    )
)


def edition() -> int:
    """The number of the present state of the catalogue."""
    found = _EDITION()
    return found[0][0] if found else 0


def payee_status(automation_id: UUID) -> object:
    """What the gateway last said of the account of a listing's seller, and when: as it changes, so may the listing's
    page. The moment is part of it, so that no earlier status ever comes back."""
    return _PAYEE_STATUS(Automation._meta.pk.get_db_prep_value(automation_id, connection))


def catalogue(filters: Filters) -> QuerySet[Automation]:
    """What is for sale, the newest first, with what a card shows."""
    rows = Automation.objects.filter(state=AutomationState.PUBLISHED)
    if filters.category:
        rows = rows.filter(category=filters.category)
    if filters.platform:
        rows = rows.filter(platform=filters.platform)
    for word in plain(filters.q).split()[:WORDS_AT_MOST]:
        rows = rows.filter(search_text__contains=word)
    return rows.select_related("seller", "picture", "current").order_by("-published_at", "-id")


def product(automation_id: UUID, viewer: User | None) -> ViewedProduct:
    """One listing and what it is to the viewer. Raises `AutomationNotFound` for what they may not know of."""
    rows = Automation.objects.select_related("seller", "picture", "current__file")
    automation = rows.filter(pk=automation_id).first()
    if automation is None:
        raise AutomationNotFound
    if viewer and Purchase.objects.active().filter(buyer=viewer, automation=automation).exists():
        return ViewedProduct(automation, "bought")
    if viewer and automation.seller_id == viewer.pk and automation.state != AutomationState.DELETED:
        return ViewedProduct(automation, "own")
    if automation.state != AutomationState.PUBLISHED:
        raise AutomationNotFound
    payee = Payee.objects.filter(user_id=automation.seller_id).first()
    can_be_paid = payee is not None and payee.onboarding_complete
    return ViewedProduct(automation, "for_sale" if can_be_paid else "not_for_sale")


def more_by(automation: Automation, count: int = 4) -> QuerySet[Automation]:
    """Other things of the same seller."""
    others = catalogue(Filters()).filter(seller=automation.seller_id).exclude(pk=automation.pk)
    return others[:count]


def order(viewer: User, order_id: UUID) -> Order:
    """One of the viewer's orders with its items. Raises `OrderNotFound` for another's."""
    rows = Order.objects.filter(buyer=viewer).prefetch_related(
        "items__automation__picture", "items__seller", "items__purchase"
    )
    found = rows.filter(pk=order_id).first()
    if found is None:
        raise OrderNotFound
    return found


def orders(buyer: User) -> QuerySet[Order]:
    """The buyer's orders, the newest first, with what a line of each shows: also whether it can be downloaded."""
    items = OrderItem.objects.select_related("seller", "automation__picture", "purchase").order_by("pk")
    rows = Order.objects.filter(buyer=buyer).order_by("-created_at", "-id")
    return rows.prefetch_related(Prefetch("items", items))


def purchases(buyer: User) -> QuerySet[Purchase]:
    """What the buyer has, the newest first."""
    rows = Purchase.objects.active().filter(buyer=buyer).order_by("-created_at", "-id")
    return rows.select_related("item", "seller", "automation__picture", "automation__current__file")


def products(seller: User) -> QuerySet[Automation]:
    """The seller's listings, each with `sold`, the number of its sales."""
    rows = Automation.objects.filter(seller_id=seller.pk).exclude(state=AutomationState.DELETED)
    rows = rows.annotate(sold=Count("purchases", filter=Q(purchases__refunded_at=None))).order_by(
        "-created_at", "-id"
    )
    return rows.select_related("picture", "current")


def sales(seller: User) -> QuerySet[Purchase]:
    """What was sold, the newest first. Buyers are not named: a sale is between them and the house."""
    rows = Purchase.objects.filter(seller_id=seller.pk).order_by("-created_at", "-id")
    return rows.select_related("item", "automation")


@dataclass(frozen=True)
class Earnings:
    """What a seller made in one currency, less what was given back or lost in disputes: sold, kept by us, theirs, and
    theirs of what was sold in each of the last months, oldest first, by the month's first day."""

    count: int
    gross: Money
    fees: Money
    net: Money
    months: list[tuple[date, Money]]


def earnings(seller: User) -> list[Earnings]:
    """Figures for each currency the seller sold in, in three queries."""
    sold = OrderItem.objects.filter(seller_id=seller.pk, purchase__isnull=False)
    totals = sold.values("currency").annotate(
        count=Count("id", filter=Q(purchase__refunded_at=None)),
        gross=Sum("price_minor"),
        fees=Sum("fee_minor"),
    )
    taken_back = _taken_back(seller)
    months = _last_months()
    by_month = _by_month(sold, since=months[0])
    found = []
    for row in totals.order_by("-count"):
        currency = row["currency"]
        taken = {day: part for (of, day), part in taken_back.items() if of == currency}
        gross = Money(row["gross"] - sum(part[0] for part in taken.values()), currency)
        fees = Money(row["fees"] - sum(part[1] for part in taken.values()), currency)
        left = []
        for day in months:
            gross_taken, fees_taken = taken.get(day, (0, 0))
            minor = by_month.get((currency, day), 0) - gross_taken + fees_taken
            left.append((day, Money(minor, currency)))
        found.append(Earnings(row["count"], gross, fees, gross - fees, left))
    return found


def _taken_back(seller: User) -> dict[tuple[str, date | None], tuple[int, int]]:
    """What of a seller's sales was refunded or lost in a dispute, and of our fee on them, by currency and by the month
    of the sale. A refund that the buyer's bank sent back is still the buyer's."""
    purchases = Purchase.objects.filter(
        seller_id=seller.pk, item__order__payment_id=OuterRef("share__payment_id")
    )
    sold_at = Subquery(purchases.order_by("created_at").values("created_at")[:1])
    rows = (
        Reversal.objects.filter(share__payee__user=seller)
        .filter(Q(dispute__isnull=False) | Q(refund__state=RefundState.SUCCEEDED) | Q(refund__bounced=True))
        .annotate(month=TruncMonth(sold_at))
        .values_list("share__payment__currency", "month")
        .annotate(Sum("gross_minor"), Sum("fee_minor"))
    )
    return {
        (currency, month.date() if month else None): (gross, fees) for currency, month, gross, fees in rows
    }


def _last_months() -> list[date]:
    """The first day of each month that is shown, this one included, oldest first, in the installation's time zone."""
    today = localtime(clock.now()).date()
    number = today.year * 12 + today.month - 1
    return [date(n // 12, n % 12 + 1, 1) for n in range(number - MONTHS_SHOWN + 1, number + 1)]


def _by_month(sold: QuerySet[OrderItem], *, since: date) -> dict[tuple[str, date], int]:
    """What was left to the seller, by currency and month."""
    rows = (
        sold.filter(purchase__created_at__gte=make_aware(datetime.combine(since, time.min)))
        .annotate(month=TruncMonth("purchase__created_at"))
        .values("currency", "month")
        .annotate(left=Sum("price_minor") - Sum("fee_minor"))
    )
    return {(row["currency"], row["month"].date()): row["left"] for row in rows}


def tally(q: str) -> dict[tuple[str, str], int]:
    """How many `q` finds in each category on each platform. Every number beside the catalogue is a sum of these."""
    found = catalogue(Filters(q=q)).order_by().values("category", "platform").annotate(count=Count("pk"))
    return {(row["category"], row["platform"]): row["count"] for row in found}
