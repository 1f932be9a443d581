"""How much experts have in hand, and when each is free again."""

from collections.abc import Iterable
from datetime import date, timedelta

from django.db.models import Count

from comptoir.bespoke.models import OPEN_STATUSES, Expert, Order
from comptoir.kernel import clock


def in_hand(experts: Iterable[Expert]) -> dict[object, int]:
    """How many open orders each has: chosen and not in another's hands, or claimed. One query."""
    rows = (
        Order.objects.filter(status__in=OPEN_STATUSES, assignee__in=[expert.pk for expert in experts])
        .order_by()
        .values("assignee")
        .annotate(count=Count("pk"))
    )
    return {row["assignee"]: row["count"] for row in rows}


def next_free_on(expert: Expert) -> date:
    """The first day in a week that still has room, at so many orders a week."""
    return free_on(expert, in_hand([expert]).get(expert.pk, 0))


def free_on(expert: Expert, count: int) -> date:
    return today() + timedelta(weeks=count // expert.weekly_capacity)


def today() -> date:
    """In UTC, as every day that is compared with a due date."""
    return clock.now().date()
