"""`comptoir serve`, `worker` and `migrate`: the parts that run in production."""

import os

import click

from comptoir.config.process_control import keep_web_processes_in_hand
from comptoir.config.setup_django import setup_django


@click.command()
@click.option(
    "--host", default="127.0.0.1", show_default=True, envvar="HOST", help="The address to listen on."
)
@click.option("--port", type=click.IntRange(1, 65535), default=8000, show_default=True, envvar="PORT")
@click.option(
    "--workers", type=click.IntRange(1), default=1, show_default=True, envvar="WEB_WORKERS", help="Processes."
)
@click.option(
    "--threads", type=click.IntRange(1), default=8, show_default=True, envvar="WEB_THREADS", help="In each."
)
def serve(host: str, port: int, workers: int, threads: int) -> None:
    """Serve the pages and the API."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "comptoir.config.settings")
    from granian import Granian
    from granian.constants import Interfaces

    keep_web_processes_in_hand()
    Granian(
        "comptoir.config.wsgi:application",
        address=host,
        port=port,
        interface=Interfaces.WSGI,
        workers=workers,
        blocking_threads=threads,
        backlog=2048,
        respawn_failed_workers=workers > 1,
        # The jobs at hand of an embedded worker may take so long to finish.
        workers_kill_timeout=20,
    ).serve()


@click.command()
@click.option("--threads", type=click.IntRange(1), default=4, show_default=True, envvar="WORKER_THREADS")
def worker(threads: int) -> None:
    """Do the work that waits: mails, webhooks, deliveries, what is due at a certain time."""
    setup_django(log_level="INFO")
    from comptoir.kernel.jobs.worker import run_worker

    run_worker(concurrency=threads)


@click.command()
def migrate() -> None:
    """Bring the database up to date, and gather the static files: once for each release."""
    setup_django()
    from django.conf import settings
    from django.core.management import call_command

    # Where the embedded database and the files are, unless settings say otherwise.
    settings.DATA_DIR.mkdir(parents=True, exist_ok=True)
    call_command("migrate", interactive=False)
    if settings.PRODUCTION:
        call_command("collectstatic", interactive=False, verbosity=0)
