"""Work to do later, as rows: written in the caller's transaction, run by Celery workers, never lost with the broker.

    @job("payments.take_event")
    def take_event(*, event_id: str) -> None: ...

    enqueue(take_event, key=f"event:{event.pk}", event_id=str(event.pk))

A job may run more than once (its worker may be killed after the work and before the row says so), so it is
idempotent. It manages its own transactions, and talks to the network outside of them. A kernel room imports
the files that declare its jobs in `AppConfig.ready`, a product in its `module.py`.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

from comptoir.kernel.jobs.registry import GiveUp, Postpone, job, periodic

if TYPE_CHECKING:
    from comptoir.kernel.jobs.queue import enqueue, enqueue_many, replay
    from comptoir.kernel.jobs.running import drain, run_job
    from comptoir.kernel.jobs.scheduling import schedule

__all__ = [
    "GiveUp",
    "Postpone",
    "drain",
    "enqueue",
    "enqueue_many",
    "job",
    "periodic",
    "replay",
    "run_job",
    "schedule",
]

# These need the models, which may not be imported yet when Django loads this package as an app.
_LAZY_IMPORTS = {
    "drain": "running",
    "enqueue": "queue",
    "enqueue_many": "queue",
    "replay": "queue",
    "run_job": "running",
    "schedule": "scheduling",
}


def __getattr__(name: str) -> Any:
    if name not in _LAZY_IMPORTS:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f"{__name__}.{_LAZY_IMPORTS[name]}"), name)
