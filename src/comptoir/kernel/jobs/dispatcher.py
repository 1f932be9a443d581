"""Sending ids of jobs to the workers by Celery. No row depends on it: what is not sent is found by the sweep."""

import threading
import time
from collections.abc import Sequence
from datetime import datetime, timedelta
from queue import Empty, SimpleQueue

import structlog
from django.conf import settings

log = structlog.get_logger(__name__)

# How long the broker may take to deliver the first message of a job before the sweep sends another.
VISIBILITY_TIMEOUT = timedelta(seconds=5)
IDS_PER_MESSAGE = 20
# After a failure nobody waits for the broker again for so long.
BROKER_BACKOFF_SECONDS = 5.0
# What comes up within so long after a message goes with the next: a message costs more than the ids in it.
COALESCE_SECONDS = 0.005

_outgoing: SimpleQueue[Sequence[str]] = SimpleQueue()
_publisher: threading.Thread | None = None
_lock = threading.Lock()
_backoff_until = 0.0
_has_worker = False
_stopping = False


def worker_started() -> None:
    """A worker has started in this process."""
    global _has_worker, _stopping
    _has_worker, _stopping = True, False


def worker_stopping() -> None:
    """The worker of this process takes no more jobs."""
    global _has_worker, _stopping
    _has_worker, _stopping = False, True


def is_stopping() -> bool:
    return _stopping


def can_publish() -> bool:
    """Whether a message sent from this process can reach a worker: one in memory stays within its process."""
    return _has_worker or not settings.BROKER_URL.startswith("memory:")


def first_lease_until(now: datetime) -> datetime:
    """Until when a job sent now is left to the broker; where none can be reached, the sweep may have it at once."""
    return now + VISIBILITY_TIMEOUT if can_publish() else now


def send_in_background(ids: Sequence[str]) -> None:
    """Have another thread tell the workers: whoever enqueues a job waits for no broker."""
    global _publisher
    if not can_publish():
        return
    _outgoing.put(ids)
    with _lock:
        if _publisher is None or not _publisher.is_alive():
            _publisher = threading.Thread(target=_publish_outgoing, name="job-publisher", daemon=True)
            _publisher.start()


def _publish_outgoing() -> None:
    while True:
        ids = list(_outgoing.get())
        try:
            while True:
                ids += _outgoing.get_nowait()
        except Empty:
            send(ids)
        time.sleep(COALESCE_SECONDS)


def send(ids: Sequence[str]) -> bool:
    """Tell the workers; returns whether that worked. Never raises and never waits long."""
    global _backoff_until
    if not can_publish() or time.monotonic() < _backoff_until:
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
