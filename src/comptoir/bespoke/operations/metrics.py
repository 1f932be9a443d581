"""How the work goes: orders by status, how long each status lasts, who has how much in hand, what goes wrong."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import Avg, Count, DurationField, ExpressionWrapper, F, Min
from prometheus_client.core import REGISTRY, GaugeMetricFamily
from prometheus_client.registry import Collector

from comptoir.bespoke.models import (
    OPEN_STATUSES,
    Author,
    Expert,
    Order,
    OrderStatus,
    Revision,
    RevisionState,
    StatusPeriod,
)
from comptoir.bespoke.orders import workload
from comptoir.kernel import clock

PERIOD = timedelta(days=30)


@dataclass(frozen=True)
class Pace:
    """One status: how many orders are in it, since when the longest, and how long those stayed that left it."""

    status: str
    count: int
    oldest_seconds: int
    left: int
    mean_seconds: int


@dataclass(frozen=True)
class Load:
    """What one expert has in hand, beside what they take in a week."""

    expert: Expert
    in_hand: int


@dataclass(frozen=True)
class Writing:
    """What became of the contents that were asked for in the period."""

    asked: int
    answered: int
    failed: int
    approved: int
    rejected: int
    mean_answer_seconds: int


@dataclass(frozen=True)
class Figures:
    """Counted now; what has a length is of the last 30 days."""

    paces: list[Pace]
    loads: list[Load]
    writing: Writing
    overdue: int


def figures() -> Figures:
    """Everything at once, in nine queries however many orders there are."""
    since = clock.now() - PERIOD
    return Figures(paces=_paces(since), loads=loads(), writing=_writing(since), overdue=overdue())


def overdue() -> int:
    """Open orders past their due date."""
    return Order.objects.filter(status__in=OPEN_STATUSES, due_on__lt=workload.today()).count()


def loads() -> list[Load]:
    """Each active expert's, the fullest first."""
    experts = list(Expert.objects.filter(is_active=True).order_by("name", "pk"))
    counts = workload.in_hand(experts)
    return sorted((Load(one, counts.get(one.pk, 0)) for one in experts), key=lambda load: -load.in_hand)


def _paces(since: datetime) -> list[Pace]:
    counts = dict(Order.objects.order_by().values_list("status").annotate(Count("pk")))
    here = dict(
        StatusPeriod.objects.filter(ended_at=None).order_by().values_list("status").annotate(Min("began_at"))
    )
    left = {
        row["status"]: row
        for row in StatusPeriod.objects.filter(ended_at__gte=since)
        .order_by()
        .values("status")
        .annotate(count=Count("pk"), mean=Avg(_span("began_at", "ended_at")))
    }
    return [
        Pace(
            status=status,
            count=counts.get(status, 0),
            oldest_seconds=_seconds(clock.now() - here[status]) if status in here else 0,
            left=left[status]["count"] if status in left else 0,
            mean_seconds=_seconds(left[status]["mean"]) if status in left else 0,
        )
        for status in OrderStatus.values
    ]


def _writing(since: datetime) -> Writing:
    asked = Revision.objects.filter(author=Author.ASSISTANT, requested_at__gte=since)
    answered = asked.filter(answered_at__isnull=False).aggregate(
        count=Count("pk"), mean=Avg(_span("requested_at", "answered_at"))
    )
    decided = (
        Revision.objects.filter(decided_at__gte=since).order_by().values_list("state").annotate(Count("pk"))
    )
    verdicts = dict(decided)
    return Writing(
        asked=asked.count(),
        answered=answered["count"],
        failed=Revision.objects.filter(failed_at__gte=since).count(),
        approved=verdicts.get(RevisionState.APPROVED, 0),
        rejected=verdicts.get(RevisionState.REJECTED, 0),
        mean_answer_seconds=_seconds(answered["mean"]) if answered["mean"] else 0,
    )


def _span(began: str, ended: str) -> ExpressionWrapper:
    return ExpressionWrapper(F(ended) - F(began), output_field=DurationField())


def _seconds(length: timedelta) -> int:
    return max(0, int(length.total_seconds()))


class Watch(Collector):
    """The same for Prometheus, asked of the database when it is scraped."""

    def describe(self) -> Iterator[GaugeMetricFamily]:
        """Without a query: it is called when the process starts."""
        yield GaugeMetricFamily("comptoir_bespoke_orders", "Orders by status.", labels=["status"])
        yield GaugeMetricFamily(
            "comptoir_bespoke_oldest_seconds",
            "How long the longest has been in a status.",
            labels=["status"],
        )
        yield GaugeMetricFamily(
            "comptoir_bespoke_mean_seconds",
            "How long orders stayed in a status, of those that left it in 30 days.",
            labels=["status"],
        )
        yield GaugeMetricFamily("comptoir_bespoke_in_hand", "Open orders by expert.", labels=["expert"])
        yield GaugeMetricFamily("comptoir_bespoke_overdue", "Open orders past their due date.")
        yield GaugeMetricFamily(
            "comptoir_bespoke_contents", "What became of contents in 30 days.", labels=["outcome"]
        )

    def collect(self) -> Iterator[GaugeMetricFamily]:
        found = figures()
        orders, oldest, mean, in_hand, late, contents = self.describe()
        for pace in found.paces:
            orders.add_metric([pace.status], pace.count)
            oldest.add_metric([pace.status], pace.oldest_seconds)
            mean.add_metric([pace.status], pace.mean_seconds)
        for load in found.loads:
            in_hand.add_metric([load.expert.name], load.in_hand)
        late.add_metric([], found.overdue)
        for outcome in ("asked", "answered", "failed", "approved", "rejected"):
            contents.add_metric([outcome], getattr(found.writing, outcome))
        yield from (orders, oldest, mean, in_hand, late, contents)


def register() -> None:
    REGISTRY.register(Watch())
