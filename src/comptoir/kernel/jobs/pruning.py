"""Deleting jobs that are long done. Dead letters stay until somebody has looked at them."""

from datetime import timedelta

from comptoir.kernel import clock, ids
from comptoir.kernel.jobs.models import Job, JobState
from comptoir.kernel.jobs.registry import job, periodic

RETENTION = timedelta(days=30)
BATCH_SIZE = 5_000


@periodic(every=timedelta(hours=1))
@job("jobs.prune", max_attempts=3)
def prune() -> None:
    """Delete what was done 30 days ago and earlier, in batches that block nobody for long.

    Ids are in the order of time, so that the oldest rows are found without an index of their own.
    """
    until = clock.now() - RETENTION
    newest = ids.first_at(until)
    old = Job.objects.filter(pk__lt=newest, state=JobState.DONE, finished_at__lt=until)
    while batch := list(old.order_by("pk").values_list("pk", flat=True)[:BATCH_SIZE]):
        Job.objects.filter(pk__in=batch).delete()
