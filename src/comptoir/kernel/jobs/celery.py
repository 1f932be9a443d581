"""The Celery app, and sending ids of jobs through it. What is done with them is in `tasks.py`."""

import logging
from collections.abc import Sequence

from celery import Celery
from django.conf import settings
from kombu import Connection
from kombu.pools import producers

QUEUE = "comptoir-jobs"
RUN_JOBS = "comptoir.run_jobs"
PUBLISH_TIMEOUT_SECONDS = 0.5

_in_memory = settings.BROKER_URL.startswith("memory:")
_broker = "memory://here" if _in_memory else settings.BROKER_URL  # without a host, kombu warns each time

# No fixups: Celery's own for Django would run all system checks again in every worker.
app = Celery("comptoir", broker=_broker, fixups=())
app.conf.update(
    task_ignore_result=True,
    task_default_queue=QUEUE,
    task_serializer="json",
    accept_content=["json"],
    broker_connection_retry_on_startup=True,
    broker_transport_options={"polling_interval": 0.05} if _in_memory else {},
    worker_enable_remote_control=False,
    worker_send_task_events=False,
    worker_hijack_root_logger=False,
    worker_prefetch_multiplier=2,
)
# Two lines for each message would say less than the rows do.
for chatty in ("celery.app.trace", "celery.worker.strategy"):
    logging.getLogger(chatty).setLevel(logging.WARNING)
# Threads started here would otherwise find Celery's own default app, which looks for amqp on localhost.
app.set_default()


def publishing_connection(url: str) -> Connection:
    """A connection that fails fast: a person may be waiting for the response behind it."""
    fail_fast = {
        "max_retries": 0,
        "socket_timeout": PUBLISH_TIMEOUT_SECONDS,
        "socket_connect_timeout": PUBLISH_TIMEOUT_SECONDS,
        "retry_on_timeout": False,
    }
    return Connection(url, connect_timeout=PUBLISH_TIMEOUT_SECONDS, transport_options=fail_fast)


_connection = publishing_connection(_broker)


def publish(ids: Sequence[str]) -> None:
    """Send one message, or raise soon: there is no second try."""
    with producers[_connection].acquire(block=True, timeout=PUBLISH_TIMEOUT_SECONDS) as producer:
        # Celery would describe the arguments in a header that nobody reads, which takes it longer than all the rest.
        app.send_task(
            RUN_JOBS,
            (list(ids),),
            producer=producer,
            retry=False,
            ignore_result=True,
            argsrepr="",
            kwargsrepr="",
        )


def wake_up() -> None:
    """Have a worker of this process, which may be waiting for a message in memory, look up at once.

    Once out of its wait, and once out of the last round that its loop makes on leaving.
    """
    if _in_memory:
        publish([])
        publish([])
