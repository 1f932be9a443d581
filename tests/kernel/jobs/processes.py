"""Workers as processes of their own, on the database of the test, to be killed without a warning."""

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

from django.db import connection

ROOT = Path(__file__).parents[3]
WORK = "from tests.kernel.jobs.work import main; main()"


def environment(**own: str) -> dict[str, str]:
    """What a process needs to work on the same rows as this test, and to reach nobody outside."""
    database = connection.settings_dict
    if connection.vendor == "sqlite":
        url = f"sqlite:///{database['NAME']}"
    else:
        password = f":{database['PASSWORD']}" if database["PASSWORD"] else ""
        address = f"{database['HOST']}:{database['PORT'] or 5432}"
        url = f"postgres://{database['USER']}{password}@{address}/{database['NAME']}"
    here = {
        "DJANGO_SETTINGS_MODULE": "comptoir.config.settings",
        "DATABASE_URL": url,
        "BROKER_URL": "memory://",
        "REDIS_URL": "",
        "STRIPE_API_BASE": "http://127.0.0.1:9",
        "PYTHONPATH": os.pathsep.join([str(ROOT / "src"), str(ROOT), os.environ.get("PYTHONPATH", "")]),
    }
    return {**os.environ, **here, **own}


@contextmanager
def running(*command: str, **own: str) -> Iterator[subprocess.Popen[bytes]]:
    process = subprocess.Popen(command, env=environment(**own), cwd=ROOT, start_new_session=True)
    try:
        yield process
    finally:
        with suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)  # a server has children
        process.wait()


def a_worker(**own: str) -> Any:
    return running(sys.executable, "-c", WORK, **own)


def until(holds: Callable[[], bool], *, seconds: float = 30) -> None:
    """Wait for something to become true, or fail."""
    deadline = time.monotonic() + seconds
    while not holds():
        assert time.monotonic() < deadline, "it did not come about in time"
        time.sleep(0.05)


def stopped(process: subprocess.Popen[bytes], *, by: int = signal.SIGTERM, seconds: float = 15) -> int:
    process.send_signal(by)
    return process.wait(timeout=seconds)


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        return int(taken.getsockname()[1])
