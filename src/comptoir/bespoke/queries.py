"""What pages and the API read. Nothing here changes anything."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from django.db.models import Case, Exists, OuterRef, Q, QuerySet, Subquery, Value, When
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from comptoir.bespoke.models import (
    OPEN_STATUSES,
    Expert,
    Message,
    Offer,
    Order,
    OrderStatus,
    PaymentStatus,
    PromptTemplate,
    Revision,
)
from comptoir.bespoke.models.grid import RANKS
from comptoir.bespoke.orders import search_index, workload
from comptoir.bespoke.orders.experts import EXPERT
from comptoir.bespoke.refusals import AlreadyClaimed, NotYourOrder, OrderNotFound
from comptoir.kernel import clock
from comptoir.kernel.accounts.models import User
from comptoir.kernel.accounts.roles import Role, has_role

_PEOPLE = ("expert__portrait", "expert__user", "claimed_by__portrait", "claimed_by__user")


# ── For everybody ───────────────────────────────────────────────────────────────────────────────────────


def offers() -> QuerySet[Offer]:
    """The grid: what is for sale, by level and then by price."""
    rank = Case(*(When(level=level, then=Value(rank)) for level, rank in RANKS.items()))
    return Offer.objects.filter(is_active=True).annotate(rank=rank).order_by("rank", "price_minor", "pk")


def experts() -> QuerySet[Expert]:
    """Those who take orders, by name."""
    rows = Expert.objects.filter(is_active=True, user__is_active=True)
    return rows.select_related("portrait", "user").order_by("name", "pk")


def free_days(shown: list[Expert]) -> dict[Any, date]:
    """The next free day of each of these experts. One query."""
    counts = workload.in_hand(shown)
    return {expert.pk: workload.free_on(expert, counts.get(expert.pk, 0)) for expert in shown}


# ── For those concerned ─────────────────────────────────────────────────────────────────────────────────


def order(viewer: User, order_id: UUID) -> Order:
    """An order for its customer, its expert or an operator (L5). Raises `OrderNotFound` for everybody else."""
    found = Order.objects.filter(pk=order_id).select_related(*_PEOPLE, "current", "customer").first()
    if found is None or not _may_see(viewer, found):
        raise OrderNotFound
    return found


def client_orders(client: User) -> QuerySet[Order]:
    """The client's own, the newest first."""
    rows = Order.objects.filter(customer=client).select_related(*_PEOPLE)
    return rows.order_by("-created_at", "-pk")


def client_order(client: User, order_id: UUID) -> Order:
    """One of the client's own. Raises `OrderNotFound`."""
    found = client_orders(client).filter(pk=order_id).select_related("intake", "current").first()
    if found is None:
        raise OrderNotFound
    return found


@dataclass(frozen=True)
class Step:
    """One stage of an order's way: `done` since `at`, `now`, or still `ahead`."""

    name: Any
    state: str
    at: datetime | None


_WAY = (
    (OrderStatus.PENDING, pgettext_lazy("an order", "Ordered")),
    (OrderStatus.COMPLETED, pgettext_lazy("an order", "Paid")),
    (OrderStatus.PROCESSING, _("Being written")),
    (OrderStatus.AWAITING_VALIDATION, _("Read by your expert")),
    (OrderStatus.DELIVERED, _("Delivered")),
)
# A content that is sent back is being written again, as far as the client is concerned.
_SEEN_AS = {OrderStatus.REJECTED.value: OrderStatus.PROCESSING.value}


def journey(order: Order) -> list[Step]:
    """A picture of where the order stands, for its client. One query, or none where its status periods are at hand."""
    reached: dict[str, datetime] = {}
    for period in sorted(order.status_periods.all(), key=lambda one: (one.began_at, one.pk)):
        reached[_SEEN_AS.get(period.status, period.status)] = period.began_at
    here = _SEEN_AS.get(order.status, order.status)
    names = [status.value for status, _name in _WAY]
    place = names.index(here) if here in names else -1
    finished = order.status == OrderStatus.DELIVERED
    steps = []
    for number, (status, name) in enumerate(_WAY):
        if number < place or (number == place and finished):
            steps.append(Step(name, "done", reached.get(status.value)))
        else:
            steps.append(Step(name, "now" if number == place else "ahead", None))
    return steps


# ── For the desk ────────────────────────────────────────────────────────────────────────────────────────


@dataclass(frozen=True)
class QueueFilters:
    """What an expert looks for. `whose` is `mine` (chosen or claimed), `free` (another's, unclaimed) or `all`;
    `due_within` and `older_than` are numbers of days, from today and since the order was placed."""

    whose: str = "mine"
    status: str = ""
    q: str = ""
    late: bool = False
    due_within: int | None = None
    older_than: int | None = None


def queue(expert: Expert, filters: QueueFilters) -> QuerySet[Order]:
    """Paid orders that this expert may work on: the most pressing first. Those that ended are asked for by status."""
    mine, free = Q(assignee=expert.pk), Q(claimed_by=None, status__in=OPEN_STATUSES)
    whose = {"mine": mine, "free": free & ~mine}.get(filters.whose, mine | free)
    return _sought(Order.objects.filter(whose), filters, known=mine)


def every_order(filters: QueueFilters) -> QuerySet[Order]:
    """The same of the whole house, for its operators."""
    whose = Q(claimed_by=None, status__in=OPEN_STATUSES) if filters.whose == "free" else Q()
    return _sought(Order.objects.filter(whose), filters, known=Q())


def _sought(rows: QuerySet[Order], filters: QueueFilters, *, known: Q) -> QuerySet[Order]:
    if filters.status:
        rows = rows.filter(status=filters.status, paid_at__isnull=False)
    else:
        # What is open is paid. Without asking for that as well, indexes alone can count it.
        rows = rows.filter(status__in=OPEN_STATUSES)
    if filters.late:
        rows = rows.filter(due_on__lt=workload.today(), status__in=OPEN_STATUSES)
    if filters.due_within is not None:
        rows = rows.filter(due_on__lte=workload.today() + timedelta(days=filters.due_within))
    if filters.older_than is not None:
        rows = rows.filter(created_at__lte=clock.now() - timedelta(days=filters.older_than))
    rows = search_index.search(rows, filters.q, known=known)
    return _in_full(rows)


def of_page(page_rows: QuerySet[Order]) -> QuerySet[Order]:
    """The rows of one page of a queue: their keys are found first, and no more than they is read and joined."""
    return _in_full(Order.objects.filter(pk__in=page_rows.values("pk")))


def _in_full(rows: QuerySet[Order]) -> QuerySet[Order]:
    """With their people, whether the assistant failed and whether the client's words are unread. As subqueries these
    are asked for what is shown alone; joined, the database would read every revision to show some."""
    current = Revision.objects.filter(pk=OuterRef("current_id"))
    unread = Message.objects.filter(order=OuterRef("pk"), from_client=True, read_at=None)
    rows = rows.annotate(current_state=Subquery(current.values("state")[:1]), has_unread=Exists(unread))
    rows = rows.select_related("expert", "claimed_by")
    return rows.order_by("due_on", "created_at", "pk")


def validation_queue(expert: Expert) -> QuerySet[Order]:
    """The contents that wait for this expert's word, the oldest order first (L8)."""
    rows = Order.objects.filter(claimed_by=expert, status=OrderStatus.AWAITING_VALIDATION)
    return rows.select_related("expert", "claimed_by", "current").order_by("created_at", "pk")


def free_order(expert: Expert, order_id: UUID) -> Order:
    """One that this expert may take in hand. Raises `AlreadyClaimed` for another's, else `OrderNotFound`."""
    rows = Order.objects.filter(pk=order_id, paid_at__isnull=False)
    found = rows.select_related("expert", "claimed_by").first()
    if found is None or found.status not in OPEN_STATUSES:
        raise OrderNotFound
    if found.claimed_by_id not in (None, expert.pk):
        raise AlreadyClaimed(name=found.worked_by.name)
    return found


def seen_by_operator(order_id: UUID) -> Order:
    """Any paid order, without what its client and its expert keep between them. Raises `OrderNotFound`."""
    rows = Order.objects.filter(pk=order_id, paid_at__isnull=False)
    found = rows.select_related(*_PEOPLE, "current", "customer").first()
    if found is None:
        raise OrderNotFound
    return found


def desk_order(expert: Expert, order_id: UUID) -> Order:
    """An order with what its expert needs. Raises `NotYourOrder` for another's, `OrderNotFound` for an unpaid one."""
    rows = Order.objects.filter(pk=order_id, paid_at__isnull=False)
    found = rows.select_related(*_PEOPLE, "current", "intake", "customer").first()
    if found is None:
        raise OrderNotFound
    if found.worked_by.pk != expert.pk:
        raise NotYourOrder
    return found


def templates(expert: Expert) -> QuerySet[PromptTemplate]:
    """The expert's own words and those of the house, by title."""
    rows = PromptTemplate.objects.filter(Q(expert=expert) | Q(expert=None))
    return rows.order_by("title", "pk")


def _may_see(viewer: User, found: Order) -> bool:
    if found.customer_id == viewer.pk or has_role(viewer, Role.OPERATOR):
        return True
    expert = found.worked_by
    is_paid = found.payment_status in (PaymentStatus.SUCCEEDED, PaymentStatus.REFUNDED)
    return is_paid and expert.user_id == viewer.pk and expert.is_active and has_role(viewer, EXPERT)
