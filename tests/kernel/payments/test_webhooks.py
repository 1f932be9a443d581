"""Stripe's webhooks at the door: what is signed is kept once, and what is not leaves no row."""

import json
import time
from pathlib import Path
from typing import Any

import pytest
import stripe
from django.test import Client

from comptoir.kernel.jobs.models import Job
from comptoir.kernel.payments.gateways import gateway
from comptoir.kernel.payments.models import InboxEvent

SECRET = "whsec_first"
BODY = json.dumps({"id": "evt_1", "object": "event", "type": "charge.succeeded", "data": {"object": {}}})
SAMPLES = Path(__file__).parents[4] / "shared" / "contracts" / "samples" / "stripe"

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def one_secret(settings: Any) -> Any:
    settings.STRIPE_WEBHOOK_SECRETS = [SECRET]
    gateway.cache_clear()
    yield
    gateway.cache_clear()


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
    gateway.cache_clear()
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


def recorded() -> list[Path]:
    return sorted(SAMPLES.glob("*.json"))


@pytest.mark.parametrize("sample", recorded(), ids=lambda path: path.stem)
def test_recorded_events_of_every_kind_are_taken_in_and_worked_off(sample: Path) -> None:
    """None of them is about anything of ours: they are kept, looked at, and ignored."""
    from comptoir.kernel.jobs import drain

    recording = json.loads(sample.read_text())
    body = json.dumps({"id": "evt_sample", **recording.get("body", recording)})
    assert send(body, header(body)).status_code == 200
    drain()
    assert InboxEvent.objects.get().state == "ignored"
