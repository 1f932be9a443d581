"""Running jobs: claim them, call their function, write down what came of it."""

import random
import time
import traceback
from collections.abc import Callable, Iterable, Sequence
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import structlog
from django.db import transaction
from django.db.models import Q, QuerySet

from comptoir.kernel import clock, timeline
from comptoir.kernel.jobs import dispatcher, leases, metrics
from comptoir.kernel.jobs.models import JOB_TRANSITIONS, Job, JobState
from comptoir.kernel.jobs.registry import GiveUp, JobDefinition, Postpone, definition_of, runs_in_batches
from comptoir.kernel.jobs.scheduling import is_superseded

log = structlog.get_logger(__name__)

# Twelve attempts reach over some 21 hours: 4 s, 12 s, 36 s, … and then every 6 hours.
FIRST_DELAY = timedelta(seconds=4)
BACKOFF_FACTOR = 3
MAX_DELAY = timedelta(hours=6)
ERROR_TAIL = 4000

_rng = random.Random()  # noqa: S311 — spreads retries, guards nothing


def run_job(job_id: UUID | str, *, rng: random.Random = _rng) -> bool:
    """Run one job if it is due and nobody else has it; returns whether it was run here."""
    return run_jobs([job_id], rng=rng) == 1


def run_jobs(
    ids: Iterable[UUID | str],
    *,
    rng: random.Random = _rng,
    should_stop: Callable[[], bool] = lambda: False,
) -> int:
    """Run those of these jobs that are due and free, one after the other or in batches; returns how many were.

    `should_stop` is called before each: what it stops stays for the next worker.
    """
    found = _unfinished().filter(pk__in=list(ids)).order_by("run_at", "pk")
    return sum(_run(batch, rng) for batch in _batches(found) if not should_stop())


def drain(*, until: datetime | None = None, rng: random.Random = _rng) -> int:
    """Run here and now what is due, and what becomes due by that, in the order it is due; returns how many ran.

    With `until`, the test clock is moved forward from one job to the next, up to that moment: retries and
    postponed work are played in the time it takes to run them. Periodic work is up to `schedule`.
    """
    ran = 0
    while found := _unfinished().filter(_claimable(until or clock.now())).order_by("run_at", "pk").first():
        wait = (
            found.run_at if found.state == JobState.READY else found.lease_until or found.run_at
        ) - clock.now()
        if wait > timedelta(0):
            clock.advance(wait)
        due = (
            _unfinished()
            .filter(_claimable(clock.now()))
            .order_by("run_at", "pk")[: dispatcher.IDS_PER_MESSAGE]
        )
        ran += sum(_run(batch, rng) for batch in _batches(due))
    if until is not None and until > clock.now():
        clock.advance(until - clock.now())
    return ran


def retry_delay(attempts: int, rng: random.Random) -> timedelta:
    """How long to wait after this many attempts: growing, capped, and never the same for two jobs."""
    grown = FIRST_DELAY.total_seconds() * BACKOFF_FACTOR ** (attempts - 1)
    capped = min(grown, MAX_DELAY.total_seconds())
    return timedelta(seconds=capped * rng.uniform(0.75, 1.25))


def _unfinished() -> QuerySet[Job]:
    return Job.objects.filter(lease_until__isnull=False)


def _claimable(now: datetime) -> Q:
    return Q(state=JobState.READY, run_at__lte=now) | Q(state=JobState.RUNNING, lease_until__lte=now)


def _batches(jobs: Iterable[Job]) -> Iterable[list[Job]]:
    """Each job alone, and those together that one call may do. Only at the first attempt: one that kills its worker
    must not go on taking others with it."""
    together: dict[str, list[Job]] = {}
    for job in jobs:
        may_join = job.attempts == 0 and runs_in_batches(job.name)
        together.setdefault(job.name if may_join else str(job.pk), []).append(job)
    return together.values()


def _run(batch: Sequence[Job], rng: random.Random) -> int:
    claimed = _claim(batch)
    if claimed:
        with leases.held(claimed):
            if len(claimed) == 1 or not _run_batch(claimed):
                for job in claimed:
                    _run_one(job, rng)
    return len(claimed)


def _claim(batch: Sequence[Job]) -> Sequence[Job]:
    """One conditional UPDATE, which names the attempts that were read: the rows in hand are then the truth."""
    now = clock.now()
    attempts, worker, until = batch[0].attempts + 1, leases.worker_name(), now + leases.lease()
    rows = Job.objects.filter(pk__in=[job.pk for job in batch])
    count = rows.filter(_claimable(now), attempts=batch[0].attempts).update(
        state=JobState.RUNNING, attempts=attempts, worker=worker, lease_until=until
    )
    if 0 < count < len(batch):  # others were faster with some of them
        ours = set(rows.filter(worker=worker, attempts=attempts).values_list("pk", flat=True))
    else:
        ours = {job.pk for job in batch} if count else set()
    claimed = [job for job in batch if job.pk in ours]
    for job in claimed:
        job.state, job.attempts, job.worker, job.lease_until = JobState.RUNNING, attempts, worker, until
    return claimed


def _run_batch(batch: Sequence[Job]) -> bool:
    """All of them in one call. Where that fails, nothing is written down, and each is to be run by itself."""
    started = time.perf_counter()
    with structlog.contextvars.bound_contextvars(job=batch[0].name, jobs=len(batch)):
        try:
            definition_of(batch[0].name).call([job.args for job in batch])
        except Exception:
            log.warning("jobs.batch_failed", exc_info=True)
            return False
        _record_outcome(batch, JobState.DONE, lease_until=None, finished_at=clock.now())
    for job in batch:
        metrics.record_run(job.name, "done", (time.perf_counter() - started) / len(batch))
    return True


def _run_one(job: Job, rng: random.Random) -> None:
    with structlog.contextvars.bound_contextvars(job=job.name, job_id=str(job.pk)):
        started = time.perf_counter()
        outcome = _execute(job, rng)
        metrics.record_run(job.name, outcome, time.perf_counter() - started)


def _execute(job: Job, rng: random.Random) -> str:
    """Run the function; returns the outcome, in a word."""
    try:
        definition = definition_of(job.name)
        if job.attempts > job.max_attempts:
            return _dead_letter(job, definition, "Every attempt ended with its worker.")
        if not is_superseded(job):
            definition.call([job.args])
    except Postpone as later:
        _record_outcome(
            [job], JobState.READY, attempts=job.attempts - 1, run_at=later.run_at, lease_until=later.run_at
        )
        return "postponed"
    except GiveUp:
        return _dead_letter(job, definition, traceback.format_exc())
    except Exception:
        return _retry_or_dead_letter(job, rng, traceback.format_exc())
    _record_outcome([job], JobState.DONE, lease_until=None, finished_at=clock.now())
    return "done"


def _retry_or_dead_letter(job: Job, rng: random.Random, error: str) -> str:
    if job.attempts >= job.max_attempts:
        try:
            definition = definition_of(job.name)
        except LookupError:
            definition = None
        return _dead_letter(job, definition, error)
    again_at = clock.now() + retry_delay(job.attempts, rng)
    _record_outcome(
        [job], JobState.READY, run_at=again_at, lease_until=again_at, last_error=error[-ERROR_TAIL:]
    )
    log.warning("jobs.failed", attempts=job.attempts, again_at=str(again_at), error=error[-ERROR_TAIL:])
    return "failed"


def _dead_letter(job: Job, definition: JobDefinition | None, error: str) -> str:
    """Make it a dead letter, in sight of the operator, and tell the room that asked for it."""
    tail = error[-ERROR_TAIL:]
    with transaction.atomic():
        if not _record_outcome(
            [job], JobState.DEAD, lease_until=None, finished_at=clock.now(), last_error=tail
        ):
            return "dead"
        timeline.record("jobs.job", job.pk, JobState.DEAD, name=job.name, attempts=job.attempts)
    log.error("jobs.dead", attempts=job.attempts, error=tail)
    if definition is not None and definition.on_dead is not None:
        try:
            definition.on_dead(**job.args)
        except Exception:
            log.exception("jobs.on_dead_failed")
    return "dead"


def _record_outcome(batch: Sequence[Job], to: JobState, **fields: Any) -> bool:
    """Write the outcome, unless a lease ran out meanwhile and the job is somebody else's now."""
    assert to in JOB_TRANSITIONS[JobState.RUNNING]
    settled = Job.objects.filter(
        pk__in=[job.pk for job in batch],
        state=JobState.RUNNING,
        worker=batch[0].worker,
        attempts=batch[0].attempts,
    ).update(state=to, worker="", **fields)
    if settled < len(batch):
        log.warning("jobs.lease_lost", outcome=to, jobs=len(batch) - settled)
    return settled == len(batch)
