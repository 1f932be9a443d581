"""Sending ids of jobs to the workers by Celery. No row depends on it: what is not carried is swept."""

import threading
import time
from collections.abc import Sequence
from datetime import datetime, timedelta
from queue import Empty, SimpleQueue

import structlog
from django.conf import settings

log = structlog.get_logger(__name__)

# How long the first message of a job may be under way before the sweep sends another.
UNDER_WAY = timedelta(seconds=5)
IDS_PER_MESSAGE = 20
# After a failure nobody waits for the broker again for so long.
BROKER_BACKOFF_SECONDS = 5.0
# What comes up within so long after a message goes with the next: a message costs more than the ids in it.
COALESCE_SECONDS = 0.005

_outgoing: SimpleQueue[Sequence[str]] = SimpleQueue()
_postman: threading.Thread | None = None
_lock = threading.Lock()
_backoff_until = 0.0
_worker_is_here = False
_closing = False


def open_for_work() -> None:
    """A worker has started in this process."""
    global _worker_is_here, _closing
    _worker_is_here, _closing = True, False


def close_for_work() -> None:
    """The worker of this process takes no more jobs."""
    global _worker_is_here, _closing
    _worker_is_here, _closing = False, True


def is_closing() -> bool:
    return _closing


def carries() -> bool:
    """Whether a message sent from this process can reach a worker: one in memory stays within its process."""
    return _worker_is_here or not settings.BROKER_URL.startswith("memory:")


def lease_from(now: datetime) -> datetime:
    """Until when a job sent now is left to the broker; where none is reached, the sweep may have it at once."""
    return now + UNDER_WAY if carries() else now


def send_soon(ids: Sequence[str]) -> None:
    """Have the workers told by a thread beside: whoever asks for a job waits for no broker."""
    global _postman
    if not carries():
        return
    _outgoing.put(ids)
    with _lock:
        if _postman is None or not _postman.is_alive():
            _postman = threading.Thread(target=_carry, name="job-postman", daemon=True)
            _postman.start()


def _carry() -> None:
    while True:
        ids = list(_outgoing.get())
        try:
            while True:
                ids += _outgoing.get_nowait()
        except Empty:
            send(ids)
        time.sleep(COALESCE_SECONDS)


def send(ids: Sequence[str]) -> bool:
    """Tell the workers; says whether that worked. Never raises and never waits long."""
    global _backoff_until
    if not carries() or time.monotonic() < _backoff_until:
        return False
    # Imported here: Celery takes a third of a second that a command which sends nothing need not spend.
    from comptoir.kernel.jobs.celery import publish

    try:
        for i in range(0, len(ids), IDS_PER_MESSAGE):
            publish(ids[i : i + IDS_PER_MESSAGE])
    except Exception as error:  # whatever the broker's client raises, the row stands and the sweep finds it
        _backoff_until = time.monotonic() + BROKER_BACKOFF_SECONDS
        log.warning("jobs.not_sent", ids=len(ids), error=repr(error))
        return False
    return True
