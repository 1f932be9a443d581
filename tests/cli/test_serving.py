"""`comptoir serve` hears Ctrl-C once, at any moment, and leaves nothing behind, not even killed outright."""

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

pytestmark = [pytest.mark.once, pytest.mark.timeout(90)]

Serve = Callable[[], "subprocess.Popen[bytes]"]


@pytest.fixture
def port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


@pytest.fixture
def serve(tmp_path: Path, port: int) -> Iterator[Serve]:
    """Begins a group of its own, as in a terminal."""
    environment = {name: os.environ[name] for name in ("PATH", "HOME") if name in os.environ}
    environment |= {"DATA_DIR": str(tmp_path), "DATABASE_URL": f"sqlite:///{tmp_path}/books.sqlite3"}
    environment |= {"DEBUG": "0", "SECRET_KEY": "serving", "REDIS_URL": "", "BROKER_URL": "memory://"}
    environment |= {"EMBEDDED_WORKER": "1", "PRODUCTION": "0"}
    started: list[subprocess.Popen[bytes]] = []

    def start() -> "subprocess.Popen[bytes]":
        command = [sys.executable, "-m", "comptoir.cli", "serve", "--port", str(port)]
        with (tmp_path / "log").open("wb") as log:
            started.append(
                subprocess.Popen(command, env=environment, stdout=log, stderr=log, start_new_session=True)
            )
        return started[-1]

    yield start
    for process in started:
        process.kill()
        process.wait()


def test_migrate_makes_the_place_of_the_embedded_database(tmp_path: Path) -> None:
    """As on a clean checkout, where there is none yet."""
    data = tmp_path / "not" / "there"
    environment = os.environ | {"DATA_DIR": str(data), "DATABASE_URL": "", "REDIS_URL": "", "BROKER_URL": ""}
    del environment["DATABASE_URL"]

    done = subprocess.run(
        [sys.executable, "-m", "comptoir.cli", "migrate"], env=environment, capture_output=True, check=False
    )

    assert done.returncode == 0, done.stderr.decode()
    assert (data / "comptoir.sqlite3").is_file()


def _await(truth: Callable[[], bool], *, what: str, seconds: float = 20) -> None:
    until = time.monotonic() + seconds
    while not truth():
        assert time.monotonic() < until, what
        time.sleep(0.02)


def _answers(port: int) -> bool:
    try:
        with socket.create_connection(("127.0.0.1", port), 1) as asking:
            asking.sendall(b"GET /health/live HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n\r\n")
            return asking.recv(12) == b"HTTP/1.1 200"
    except OSError:
        return False


def _is_free(port: int) -> bool:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        return probe.connect_ex(("127.0.0.1", port)) != 0


def test_ctrl_c_closes_it_at_once(serve: Serve, port: int) -> None:
    for _round in range(3):
        process = serve()
        _await(lambda: _answers(port), what="it does not open")
        os.killpg(process.pid, signal.SIGINT)
        assert process.wait(10) == 0
        assert _is_free(port)


def test_ctrl_c_closes_it_while_it_is_still_loading(serve: Serve, port: int, tmp_path: Path) -> None:
    process = serve()
    _await(lambda: "Spawning worker-1" in (tmp_path / "log").read_text(), what="it does not start")
    os.killpg(process.pid, signal.SIGINT)
    process.wait(10)
    assert _is_free(port)


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux tells a process that its parent has died")
def test_killed_outright_it_leaves_the_port_to_the_next(serve: Serve, port: int) -> None:
    process = serve()
    _await(lambda: _answers(port), what="it does not open")
    process.kill()
    process.wait()
    _await(lambda: _is_free(port), what="its web process lives on", seconds=10)


TOLD_WHILE_IT_IS_FORKED = """
import os, signal, time
from comptoir.config.process_control import keep_web_processes_in_hand
signal.signal(signal.SIGTERM, lambda *_: None)
os.register_at_fork(after_in_child=lambda: time.sleep(1))
keep_web_processes_in_hand()
child = os.fork()
if child == 0:
    time.sleep(30)
    os._exit(0)
os.kill(child, signal.SIGTERM)
_, status = os.waitpid(child, 0)
print(os.waitstatus_to_exitcode(status) == -signal.SIGTERM)
"""


def test_a_web_process_that_is_told_to_stop_in_the_moment_of_its_birth_stops() -> None:
    told = subprocess.run(
        [sys.executable, "-c", TOLD_WHILE_IT_IS_FORKED], capture_output=True, text=True, check=True
    )
    assert told.stdout == "True\n"
