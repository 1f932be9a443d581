"""Finding the work that nobody holds: due now, never carried, lost by the broker, or left by a killed worker."""

from datetime import timedelta

from comptoir.kernel import clock
from comptoir.kernel.jobs.models import Job, JobState

# What was sent again is left to the broker for so long, so that a backlog does not breed messages.
SENT_AGAIN = timedelta(seconds=60)


def sweep(*, limit: int = 500) -> list[str]:
    """Take what is free, oldest first, and return its ids: they are the caller's to send or to run.

    Where a worker was killed, its job is ready again. Two sweeps at once may return the same ids: claiming
    them tells which counts.
    """
    now = clock.now()
    free = Job.objects.filter(lease_until__lte=now)
    found = list(free.order_by("lease_until").values_list("pk", flat=True)[:limit])
    if found:
        free.filter(pk__in=found).update(state=JobState.READY, worker="", lease_until=now + SENT_AGAIN)
    return [str(pk) for pk in found]
