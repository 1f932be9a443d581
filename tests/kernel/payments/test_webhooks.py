"""Stripe's webhooks at the door: what is signed is kept once, and what is not leaves no row."""

import json
import time
from typing import Any

import pytest
import stripe
from django.test import Client

from comptoir.kernel.jobs import drain
from comptoir.kernel.jobs.models import Job
from comptoir.kernel.payments import gateways
from comptoir.kernel.payments.models import InboxEvent

SECRET = "whsec_first"
BODY = json.dumps({"id": "evt_1", "object": "event", "type": "charge.succeeded", "data": {"object": {}}})

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def one_secret(settings: Any) -> Any:
    settings.STRIPE_WEBHOOK_SECRETS = [SECRET]
    gateways.reset()
    yield
    gateways.reset()


def header(body: str = BODY, *, secret: str = SECRET, at: float = 0) -> str:
    return stripe.WebhookSignature.generate_signature_header(body, secret, int(time.time() + at))


def send(body: str | bytes, signature: str) -> Any:
    return Client().post(
        "/api/webhooks/stripe", body, content_type="application/json", headers={"Stripe-Signature": signature}
    )


@pytest.mark.req("K15")
def test_a_signed_event_is_kept_with_its_work_and_a_repeat_changes_nothing() -> None:
    assert [send(BODY, header()).status_code for _ in range(3)] == [200, 200, 200]
    event = InboxEvent.objects.get()
    assert (event.id, event.type, event.payload) == ("stripe:evt_1", "charge.succeeded", BODY)
    assert Job.objects.get(name="payments.process_event").args == {"event_id": "stripe:evt_1"}


FORGED = {
    "no header": lambda: "",
    "nonsense": lambda: "t=,v1=",
    "no time": lambda: "v1=" + "0" * 64,
    "no signature": lambda: f"t={int(time.time())}",
    "another secret": lambda: header(secret="whsec_other"),
    "an empty secret": lambda: header(secret=""),
    "another body": lambda: header(BODY.replace("evt_1", "evt_2")),
    "an unknown scheme": lambda: header().replace("v1=", "v0="),
    "too old": lambda: header(at=-302),
    "from the future": lambda: header(at=330),
    "a time that is no time": lambda: header().replace("t=", "t=99999999999"),
    "a huge time": lambda: "t=" + "9" * 400 + ",v1=" + "0" * 64,
}


@pytest.mark.req("K15")
@pytest.mark.parametrize("how", FORGED)
def test_forged_stale_and_altered_webhooks_leave_no_row(how: str) -> None:
    answer = send(BODY, FORGED[how]())
    assert (answer.status_code, answer.json()["code"]) == (400, "bad_signature")
    assert answer["Content-Type"].startswith("application/problem+json")
    assert not InboxEvent.objects.exists()
    assert not Job.objects.exists()


@pytest.mark.parametrize("at", [-270, 295])
def test_a_clock_that_is_a_little_off_is_forgiven(at: int) -> None:
    assert send(BODY, header(at=at)).status_code == 200


def test_while_a_secret_is_rolled_either_may_sign(settings: Any) -> None:
    settings.STRIPE_WEBHOOK_SECRETS = ["whsec_new", SECRET]
    gateways.reset()
    old, new = header(), header(secret="whsec_new")
    assert send(BODY, old).status_code == send(BODY, new).status_code == 200
    assert send(BODY, f"{old},{new.split(',')[1]}").status_code == 200


NO_EVENTS = ["", "[]", "null", '{"id": 1, "type": "x"}', '{"id": "evt_1"}', '{"id": "evt_1", "type": null}']
NO_EVENTS += [r'{"id": "evt_\ud800", "type": "x"}', r'{"id": "evt_\u0000", "type": "x"}']
NO_EVENTS += [json.dumps({"id": "e" * 129, "type": "x"}), json.dumps({"id": "evt_1", "type": "x" * 97})]
DEEP = '{"id": "evt_1", "type": "x", "data": ' + "[" * 100_000 + "]" * 100_000 + "}"


@pytest.mark.parametrize("body", [b"\xff\xfe", *NO_EVENTS, pytest.param(DEEP, id="deep")])
def test_a_body_that_is_no_event_is_refused_even_when_it_is_signed(body: str | bytes) -> None:
    signature = header(body if isinstance(body, str) else "")
    assert send(body, signature).status_code == 400
    assert not InboxEvent.objects.exists()


def test_a_body_that_is_not_signed_is_not_even_read() -> None:
    assert send(DEEP, header()).status_code == 400


def test_only_post_is_answered() -> None:
    assert Client().get("/api/webhooks/stripe").status_code == 405


OF_OTHERS: dict[str, tuple[str, Any]] = {
    "a payment that somebody took in the dashboard": (
        "payment_intent.succeeded",
        {"id": "pi_another", "metadata": {}},
    ),
    "a payment of another shop with this account": (
        "payment_intent.succeeded",
        {"id": "pi_another", "metadata": {"payment": "5f0c9f8e-6d0e-4b0c-9c55-0c3b6b1f2a10"}},
    ),
    "a payment whose name is no name of ours": (
        "payment_intent.payment_failed",
        {"id": "pi_another", "metadata": {"payment": "order 7"}},
    ),
    "a page that takes no money": (
        "checkout.session.completed",
        {"id": "cs_test_another", "payment_intent": None, "metadata": {}},
    ),
    "a page with its payment in full": (
        "checkout.session.completed",
        {"id": "cs_test_another", "payment_intent": {"id": "pi_another"}, "metadata": None},
    ),
    "a page that is over": ("checkout.session.expired", {"id": "cs_test_another"}),
    "a refund of a payment of old": (
        "charge.refund.updated",
        {"id": "re_another", "payment_intent": None, "metadata": {}},
    ),
    "a charge that was given back": ("charge.refunded", {"id": "ch_another", "payment_intent": None}),
    "a dispute": ("charge.dispute.created", {"id": "dp_another", "charge": "ch_another"}),
    "an account": ("account.updated", {"id": "acct_another", "charges_enabled": True}),
    "an account that left": ("account.application.deauthorized", {"id": "ca_another", "name": "Shop"}),
    "a bank account": ("account.external_account.updated", {"id": "ba_another", "account": "acct_another"}),
    "an invoice that has no name yet": ("invoice.upcoming", {"object": "invoice", "amount_due": 1000}),
    "a kind that nobody has heard of": ("entirely.new", {"id": "new_another"}),
    "nothing at all": ("balance.available", None),
}


def event_of_others(which: str) -> str:
    kind, thing = OF_OTHERS[which]
    name = "evt_" + which.replace(" ", "_")
    return json.dumps({"id": name, "object": "event", "type": kind, "data": thing and {"object": thing}})


@pytest.mark.parametrize("which", OF_OTHERS)
def test_an_event_of_others_is_kept_looked_at_and_ignored(which: str) -> None:
    body = event_of_others(which)
    assert send(body, header(body)).status_code == 200
    drain()
    assert InboxEvent.objects.get().state == "ignored"
    assert Job.objects.get(name="payments.process_event").attempts == 1


def test_events_of_others_that_are_worked_off_together_are_ignored_together() -> None:
    bodies = [event_of_others(which) for which in OF_OTHERS]
    assert {send(body, header(body)).status_code for body in bodies} == {200}
    drain()
    assert {*InboxEvent.objects.values_list("state", flat=True)} == {"ignored"}
    assert {*Job.objects.values_list("state", "attempts")} == {("done", 1)}
