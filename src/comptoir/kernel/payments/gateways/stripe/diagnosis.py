"""What `comptoir doctor` looks at for Stripe: the settings, the connection, and whether its webhooks reach us."""

from collections.abc import Iterator, Sequence
from datetime import timedelta

import httpx
from django.conf import settings
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from comptoir.kernel import clock
from comptoir.kernel.payments.gateways.stripe.client import StripeConnection
from comptoir.kernel.registry import DoctorCheck

API = "https://api.stripe.com"
WEBHOOK_PATH = "/api/webhooks/stripe"
# What the endpoint at Stripe has to send. Reconciliation finds the rest.
WEBHOOK_EVENTS = {
    "account.updated",
    "charge.dispute.closed",
    "charge.dispute.created",
    "charge.dispute.funds_reinstated",
    "charge.dispute.funds_withdrawn",
    "charge.dispute.updated",
    "checkout.session.async_payment_failed",
    "checkout.session.async_payment_succeeded",
    "checkout.session.completed",
    "checkout.session.expired",
    "payment_intent.canceled",
    "payment_intent.payment_failed",
    "payment_intent.processing",
    "payment_intent.succeeded",
    "payment_method.automatically_updated",
    "payment_method.detached",
    "payment_method.updated",
    "refund.created",
    "refund.failed",
    "refund.updated",
}
WAIT_SECONDS = 10


class StripeDiagnosis(StripeConnection):
    """The checks of `comptoir doctor`."""

    def doctor_checks(self) -> Sequence[DoctorCheck]:
        return (
            DoctorCheck(gettext_lazy("Stripe: settings"), _settings),
            DoctorCheck(gettext_lazy("Stripe: connection and webhooks"), _api),
        )


def _settings() -> Iterator[str]:
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
            "STRIPE_PUBLISHABLE_KEY is not set: no page of this site can take a card. It stands beside the secret key."
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
    if settings.PRODUCTION and settings.STRIPE_API_BASE != API:
        yield _("STRIPE_API_BASE points to %(url)s, which is not Stripe. Unset it.") % {
            "url": settings.STRIPE_API_BASE
        }


def _api() -> Iterator[str]:
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
    """That our own door for webhooks opens where Stripe is told to knock. It refuses what nobody signed."""
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
