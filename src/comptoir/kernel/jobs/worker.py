"""A worker in this process: Celery's, on threads, and a pulse that schedules and sweeps beside it.

The pulse stands where Celery's beat would. Beat sends its ticks through the broker, and the sweep is there
for the day when the broker forgets or is away; so it looks at the database by itself, and runs what it
cannot send.
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

PULSE_SECONDS = 1.0
# Where the web process is another one and has no broker to tell us by, looking often is all there is.
PULSE_ALONE_SECONDS = 0.2


class Worker:
    """Started once in a process; `stop` lets the jobs at hand finish, and leaves the others to the next."""

    def __init__(self, *, concurrency: int, pulse_seconds: float) -> None:
        self._pulse_seconds = pulse_seconds
        self._over = threading.Event()
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
            threading.Thread(target=self._pulse, name="job-pulse", daemon=True),
        ]

    def start(self) -> None:
        celery_state.should_stop = None
        dispatcher.open_for_work()
        for thread in self._threads:
            thread.start()
        log.info("worker.started", broker=settings.BROKER_URL.partition(":")[0])

    def stop(self) -> None:
        if self._over.is_set():
            return
        self._over.set()
        dispatcher.close_for_work()
        celery_state.should_stop = os.EX_OK  # Celery's loop looks at it, and then waits for its threads
        wake_up()
        for thread in self._threads:
            thread.join()
        log.info("worker.stopped")

    def is_alive(self) -> bool:
        return all(thread.is_alive() for thread in self._threads)

    def _pulse(self) -> None:
        asked: set[str] = set()
        fresh = True
        while not self._over.is_set():
            try:
                if fresh:
                    leases.release_those_of_the_dead()
                    fresh = False
                schedule(asked)
                self._hand_out(sweep())
            except Exception:
                log.exception("worker.pulse_failed")
            close_old_connections()
            self._over.wait(self._pulse_seconds)
        connection.close()

    def _hand_out(self, ids: list[str]) -> None:
        if ids and not dispatcher.send(ids):
            run_jobs(ids, unless=self._over.is_set)


def run_worker(*, concurrency: int = 4) -> None:
    """Work until SIGTERM or SIGINT: finish the jobs at hand, then return. A second signal ends it at once."""
    told = threading.Event()

    def tell(number: int, _frame: FrameType | None) -> None:
        signal.signal(number, signal.SIG_DFL)
        told.set()

    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, tell)
    alone = settings.BROKER_URL.startswith("memory:")
    worker = Worker(concurrency=concurrency, pulse_seconds=PULSE_ALONE_SECONDS if alone else PULSE_SECONDS)
    worker.start()
    while worker.is_alive() and not told.wait(1.0):
        pass
    worker.stop()
