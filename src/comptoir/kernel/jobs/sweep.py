"""Finding the jobs that nobody holds: due now, never sent, lost by the broker, or left by a killed worker."""

from datetime import timedelta

from comptoir.kernel import clock
from comptoir.kernel.jobs.models import Job, JobState

# How long the broker may take with what the sweep sent again, so that a backlog does not breed messages.
REDELIVERY_TIMEOUT = timedelta(seconds=60)


def sweep(*, limit: int = 500) -> list[str]:
    """Take what is free, oldest first, and return its ids: they are the caller's to send or to run.

    Where a worker was killed, its job is ready again. Two sweeps at once may return the same ids: claiming
    them tells which counts.
    """
    now = clock.now()
    free = Job.objects.filter(lease_until__lte=now)
    found = list(free.order_by("lease_until").values_list("pk", flat=True)[:limit])
    if found:
        free.filter(pk__in=found).update(
            state=JobState.READY, worker="", lease_until=now + REDELIVERY_TIMEOUT
        )
    return [str(pk) for pk in found]
