"""Periodic jobs: one row for each name and slot, unique, however many schedulers there are."""

from datetime import UTC, datetime, timedelta

from comptoir.kernel import clock
from comptoir.kernel.jobs.models import Job
from comptoir.kernel.jobs.queue import enqueue
from comptoir.kernel.jobs.registry import periodic_jobs

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def schedule(enqueued_keys: set[str] | None = None) -> None:
    """Enqueue the present slot of every periodic job.

    A caller that comes by every second hands in the `enqueued_keys` of before; they are brought up to date.
    """
    enqueued_keys = set() if enqueued_keys is None else enqueued_keys
    for name, every in periodic_jobs().items():
        key = slot_key(name, every)
        if key not in enqueued_keys:
            enqueue(name, key=key)
            enqueued_keys.difference_update({old for old in enqueued_keys if old.startswith(f"{name}@")})
            enqueued_keys.add(key)


def slot_key(name: str, every: timedelta) -> str:
    """The key of the slot that the present moment falls into."""
    begins_at = _EPOCH + (clock.now() - _EPOCH) // every * every
    return f"{name}@{begins_at:%Y-%m-%dT%H:%M:%SZ}"


def is_superseded(job: Job) -> bool:
    """Whether a later slot of the same periodic job stands already, so that this one need not run."""
    every = periodic_jobs().get(job.name)
    if every is None or job.key is None:
        return False
    present = slot_key(job.name, every)
    return (
        job.key < present and job.key.startswith(f"{job.name}@") and Job.objects.filter(key=present).exists()
    )
