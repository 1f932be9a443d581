"""Enqueueing jobs: a row in the caller's transaction, and its id to the broker after the commit."""

import json
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from functools import partial
from typing import Any

from django.db import transaction

from comptoir.kernel import bulk_sql, clock
from comptoir.kernel.bulk_sql import Rows
from comptoir.kernel.ids import new_id
from comptoir.kernel.jobs import dispatcher
from comptoir.kernel.jobs.models import JOB_TRANSITIONS, Job, JobState
from comptoir.kernel.jobs.registry import definition_of
from comptoir.kernel.states import move

_strict_json = json.JSONEncoder(allow_nan=False)

# A function that is declared as a job, or the name of one.
JobOrName = str | Callable[..., None]


def enqueue(
    job_or_name: JobOrName, /, *, key: str | None = None, run_at: datetime | None = None, **args: Any
) -> Job:
    """Have a job done, once the caller's transaction is committed and not before `run_at`.

    `args` must be JSON. With a `key` that was used before, nothing is added and the earlier row is returned,
    whatever became of it. Done rows, and their keys with them, are kept for 30 days.
    """
    values = {**_row(args, key=key), **_shared(job_or_name, run_at=run_at)}
    if key is None:
        job = Job.objects.create(**values)
    # One statement, where `get_or_create` takes four: a SELECT and a savepoint around the INSERT.
    elif bulk_sql.add(Rows.of(Job, [values])):
        job = Job(**values)
        job._state.adding = False
    else:
        return Job.objects.get(key=key)
    _send_after_commit([{"id": job.pk}], run_at=job.run_at)
    return job


def enqueue_many(
    job_or_name: JobOrName,
    batch: Sequence[Mapping[str, Any]],
    *,
    keys: Sequence[str | None] | None = None,
    beside: Sequence[Rows] = (),
) -> None:
    """The same job for each set of arguments, in one INSERT. Keys that were used before are passed over.

    Rows `beside` them are added by the same statement (see `bulk_sql.add`).
    """
    assert keys is None or len(keys) == len(batch), "one key for each set of arguments"
    each = [_row(args, key=keys[i] if keys else None) for i, args in enumerate(batch)]
    shared = _shared(job_or_name, run_at=None)
    bulk_sql.add(*beside, Rows.of(Job, each, **shared))
    _send_after_commit(each, run_at=shared["run_at"])


def replay(job: Job, *, actor: Any = None) -> None:
    """Give a dead letter all its attempts anew. Raises `WrongState` when it is not dead."""
    with transaction.atomic():
        move(job, JobState.READY, table=JOB_TRANSITIONS, actor=actor, attempts=job.attempts)
        job.attempts, job.run_at, job.finished_at, job.worker = 0, clock.now(), None, ""
        job.lease_until = dispatcher.first_lease_until(job.run_at)
        job.save(update_fields=["attempts", "run_at", "finished_at", "worker", "lease_until"])
        _send_after_commit([{"id": job.pk}], run_at=job.run_at)


def _row(args: Mapping[str, Any], *, key: str | None) -> dict[str, Any]:
    _strict_json.encode(args)  # a value that is not JSON is the caller's mistake: say so here and now
    return {"id": new_id(), "args": dict(args), "key": key}


def _shared(job_or_name: JobOrName, *, run_at: datetime | None) -> dict[str, Any]:
    definition = definition_of(job_or_name)
    now = clock.now()
    return {
        "name": definition.name,
        "run_at": run_at or now,
        "max_attempts": definition.max_attempts,
        "lease_until": run_at if run_at and run_at > now else dispatcher.first_lease_until(now),
        "created_at": now,
    }


def _send_after_commit(each: Sequence[Mapping[str, Any]], *, run_at: datetime) -> None:
    """What is due later is left to the sweep."""
    if each and run_at <= clock.now():
        transaction.on_commit(
            partial(dispatcher.send_in_background, [str(row["id"]) for row in each]), robust=True
        )
