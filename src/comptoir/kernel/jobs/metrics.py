"""Metrics of jobs: how many ran with what outcome and for how long, and how many wait."""

from collections.abc import Iterator

from django.db.models import Count, Min
from prometheus_client import Counter, Histogram
from prometheus_client.core import REGISTRY, GaugeMetricFamily
from prometheus_client.registry import Collector

from comptoir.kernel import clock
from comptoir.kernel.jobs.models import Job, JobState

_runs = Counter("comptoir_job_runs", "Runs of jobs by name and outcome.", ["name", "outcome"])
_durations = Histogram("comptoir_job_seconds", "Seconds that a run took, by name.", ["name"])


def record_run(name: str, outcome: str, seconds: float) -> None:
    _runs.labels(name, outcome).inc()
    _durations.labels(name).observe(seconds)


class BacklogCollector(Collector):
    """Asks the database when it is scraped; its two queries read the indexes of the unfinished and of the dead."""

    def describe(self) -> Iterator[GaugeMetricFamily]:
        """Without a query: it is called when the process starts."""
        yield GaugeMetricFamily("comptoir_jobs", "Jobs that are not done, by state.", labels=["state"])
        yield GaugeMetricFamily("comptoir_job_oldest_due_seconds", "How long the oldest due job has waited.")

    def collect(self) -> Iterator[GaugeMetricFamily]:
        by_state, oldest = self.describe()
        unfinished = Job.objects.filter(lease_until__isnull=False)
        counts = dict(unfinished.values_list("state").annotate(Count("pk")))
        counts[JobState.DEAD] = Job.objects.filter(state=JobState.DEAD).count()
        for state in (JobState.READY, JobState.RUNNING, JobState.DEAD):
            by_state.add_metric([state], counts.get(state, 0))
        due_at = unfinished.filter(state=JobState.READY).aggregate(at=Min("run_at"))["at"]
        oldest.add_metric([], max(0.0, (clock.now() - due_at).total_seconds()) if due_at else 0.0)
        yield by_state
        yield oldest


def register() -> None:
    REGISTRY.register(BacklogCollector())
