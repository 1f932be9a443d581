"""`comptoir doctor` names what is wrong, and how to mend it (L18)."""

import os
import socket
import subprocess
import sys
from datetime import timedelta

import pytest

from comptoir.kernel import clock
from comptoir.kernel.jobs import enqueue
from comptoir.kernel.jobs.scheduling import schedule
from comptoir.kernel.payments import gateways

pytestmark = pytest.mark.req("L18")


@pytest.fixture
def well(settings, tmp_path):
    """An installation in which nothing is wrong but what a test changes. Stripe is another matter: see `shop`."""
    settings.PRODUCTION = True
    settings.DEBUG = False
    settings.SECRET_KEY = "k" * 50
    settings.SITE_URL = "https://shop.example"
    settings.ALLOWED_HOSTS = ["shop.example"]
    settings.STRIPE_SECRET_KEY = "sk_live_51abc"
    settings.STRIPE_PUBLISHABLE_KEY = "pk_live_51abc"
    settings.STRIPE_WEBHOOK_SECRETS = ["whsec_abc"]
    settings.STRIPE_API_BASE = "https://api.stripe.com"
    settings.DEFAULT_FROM_EMAIL = "Shop <shop@shop.example>"
    return settings


def _closed_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


WRONG = [
    ({"SECRET_KEY": "short"}, "SECRET_KEY is missing or too short"),
    ({"DEBUG": True}, "DEBUG shows visitors the insides"),
    ({"SITE_URL": "http://shop.example"}, "SITE_URL does not begin with https://"),
    ({"SITE_URL": "shop.example"}, "which is no address"),
    ({"ALLOWED_HOSTS": ["localhost"]}, "shop.example is missing from ALLOWED_HOSTS"),
    ({"STRIPE_SECRET_KEY": ""}, "STRIPE_SECRET_KEY is not set"),
    ({"STRIPE_SECRET_KEY": "pk_live_1"}, "is a publishable key"),
    ({"STRIPE_SECRET_KEY": "hello"}, "does not look like a key"),
    ({"STRIPE_SECRET_KEY": "sk_test_1"}, "is a test key"),
    ({"STRIPE_PUBLISHABLE_KEY": ""}, "no page of this site can take a card"),
    ({"STRIPE_PUBLISHABLE_KEY": "sk_live_1"}, "STRIPE_PUBLISHABLE_KEY is shown to every payer"),
    ({"STRIPE_WEBHOOK_SECRETS": []}, "add an endpoint for https://shop.example/api/webhooks/stripe"),
    ({"STRIPE_WEBHOOK_SECRETS": ["abc"]}, "should begin with whsec_"),
    ({"STRIPE_API_BASE": "http://127.0.0.1:9"}, "which is not Stripe"),
    (
        {"DEFAULT_FROM_EMAIL": "Comptoir <comptoir@localhost>"},
        "DEFAULT_FROM_EMAIL is Comptoir <comptoir@localhost>",
    ),
    ({"EMAIL_BACKEND": "django.core.mail.backends.console.EmailBackend"}, "Mails go to the console"),
    ({"FILES_DIR": "/proc/nowhere"}, "Files cannot be written to /proc/nowhere"),
]


@pytest.mark.parametrize(("change", "said"), WRONG)
def test_each_wrong_setting_is_named(comptoir, well, db, change: dict, said: str) -> None:
    from pathlib import Path

    for name, value in change.items():
        setattr(well, name, Path(value) if name == "FILES_DIR" else value)

    # Stripe itself is out of reach from here.
    well.STRIPE_API_BASE = change.get("STRIPE_API_BASE", f"http://127.0.0.1:{_closed_port()}")
    outcome = comptoir("doctor")

    assert outcome.exit_code == 1
    assert said in outcome.stdout


def test_services_that_are_down_are_named(comptoir, well, db) -> None:
    well.BROKER_URL = f"redis://127.0.0.1:{_closed_port()}/0"
    well.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    well.EMAIL_HOST, well.EMAIL_PORT = "127.0.0.1", _closed_port()
    well.STRIPE_API_BASE = f"http://127.0.0.1:{_closed_port()}"

    said = comptoir("doctor").stdout

    assert "The broker cannot be reached" in said
    assert "The mail server does not take us in" in said
    assert "Stripe cannot be reached" in said


def test_a_worker_that_is_missing_and_one_that_is_there(comptoir, db) -> None:
    assert "No worker is at work. Start one: comptoir worker" in comptoir("doctor").stdout

    schedule()  # what every worker does at each of its pulses
    assert "✓ Worker" in comptoir("doctor").stdout


def test_work_that_waits_too_long_is_named(comptoir, db) -> None:
    schedule()
    clock.advance(timedelta(minutes=2))
    said = comptoir("doctor").stdout
    assert "A job has been waiting since" in said


def test_jobs_that_failed_for_good_are_counted(comptoir, db) -> None:
    schedule()
    job = enqueue("jobs.prune")
    type(job).objects.filter(pk=job.pk).update(state="dead", lease_until=None, finished_at=clock.now())
    assert "A job has failed for good" in comptoir("doctor").stdout


@pytest.mark.django_db(transaction=True)
def test_stripe_that_knows_us_and_stripe_that_does_not(comptoir, shop, settings) -> None:
    assert "✓ Stripe: connection and webhooks" in comptoir("doctor").stdout

    settings.SITE_URL = "http://elsewhere.test"
    assert (
        "No enabled webhook endpoint at Stripe points to http://elsewhere.test" in comptoir("doctor").stdout
    )

    settings.STRIPE_SECRET_KEY = "sk_test_of_somebody_else"
    assert "Stripe refuses the STRIPE_SECRET_KEY" in comptoir("doctor").stdout


@pytest.mark.django_db(transaction=True)
def test_webhooks_that_do_not_arrive(comptoir, shop, settings) -> None:
    url = f"{shop.url}/api/webhooks/stripe"
    for endpoint in shop.sandbox.stripe.v1.webhook_endpoints.list().data:
        shop.sandbox.stripe.v1.webhook_endpoints.update(endpoint.id, {"enabled_events": ["*"]})
    known = settings.STRIPE_WEBHOOK_SECRETS
    settings.STRIPE_WEBHOOK_SECRETS = ["whsec_of_another_endpoint"]
    gateways.reset()
    shop.sandbox.stripe.v1.customers.create({"email": "someone@example.test"})
    shop.sandbox.wait_for(lambda: shop.sandbox.get("/_sandbox/deliveries")["items"][0]["attempts"])
    said = comptoir("doctor").stdout
    assert "An event of the last day could not be delivered by Stripe." in said
    assert f"Either {url} cannot be reached from outside, or STRIPE_WEBHOOK_SECRET is not" in said
    settings.STRIPE_WEBHOOK_SECRETS = known
    gateways.reset()

    away = f"http://127.0.0.1:{_closed_port()}"
    shop.sandbox.stripe.v1.webhook_endpoints.create(
        {"url": f"{away}/api/webhooks/stripe", "enabled_events": ["*"]}
    )
    settings.SITE_URL = away
    assert f"{away}/api/webhooks/stripe cannot be reached" in comptoir("doctor").stdout


@pytest.mark.once
def test_a_new_database_in_a_french_terminal(tmp_path) -> None:
    environment = os.environ | {"DATA_DIR": str(tmp_path), "DATABASE_URL": "", "LC_ALL": "fr_FR.UTF-8"}
    environment["DATABASE_URL"] = f"sqlite:///{tmp_path}/new.sqlite3"

    outcome = subprocess.run(
        [sys.executable, "-m", "comptoir.cli", "doctor"],
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )

    assert outcome.returncode == 1
    assert "La base de données n’est pas à jour. Lancez : comptoir migrate" in outcome.stdout.replace(
        "\u00a0", " "
    )
