"""Leases of jobs that take long: one thread for each process renews those of the jobs that its workers are running.

A lease without renewal would have to outlast the longest job, and the jobs of a killed worker would wait as
long. So leases are short, and only a job that outlives a third of one costs an UPDATE more.
"""

import os
import secrets
import socket
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import timedelta
from uuid import UUID

import structlog
from django.conf import settings
from django.db import connection

from comptoir.kernel import clock
from comptoir.kernel.jobs.models import Job, JobState

log = structlog.get_logger(__name__)

# A job that has not come back after this is taken for hung: its lease runs out and another worker tries.
LONGEST_RUN_SECONDS = 3600.0

_process = secrets.token_hex(4)
_held: dict[tuple[UUID, str], float] = {}
_lock = threading.Lock()
_renewer: threading.Thread | None = None


def lease() -> timedelta:
    return timedelta(seconds=settings.JOB_LEASE_SECONDS)


def worker_name() -> str:
    """This thread of this process, among all machines."""
    return f"{socket.gethostname()[:60]}:{os.getpid()}:{_process}:{threading.get_ident()}"


def release_leases_of_dead_workers() -> None:
    """At the start, free the jobs of workers that died here, for nobody to wait for their leases.

    Only with SQLite: its workers share this machine, so that a process that cannot be found has gone.
    """
    if connection.vendor != "sqlite":
        return
    running = Job.objects.filter(lease_until__isnull=False, state=JobState.RUNNING)
    for pk, worker in running.values_list("pk", "worker"):
        if _is_dead(worker):
            running.filter(pk=pk, worker=worker).update(lease_until=clock.now())


def _is_dead(worker: str) -> bool:
    host, pid, process, _thread = worker.rsplit(":", 3)
    if host != socket.gethostname()[:60] or process == _process:
        return False
    try:
        os.kill(int(pid), 0)
    except ProcessLookupError:
        return True
    except PermissionError:
        return False
    return int(pid) == os.getpid()


@contextmanager
def held(jobs: Sequence[Job]) -> Iterator[None]:
    """Keep the leases of jobs that this thread has claimed."""
    _start_renewer()
    mine = [(job.pk, job.worker) for job in jobs]
    with _lock:
        _held.update(dict.fromkeys(mine, time.monotonic()))
    try:
        yield
    finally:
        with _lock:
            for each in mine:
                del _held[each]


def _start_renewer() -> None:
    global _renewer
    with _lock:
        if _renewer is None or not _renewer.is_alive():
            _renewer = threading.Thread(target=_renew_periodically, name="job-leases", daemon=True)
            _renewer.start()


def _renew_periodically() -> None:
    while True:
        time.sleep(settings.JOB_LEASE_SECONDS / 3)
        try:
            _renew()
        except Exception:
            log.exception("jobs.lease_not_renewed")
        finally:
            connection.close()


def _renew() -> None:
    """Those that were there at the last renewal too, so that short jobs cost nothing."""
    started_before = time.monotonic() - settings.JOB_LEASE_SECONDS / 4
    started_after = time.monotonic() - LONGEST_RUN_SECONDS
    with _lock:
        mine = [of for of, started in _held.items() if started_after < started < started_before]
    if mine:
        Job.objects.filter(
            pk__in=[pk for pk, _worker in mine],
            worker__in=[worker for _pk, worker in mine],
            state=JobState.RUNNING,
        ).update(lease_until=clock.now() + lease())
