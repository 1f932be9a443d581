"""A worker in this process: Celery's, on threads, and one more thread that schedules and sweeps.

That thread stands where Celery's beat would. Beat sends its ticks through the broker, and the sweep is there for the
day when the broker forgets or is away; so this thread polls the database, and runs what it cannot send.
"""

import os
import signal
import socket
import threading
from types import FrameType

import structlog
from celery.worker import state as celery_state
from django.conf import settings
from django.db import close_old_connections, connection

from comptoir.kernel.jobs import (  # noqa: F401 — the tasks declare themselves
    dispatcher,
    leases,
    tasks,
)
from comptoir.kernel.jobs.celery import app, wake_up
from comptoir.kernel.jobs.running import run_jobs
from comptoir.kernel.jobs.scheduling import schedule
from comptoir.kernel.jobs.sweep import sweep

log = structlog.get_logger(__name__)

POLL_SECONDS = 1.0
# Where the web process is another one and has no broker to tell us by, looking often is all there is.
POLL_SECONDS_WITHOUT_BROKER = 0.2


class Worker:
    """Started once in a process; `stop` lets the running jobs finish, and leaves the others to the next worker."""

    def __init__(self, *, concurrency: int, poll_seconds: float) -> None:
        self._poll_seconds = poll_seconds
        self._stopping = threading.Event()
        self._celery = app.WorkController(
            hostname=f"comptoir-{os.getpid()}@{socket.gethostname()}",
            pool="threads",
            concurrency=concurrency,
            without_gossip=True,
            without_mingle=True,
            without_heartbeat=True,
        )
        self._threads = [
            threading.Thread(target=self._celery.start, name="celery-worker", daemon=True),
            threading.Thread(target=self._poll, name="job-poller", daemon=True),
        ]

    def start(self) -> None:
        celery_state.should_stop = None
        dispatcher.worker_started()
        for thread in self._threads:
            thread.start()
        log.info("worker.started", broker=settings.BROKER_URL.partition(":")[0])

    def stop(self) -> None:
        if self._stopping.is_set():
            return
        self._stopping.set()
        dispatcher.worker_stopping()
        celery_state.should_stop = os.EX_OK  # Celery's loop looks at it, and then waits for its threads
        wake_up()
        for thread in self._threads:
            thread.join()
        log.info("worker.stopped")

    def is_alive(self) -> bool:
        return all(thread.is_alive() for thread in self._threads)

    def _poll(self) -> None:
        enqueued_keys: set[str] = set()
        is_first_poll = True
        while not self._stopping.is_set():
            try:
                if is_first_poll:
                    leases.release_leases_of_dead_workers()
                    is_first_poll = False
                schedule(enqueued_keys)
                self._dispatch(sweep())
            except Exception:
                log.exception("worker.poll_failed")
            close_old_connections()
            self._stopping.wait(self._poll_seconds)
        connection.close()

    def _dispatch(self, ids: list[str]) -> None:
        if ids and not dispatcher.send(ids):
            run_jobs(ids, should_stop=self._stopping.is_set)


def run_worker(*, concurrency: int = 4) -> None:
    """Work until SIGTERM or SIGINT: finish the jobs at hand, then return. A second signal ends it at once."""
    stop_requested = threading.Event()

    def request_stop(number: int, _frame: FrameType | None) -> None:
        signal.signal(number, signal.SIG_DFL)
        stop_requested.set()

    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, request_stop)
    without_broker = settings.BROKER_URL.startswith("memory:")
    worker = Worker(
        concurrency=concurrency, poll_seconds=POLL_SECONDS_WITHOUT_BROKER if without_broker else POLL_SECONDS
    )
    worker.start()
    while worker.is_alive() and not stop_requested.wait(1.0):
        pass
    worker.stop()
