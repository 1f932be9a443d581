"""`comptoir demo` from the outside: it opens, its books are in order, it stops, and it opens again with all it had."""

import os
import re
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path

import httpx
import pytest

pytestmark = [pytest.mark.once, pytest.mark.timeout(180)]


class Demo:
    """The command in a process of its own."""

    def __init__(self, data: Path, port: int, sandbox_port: int) -> None:
        self.url = f"http://127.0.0.1:{port}"
        self.sandbox = f"http://127.0.0.1:{sandbox_port}"
        self.data = data
        self.port = port
        command = ["demo", "--port", str(port), "--sandbox-port", str(sandbox_port), "--data", str(data)]
        self.process = subprocess.Popen(
            [sys.executable, "-m", "comptoir.cli", *command],
            env=_terminal(),
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            start_new_session=True,
        )

    def wait_until_open(self) -> str:
        said = ""
        assert self.process.stdout
        for line in self.process.stdout:
            said += line
            if "Ctrl-C" in line:
                return said
        raise AssertionError(f"it did not open:\n{said}")

    def comptoir(self, *arguments: str) -> "subprocess.CompletedProcess[str]":
        """A command on this demo, by its `env`."""
        script = f"set -a; . '{self.data}/env'; exec \"$@\""
        command = ["sh", "-c", script, "sh", sys.executable, "-m", "comptoir.cli", *arguments]
        return subprocess.run(command, env=_terminal(), capture_output=True, text=True, check=False)

    def pasted(self, said: str) -> "subprocess.CompletedProcess[str]":
        """The command that the demo has printed, as somebody pastes it into another terminal."""
        [command] = re.findall(r"^Commands on this shop: (.+)$", said, re.MULTILINE)
        return subprocess.run(
            command, shell=True, cwd="/", env=_terminal(), capture_output=True, text=True, check=False
        )

    def press_ctrl_c(self) -> int:
        """As a terminal does: whoever is in the group is told."""
        os.killpg(self.process.pid, signal.SIGINT)
        return self.process.wait(15)

    def stop(self) -> int:
        self.process.send_signal(signal.SIGTERM)
        return self.process.wait(15)

    def programs(self) -> list[str]:
        """Whatever still runs for this demo: the sandbox names its data, the shop its port."""
        wanted = f"{self.data}|--port {self.port}$"
        found = subprocess.run(["pgrep", "-af", "--", wanted], capture_output=True, text=True, check=False)
        return found.stdout.splitlines()


def _terminal() -> dict[str, str]:
    """A terminal in which nobody has set anything for us."""
    return {name: os.environ[name] for name in ("PATH", "HOME") if name in os.environ} | {"LANG": "C.UTF-8"}


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def _settled(demo: Demo) -> bool:
    deliveries = httpx.get(f"{demo.sandbox}/_sandbox/deliveries").json()["items"]
    return bool(deliveries) and all(delivery["state"] == "delivered" for delivery in deliveries)


def test_the_demo_opens_keeps_and_opens_again(tmp_path: Path) -> None:
    demo = Demo(tmp_path, _free_port(), _free_port())
    try:
        said = demo.wait_until_open()
        assert demo.url in said
        assert "seller@demo.test" in said
        catalogue = httpx.get(f"{demo.url}/api/automations").json()
        assert catalogue["total"] >= 30
        assert httpx.get(demo.url).status_code == 200

        token = demo.comptoir("token", "buyer@demo.test").stdout.strip()
        bought = httpx.get(f"{demo.url}/api/purchases", headers={"Authorization": f"Bearer {token}"}).json()
        assert bought["total"] == 3

        until = time.monotonic() + 60
        while not _settled(demo) and time.monotonic() < until:
            time.sleep(0.5)
        assert _settled(demo), "webhooks were not taken in"
        assert demo.comptoir("ledger", "check").stdout == "The books are in order.\n"
        assert demo.comptoir("reconcile").stdout == "Nothing had to be changed.\n"
        doctor = demo.pasted(said)
        assert (doctor.returncode, "✗" in doctor.stdout) == (0, False), doctor.stderr
        mails = list((tmp_path / "mail").rglob("*.eml"))
        assert len(mails) >= 24, "a mail to each buyer and each seller of each sale"
    finally:
        assert demo.press_ctrl_c() == 0
    assert demo.programs() == []

    again = Demo(tmp_path, _free_port(), _free_port())
    try:
        again.wait_until_open()
        assert httpx.get(f"{again.url}/api/automations").json()["total"] == catalogue["total"]
        assert again.comptoir("ledger", "check").returncode == 0
    finally:
        assert again.stop() == 0
    assert again.programs() == []


def test_a_port_that_is_taken_is_named(tmp_path: Path) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        demo = Demo(tmp_path / "demo", port, _free_port())
        said = demo.process.communicate(timeout=30)[0]
    assert demo.process.returncode == 1
    assert re.search(rf"Port {port} is taken.*make demo PORT=\d+", said)
    assert not (tmp_path / "demo").exists()
