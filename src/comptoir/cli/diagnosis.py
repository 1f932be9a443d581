"""What the doctor looks at: each check yields a sentence for each thing that is wrong, and how to mend it."""

import contextlib
from collections.abc import Iterator
from datetime import timedelta
from urllib.parse import urlsplit

from django.conf import settings
from django.core.mail import get_connection
from django.db import DatabaseError, connection
from django.db.migrations.executor import MigrationExecutor
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from kombu import Connection

from comptoir.kernel import clock, registry
from comptoir.kernel.files.storage import storage
from comptoir.kernel.jobs.models import Job, JobState
from comptoir.kernel.jobs.registry import periodic_jobs
from comptoir.kernel.payments import gateways
from comptoir.kernel.registry import DoctorCheck

SHORTEST_SECRET = 32
WAIT_SECONDS = 10
LATE = timedelta(seconds=60)


def all_checks() -> list[DoctorCheck]:
    """Of the installation, of its gateways, and of its products."""
    of_gateways = [check for name in gateways.names() for check in gateways.connection(name).doctor_checks()]
    of_products = [check for module in registry.modules() for check in module.doctor_checks]
    return [*CHECKS, *of_gateways, *of_products]


def problems_found_by(check: DoctorCheck) -> list[str]:
    """What is wrong; that it cannot be looked at is wrong too."""
    try:
        return [str(problem) for problem in check.find()]
    except Exception as error:
        return [_("This could not be examined: %(error)s") % {"error": f"{type(error).__name__}: {error}"}]


def installation() -> Iterator[str]:
    """The secret key, the modes, the addresses."""
    if settings.PRODUCTION and len(settings.SECRET_KEY) < SHORTEST_SECRET:
        yield _(
            "SECRET_KEY is missing or too short. Make one and keep it: "
            "python3 -c 'import secrets; print(secrets.token_urlsafe(50))'"
        )
    if settings.PRODUCTION and settings.DEBUG:
        yield _("DEBUG shows visitors the insides of every error. Unset it.")
    site = urlsplit(settings.SITE_URL)
    if not site.hostname:
        yield _("SITE_URL is %(url)s, which is no address. Write it like https://shop.example.") % {
            "url": settings.SITE_URL or "''"
        }
        return
    if settings.PRODUCTION and site.scheme != "https":
        yield _("SITE_URL does not begin with https://. Passwords and cookies would travel in the open.")
    if not _is_allowed(site.hostname):
        yield _("%(host)s is missing from ALLOWED_HOSTS: every visit would be refused.") % {
            "host": site.hostname
        }


def database() -> Iterator[str]:
    try:
        connection.ensure_connection()
    except DatabaseError as error:
        yield _("The database cannot be reached (%(error)s). Check DATABASE_URL, and that it runs.") % {
            "error": _first_line(error)
        }
        return
    executor = MigrationExecutor(connection)
    if executor.migration_plan(executor.loader.graph.leaf_nodes()):
        yield _("The database is not up to date. Run: comptoir migrate")


def broker() -> Iterator[str]:
    try:
        with Connection(settings.BROKER_URL, connect_timeout=WAIT_SECONDS) as broker:
            broker.ensure_connection(max_retries=1, timeout=WAIT_SECONDS)
    except Exception as error:  # each transport raises errors of its own
        yield _(
            "The broker cannot be reached (%(error)s). Check REDIS_URL or BROKER_URL, and that it runs."
        ) % {"error": _first_line(error)}


def worker() -> Iterator[str]:
    """A worker leaves a row at every slot of every periodic job, so its traces tell whether there is one."""
    if any(database()):
        return
    now = clock.now()
    due = Job.objects.filter(state=JobState.READY, run_at__lte=now - LATE).order_by("run_at").first()
    every = min(periodic_jobs().values())
    latest = Job.objects.filter(name__in=list(periodic_jobs())).order_by("-created_at").first()
    if due is not None:
        yield _("A job has been waiting since %(moment)s. Start a worker: comptoir worker") % {
            "moment": f"{due.run_at:%Y-%m-%d %H:%M} UTC"
        }
    elif latest is None or latest.created_at < now - 2 * every - LATE:
        yield _("No worker is at work. Start one: comptoir worker")
    dead = Job.objects.filter(state=JobState.DEAD).count()
    if dead:
        yield ngettext(
            "A job has failed for good. Read it and try it again at %(url)s.",
            "%(count)s jobs have failed for good. Read them and try them again at %(url)s.",
            dead,
        ) % {"count": dead, "url": f"{settings.SITE_URL}/admin/jobs/job/?state=dead"}


def files() -> Iterator[str]:
    yield from storage().problems()


def mail() -> Iterator[str]:
    if settings.PRODUCTION and settings.EMAIL_BACKEND.endswith("console.EmailBackend"):
        yield _("Mails go to the console. Set EMAIL_URL, for example smtp://user:password@smtp.example:587.")
    if settings.PRODUCTION and settings.DEFAULT_FROM_EMAIL.rstrip(">").endswith("@localhost"):
        yield _(
            "DEFAULT_FROM_EMAIL is %(address)s: mails from there are refused. Set an address of your domain."
        ) % {"address": settings.DEFAULT_FROM_EMAIL}
    if settings.EMAIL_BACKEND.endswith("smtp.EmailBackend"):
        try:
            with contextlib.closing(get_connection(timeout=WAIT_SECONDS)) as line:
                line.open()
        except OSError as error:
            yield _("The mail server does not take us in (%(error)s). Check EMAIL_URL.") % {
                "error": _first_line(error)
            }


def translations() -> Iterator[str]:
    """That the catalogues are compiled: without, every page is in English."""
    from django.utils import translation

    with translation.override("fr"):
        compiled = translation.gettext("The books are in order.") != "The books are in order."
    if not compiled:
        yield _("The translations are not compiled, so that every page is in English. Run: make env")


def _is_allowed(host: str) -> bool:
    from django.http.request import validate_host

    return validate_host(host, settings.ALLOWED_HOSTS)


def _first_line(error: BaseException) -> str:
    return (str(error).strip().splitlines() or [type(error).__name__])[0]


CHECKS = [
    DoctorCheck(gettext_lazy("Installation"), installation),
    DoctorCheck(gettext_lazy("Database"), database),
    DoctorCheck(gettext_lazy("Broker"), broker),
    DoctorCheck(gettext_lazy("Worker"), worker),
    DoctorCheck(gettext_lazy("Stored files"), files),
    DoctorCheck(gettext_lazy("Mail"), mail),
    DoctorCheck(gettext_lazy("Translations"), translations),
]
