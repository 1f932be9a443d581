"""The processes of a run: started on a core of their own, waited for, watched, and stopped at the end."""

import os
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from benchmarks import machine

ROOT = Path(__file__).resolve().parents[1]
SECRET = "whsec_benchmark"
WAIT_SECONDS = 30
# One for each of the sixteen connections that webhooks are measured with.
THREADS = 16


def environment(database: str, **more: str) -> dict[str, str]:
    """What our own processes are told: nothing of what somebody has set for a shop of theirs."""
    kept = {name: os.environ[name] for name in ("PATH", "HOME", "LANG", "TMPDIR") if name in os.environ}
    return {
        **kept,
        "PYTHONPATH": f"{ROOT}{os.pathsep}{ROOT / 'src'}",
        "DATABASE_URL": database,
        "DATA_DIR": str(Path(tempfile.gettempdir()) / "comptoir-benchmarks"),
        "EMAIL_URL": "eml:",
        "LOG_LEVEL": "WARNING",
        "STRIPE_SECRET_KEY": "sk_test_benchmark",
        "STRIPE_WEBHOOK_SECRET": SECRET,
        # Counted all the same, but not reached.
        "API_RATE_ANON": "100000000/min",
        "API_RATE_AUTH": "100000000/min",
        **more,
    }


class Process:
    """A program that runs on one core while we are in its `with` block."""

    def __init__(self, command: list[str], env: dict[str, str], *, core: int = machine.MEASURED_CORE) -> None:
        self._command, self._env, self._core = command, env, core

    def __enter__(self) -> Self:
        self._log = tempfile.TemporaryFile()
        self._running = subprocess.Popen(
            self._command,
            env=self._env,
            cwd=ROOT,
            stdout=self._log,
            stderr=self._log,
            preexec_fn=lambda: os.sched_setaffinity(0, {self._core}),
        )
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, where: TracebackType | None
    ) -> None:
        if error is not None:
            self._log.seek(0)
            sys.stderr.buffer.write(self._log.read()[-4000:])
        self._running.terminate()
        self._running.wait()
        self._log.close()

    @property
    def pid(self) -> int:
        return self._running.pid

    def cpu_seconds(self) -> float:
        return machine.cpu_seconds(machine.family(self.pid))

    def wait(self) -> None:
        """Until it ends by itself. Raises `CalledProcessError` where that is a failure."""
        status = self._running.wait()
        if status:
            raise subprocess.CalledProcessError(status, self._command)


class Server(Process):
    """A program that listens on `{port}`; returns once it is entered."""

    def __init__(self, command: list[str], env: dict[str, str], **options: Any) -> None:
        self.port = machine.free_port()
        super().__init__([part.format(port=self.port) for part in command], env, **options)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def __enter__(self) -> Self:
        super().__enter__()
        until = time.monotonic() + WAIT_SECONDS
        while time.monotonic() < until and self._running.poll() is None:
            try:
                socket.create_connection(("127.0.0.1", self.port)).close()
            except OSError:
                time.sleep(0.05)
            else:
                return self
        error = ConnectionError(f"{' '.join(self._command)} does not listen")
        self.__exit__(type(error), error, None)
        raise error


@contextmanager
def all_of(processes: Iterable[Process]) -> Iterator[None]:
    """Have all of them run."""
    with ExitStack() as stack:
        for process in processes:
            stack.enter_context(process)
        yield


def shop(env: dict[str, str], *, application: str = "") -> Server:
    """The web process as `comptoir serve` runs it: one worker. Or another WSGI application, served alike."""
    if not application:
        serve = ["-m", "comptoir.cli", "serve", "--port", "{port}", "--threads", str(THREADS)]
        return Server([sys.executable, *serve], env)
    return granian(application, env, interface="wsgi", more=["--blocking-threads", str(THREADS)])


def granian(application: str, env: dict[str, str], *, interface: str, more: list[str]) -> Server:
    options = ["--interface", interface, "--workers", "1", "--port", "{port}", "--log-level", "error", *more]
    return Server([sys.executable, "-m", "granian", *options, application], env)


def uvicorn(application: str, env: dict[str, str]) -> Server:
    options = [
        "--port",
        "{port}",
        "--log-level",
        "error",
        "--no-access-log",
        "--loop",
        "uvloop",
        "--http",
        "httptools",
    ]
    return Server([sys.executable, "-m", "uvicorn", *options, application], env)


def stub_gateway() -> Server:
    """Stripe's place, beside the clients."""
    command = [sys.executable, "-m", "benchmarks.stub_gateway", "{port}"]
    return Server(command, environment("sqlite://"), core=machine.OTHER_CORE)
