"""The demo from its first line to Ctrl-C: sandbox, database, people and things, then the shop."""

import os
import signal
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from types import FrameType

import click

from comptoir.config.setup_django import setup_django
from comptoir.demo.environment import Places, is_seeded, note_seeded, prepare
from comptoir.demo.processes import ProgramFailed, Programs, is_free
from comptoir.demo.sandbox import Sandbox
from comptoir.demo.welcome import welcome

LOOK_EVERY_SECONDS = 0.5


def run(*, port: int, sandbox_port: int, data: Path) -> None:
    """Open everything, print the addresses and accounts, and wait. Returns when told to stop."""
    places = Places(data=data, port=port, sandbox_port=sandbox_port)
    _refuse_taken_ports(places)
    environment = prepare(places)
    os.environ.update(environment)
    with _programs() as (programs, told):
        _start_sandbox(programs, places, environment)
        if not is_seeded(places):
            _seed(programs, places)
        assistant = ["-m", "comptoir.demo.assistant", "--port", str(places.assistant_port)]
        programs.start("The assistant", assistant, log=places.log("assistant"))
        programs.start(
            "The shop", ["-m", "comptoir.cli", "serve", "--port", str(port)], log=places.log("web")
        )
        programs.wait_for(f"{places.assistant}/health")
        programs.wait_for(f"{places.site}/health/ready")
        _open(places)
        while not told.wait(LOOK_EVERY_SECONDS):
            programs.refuse_broken()


@contextmanager
def _programs() -> Iterator[tuple[Programs, threading.Event]]:
    """Whatever is started inside is stopped at the end: after Ctrl-C, SIGTERM, or a mishap."""
    told = threading.Event()

    def tell(_number: int, _frame: FrameType | None) -> None:
        if told.is_set():
            return
        told.set()
        raise _Stop

    programs = Programs(dict(os.environ))
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, tell)
    try:
        yield programs, told
    except _Stop:
        click.echo()
    except ProgramFailed as mishap:
        click.echo(str(mishap), err=True)
        sys.exit(1)
    finally:
        told.set()
        programs.stop()


class _Stop(BaseException):
    """Raised by the signal, wherever we are."""


def _refuse_taken_ports(places: Places) -> None:
    wanted = (
        (places.port, "PORT"),
        (places.sandbox_port, "SANDBOX_PORT"),
        (places.assistant_port, "SANDBOX_PORT"),  # the assistant listens beside the sandbox
    )
    for port, name in wanted:
        if not is_free(port):
            click.echo(
                f"Port {port} is taken: by another demo, or another program. "
                f"Choose another one: make demo {name}={port + 10}",
                err=True,
            )
            sys.exit(1)


def _start_sandbox(programs: Programs, places: Places, environment: dict[str, str]) -> None:
    command = ["-m", "sandbox", "--port", str(places.sandbox_port), "--state", str(places.sandbox_state)]
    command += ["--seed", "1", "--secret-key", environment["STRIPE_SECRET_KEY"]]
    command += ["--webhook-url", f"{places.site}/api/webhooks/stripe"]
    command += ["--webhook-secret", environment["STRIPE_WEBHOOK_SECRET"]]
    programs.start("The sandbox", command, log=places.log("sandbox"))


def _seed(programs: Programs, places: Places) -> None:
    """The database up to date, and in it whatever the demo lacks."""
    setup_django()
    from django.core.management import call_command

    from comptoir.demo.seed import seed

    call_command("migrate", interactive=False, verbosity=0)
    programs.wait_for(f"{places.sandbox}/_sandbox/health")
    seed(places.sandbox, say=lambda sentence: click.echo(f"  {sentence}"))
    note_seeded(places)


def _open(places: Places) -> None:
    with Sandbox(places.sandbox) as sandbox:
        sandbox.release_webhooks()
    click.echo(welcome(places))
