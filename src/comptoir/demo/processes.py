"""The demo's programs: started, waited for until they answer, and stopped together, whatever happens."""

import socket
import subprocess
import sys
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import httpx

from comptoir.config.process_control import end_with_parent

ANSWER_WITHIN_SECONDS = 60.0
STOP_WITHIN_SECONDS = 25.0  # longer than `comptoir serve` gives its own
LAST_LINES = 15


class ProgramFailed(Exception):
    """A program ended by itself, or never answered; the message says which and what it said last."""


@dataclass
class Program:
    name: str
    process: "subprocess.Popen[bytes]"
    log: Path

    def last_words(self) -> str:
        lines = self.log.read_text("utf-8", errors="replace").splitlines()[-LAST_LINES:]
        return "\n".join(f"    {line}" for line in lines)


@dataclass
class Programs:
    """Those that are running, each in a group of its own: Ctrl-C reaches us alone, and we stop each once.

    A web process that is told twice within a moment, by the terminal and by us, may not stop at all.
    """

    environment: Mapping[str, str]
    running: list[Program] = field(default_factory=list)

    def start(self, name: str, command: Sequence[str], *, log: Path) -> None:
        with log.open("ab") as out:
            process = subprocess.Popen(  # noqa: S603 — our own programs
                [sys.executable, *command],
                env=dict(self.environment),
                stdin=subprocess.DEVNULL,
                stdout=out,
                stderr=subprocess.STDOUT,
                process_group=0,
                preexec_fn=end_with_parent,
            )
        self.running.append(Program(name, process, log))

    def wait_for(self, url: str) -> None:
        """Until that address answers with a success."""
        until = time.monotonic() + ANSWER_WITHIN_SECONDS
        with httpx.Client(trust_env=False, timeout=5) as http:
            while not _answers(http, url):
                self.refuse_broken()
                if time.monotonic() > until:
                    raise ProgramFailed(f"{url} does not answer.\n{self.running[-1].last_words()}")
                time.sleep(0.05)

    def refuse_broken(self) -> None:
        for program in self.running:
            if program.process.poll() is not None:
                raise ProgramFailed(f"{program.name} has ended:\n{program.last_words()}")

    def stop(self) -> None:
        """The last one started goes first. Each may finish what it has in hand."""
        for program in reversed(self.running):
            program.process.terminate()
            try:
                program.process.wait(STOP_WITHIN_SECONDS)
            except subprocess.TimeoutExpired:
                program.process.kill()
                program.process.wait()
        self.running.clear()


def is_free(port: int) -> bool:
    """Whether we could listen on that port of this machine."""
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            return False
    return True


def _answers(http: httpx.Client, url: str) -> bool:
    try:
        return http.get(url).is_success
    except httpx.HTTPError:
        return False
