"""What the doctor looks at: each examination yields a sentence for each thing that is wrong and how to mend it."""

import contextlib
from collections.abc import Callable, Iterable, Iterator
from datetime import timedelta
from urllib.parse import urlsplit

import httpx
from django.conf import settings
from django.core.mail import get_connection
from django.db import DatabaseError, connection
from django.db.migrations.executor import MigrationExecutor
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from kombu import Connection

from comptoir.kernel import clock
from comptoir.kernel.files.storage import storage
from comptoir.kernel.jobs.models import Job, JobState
from comptoir.kernel.jobs.registry import periodic_jobs

STRIPE_API = "https://api.stripe.com"
WEBHOOK_PATH = "/api/webhooks/stripe"
# What settles payments and sellers' standing; reconciliation finds the rest.
WEBHOOK_EVENTS = {
    "account.updated",
    "checkout.session.async_payment_failed",
    "checkout.session.async_payment_succeeded",
    "checkout.session.completed",
    "checkout.session.expired",
    "payment_intent.canceled",
    "payment_intent.payment_failed",
    "payment_intent.processing",
    "payment_intent.succeeded",
    "refund.created",
    "refund.failed",
    "refund.updated",
}
SHORTEST_SECRET = 32
WAIT_SECONDS = 10
LATE = timedelta(seconds=60)

Examination = Callable[[], Iterable[str]]


def problems_of(examine: Examination) -> list[str]:
    """The problems that an examination finds; that it cannot be made is one too."""
    try:
        return [str(problem) for problem in examine()]
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


def stripe_settings() -> Iterator[str]:
    key = settings.STRIPE_SECRET_KEY
    if not key:
        yield _(
            "STRIPE_SECRET_KEY is not set: nobody can pay. Copy it from Stripe’s dashboard, Developers, API keys."
        )
    elif key.startswith("pk_"):
        yield _("STRIPE_SECRET_KEY is a publishable key (pk_…). Take the secret one (sk_…).")
    elif not key.startswith(("sk_test_", "sk_live_", "rk_test_", "rk_live_")):
        yield _("STRIPE_SECRET_KEY does not look like a key: it should begin with sk_live_ or sk_test_.")
    elif settings.PRODUCTION and key.startswith(("sk_test_", "rk_test_")):
        yield _("STRIPE_SECRET_KEY is a test key: no real money would move. Take the live one (sk_live_…).")
    if not settings.STRIPE_PUBLISHABLE_KEY:
        yield _(
            "STRIPE_PUBLISHABLE_KEY is not set: nothing can be paid on our own pages. It stands beside the secret key."
        )
    elif not settings.STRIPE_PUBLISHABLE_KEY.startswith("pk_"):
        yield _(
            "STRIPE_PUBLISHABLE_KEY is shown to every payer, and is no publishable key (pk_…). Replace it."
        )
    if not settings.STRIPE_WEBHOOK_SECRETS:
        yield _(
            "STRIPE_WEBHOOK_SECRET is not set: no webhook could be trusted. At Stripe, add an endpoint for %(url)s "
            "and copy its signing secret."
        ) % {"url": _webhook_url()}
    elif not all(secret.startswith("whsec_") for secret in settings.STRIPE_WEBHOOK_SECRETS):
        yield _("STRIPE_WEBHOOK_SECRET does not look like a signing secret: it should begin with whsec_.")
    if settings.PRODUCTION and settings.STRIPE_API_BASE != STRIPE_API:
        yield _("STRIPE_API_BASE points to %(url)s, which is not Stripe. Unset it.") % {
            "url": settings.STRIPE_API_BASE
        }


def stripe_api() -> Iterator[str]:
    """That Stripe answers, takes the key, and knows where to send its webhooks."""
    if not settings.STRIPE_SECRET_KEY:
        return
    try:
        answer = httpx.get(
            f"{settings.STRIPE_API_BASE}/v1/webhook_endpoints?limit=100",
            headers={"Authorization": f"Bearer {settings.STRIPE_SECRET_KEY}"},
            timeout=WAIT_SECONDS,
        )
    except httpx.HTTPError as error:
        yield _("Stripe cannot be reached at %(url)s (%(error)s). Check the network of this machine.") % {
            "url": settings.STRIPE_API_BASE,
            "error": _first_line(error),
        }
        return
    if answer.status_code == httpx.codes.UNAUTHORIZED:
        yield _("Stripe refuses the STRIPE_SECRET_KEY. Copy it once more; it may have been rolled.")
    elif answer.is_success:
        yield from _webhook_endpoint(answer.json()["data"])
        yield from _webhook_address()
        yield from _undelivered()


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


def _webhook_url() -> str:
    return f"{settings.SITE_URL}{WEBHOOK_PATH}"


def _webhook_endpoint(endpoints: list[dict]) -> Iterator[str]:
    ours = [one for one in endpoints if one["url"] == _webhook_url() and one["status"] == "enabled"]
    if not ours:
        yield _("No enabled webhook endpoint at Stripe points to %(url)s. Add one in its dashboard.") % {
            "url": _webhook_url()
        }
        return
    sent = {event for endpoint in ours for event in endpoint["enabled_events"]}
    lacking = sorted(WEBHOOK_EVENTS - sent) if "*" not in sent else []
    if lacking:
        yield _("The webhook endpoint at Stripe does not send: %(events)s. Add them there.") % {
            "events": ", ".join(lacking)
        }


def _webhook_address() -> Iterator[str]:
    """That our webhook endpoint answers at the address that Stripe sends to. It refuses what nobody signed."""
    try:
        answer = httpx.post(
            _webhook_url(), content=b"{}", headers={"Stripe-Signature": ""}, timeout=WAIT_SECONDS
        )
    except httpx.HTTPError as error:
        yield _(
            "%(url)s cannot be reached (%(error)s), so no webhook arrives. Start the shop, and check its name, "
            "certificate and firewall."
        ) % {"url": _webhook_url(), "error": _first_line(error)}
        return
    if answer.status_code != httpx.codes.BAD_REQUEST or "bad_signature" not in answer.text:
        yield _(
            "%(url)s is answered by something else (%(status)s). Check SITE_URL and the proxy before it."
        ) % {
            "url": _webhook_url(),
            "status": answer.status_code,
        }


def _undelivered() -> Iterator[str]:
    """That what Stripe sent in the last day was taken. https://docs.stripe.com/api/events/list"""
    since = int((clock.on_the_wall() - timedelta(days=1)).timestamp())
    answer = httpx.get(
        f"{settings.STRIPE_API_BASE}/v1/events",
        params={"delivery_success": "false", "created[gte]": since, "limit": 100},
        headers={"Authorization": f"Bearer {settings.STRIPE_SECRET_KEY}"},
        timeout=WAIT_SECONDS,
    )
    lost = len(answer.json()["data"]) if answer.is_success else 0
    if lost:
        yield (
            ngettext(
                "An event of the last day could not be delivered by Stripe.",
                "%(count)s events of the last day could not be delivered by Stripe.",
                lost,
            )
            % {"count": lost}
            + " "
            + _(
                "Either %(url)s cannot be reached from outside, or STRIPE_WEBHOOK_SECRET is not the signing secret of "
                "that endpoint. What was missed is fetched by: comptoir reconcile"
            )
            % {"url": _webhook_url()}
        )


def _first_line(error: BaseException) -> str:
    return (str(error).strip().splitlines() or [type(error).__name__])[0]


EXAMINATIONS: list[tuple[Promise, Examination]] = [
    (gettext_lazy("Installation"), installation),
    (gettext_lazy("Database"), database),
    (gettext_lazy("Broker"), broker),
    (gettext_lazy("Worker"), worker),
    (gettext_lazy("Stripe: settings"), stripe_settings),
    (gettext_lazy("Stripe: connection and webhooks"), stripe_api),
    (gettext_lazy("Stored files"), files),
    (gettext_lazy("Mail"), mail),
    (gettext_lazy("Translations"), translations),
]
