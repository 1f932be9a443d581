"""The client's first page: what waits for them, where each order stands, and the levels with what each opens."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import Count, Exists, F, OuterRef, Q, QuerySet, Window
from django.db.models.functions import RowNumber

from comptoir.bespoke import queries
from comptoir.bespoke.models import OPEN_STATUSES, LevelContent, Message, Order, OrderStatus
from comptoir.bespoke.models.grid import RANKS, Level
from comptoir.bespoke.ordering.client_status import OF_PAYMENT, TO_BE_PAID
from comptoir.bespoke.ordering.storefront import BRINGS
from comptoir.bespoke.orders import intake
from comptoir.bespoke.sanctuary import contents
from comptoir.kernel.accounts.models import User
from comptoir.kernel.money import Money
from comptoir.kernel.payments.models import Payment

WAITING_AT_MOST = 8
TITLES_SHOWN = 3
URGENCY = ("pay", "answer", "read", "reply")


@dataclass(frozen=True)
class Waiting:
    """Something that only the client can do: `pay`, `answer`, `read` or `reply`."""

    what: str
    order: Order


@dataclass(frozen=True)
class LevelSummary:
    """One level: whether it is open to the client, and what it has to read; `count` is of all that it has."""

    level: Level
    rank: int
    is_open: bool
    brings: Any
    titles: Sequence[LevelContent]
    count: int
    price: Money | None


def orders(client: User) -> QuerySet[Order]:
    """The client's own with what a picture of each needs, the newest first. Two queries."""
    return queries.client_orders(client).prefetch_related("status_periods")


def waiting(client: User) -> list[Waiting]:
    """What the newest orders wait for, the most urgent first. One query."""
    unread = Message.objects.filter(order=OuterRef("pk"), from_client=False, read_at=None)
    payable = [state for state, told in OF_PAYMENT.items() if told in TO_BE_PAID]
    to_be_made = Payment.objects.filter(pk=OuterRef("payment_id"), state__in=payable)
    rows = (
        queries.client_orders(client)
        .select_related("intake")
        .annotate(is_written_to=Exists(unread), is_to_be_paid=Exists(to_be_made))
        .filter(
            Q(status=OrderStatus.PENDING, is_to_be_paid=True)
            | Q(status__in=OPEN_STATUSES, intake__completed_at=None)
            | Q(status=OrderStatus.DELIVERED, accepted_at=None)
            | Q(is_written_to=True)
        )
    )
    found = [one for order in rows[: 2 * WAITING_AT_MOST] for one in _waiting_in(order)]
    return sorted(found, key=lambda one: URGENCY.index(one.what))[:WAITING_AT_MOST]


def _waiting_in(order: Any) -> Iterator[Waiting]:
    if order.status == OrderStatus.PENDING and order.is_to_be_paid:
        yield Waiting("pay", order)
    if order.status in OPEN_STATUSES and intake.missing(order, order.intake):
        yield Waiting("answer", order)
    if order.status == OrderStatus.DELIVERED and order.accepted_at is None:
        yield Waiting("read", order)
    if order.is_written_to:
        yield Waiting("reply", order)


def levels(client: User) -> list[LevelSummary]:
    """The four levels, the lowest first. Four queries."""
    rank = contents.rank_of(client)
    counts = dict(contents.published_contents().order_by().values_list("level").annotate(Count("pk")))
    numbered = Window(RowNumber(), partition_by=F("level"), order_by=("created_at", "pk"))
    titles: dict[str, list[LevelContent]] = {level: [] for level in Level.values}
    for one in contents.published_contents().annotate(place=numbered).filter(place__lte=TITLES_SHOWN):
        titles[one.level].append(one)
    prices: dict[str, Money] = {}
    for offer in queries.offers():
        prices.setdefault(offer.level, offer.price)
    return [
        LevelSummary(
            level=level,
            rank=RANKS[level.value],
            is_open=RANKS[level.value] <= rank,
            brings=BRINGS[level],
            titles=titles[level.value],
            count=counts.get(level.value, 0),
            price=prices.get(level.value),
        )
        for level in Level
    ]
