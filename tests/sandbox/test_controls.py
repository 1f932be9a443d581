"""Faults, the clock, the log and the restart: what a test needs to make a bad day."""

import re
from pathlib import Path
from typing import Any

import pytest
import stripe

from tests.sandbox import shop
from tests.sandbox.receiver import Receiver
from tests.sandbox_process import SandboxProcess


@pytest.mark.parametrize(("kind", "effects"), [("timeoutBeforeEffect", 0), ("timeoutAfterEffect", 1)])
def test_a_timeout_leaves_the_caller_in_the_dark(
    sandbox: SandboxProcess, api: Any, kind: str, effects: int
) -> None:
    sandbox.post("/_sandbox/faults", {"endpoint": "POST /v1/customers", "kind": kind, "times": 1})
    with pytest.raises(stripe.APIConnectionError):
        api.customers.create({"name": "A"}, {"idempotency_key": "key-1"})
    assert len(api.customers.list().data) == effects
    api.customers.create({"name": "A"}, {"idempotency_key": "key-1"})
    assert len(api.customers.list().data) == 1


def test_the_sdk_gets_over_a_single_timeout_by_itself(sandbox: SandboxProcess) -> None:
    fault = {"endpoint": "POST /v1/checkout/sessions", "kind": "timeoutAfterEffect", "times": 1}
    sandbox.post("/_sandbox/faults", fault)
    client = stripe.StripeClient(
        sandbox.secret_key, base_addresses={"api": sandbox.url}, max_network_retries=2
    )
    session = client.v1.checkout.sessions.create(shop.session(1999))
    assert [one.id for one in client.v1.checkout.sessions.list().data] == [session.id]


@pytest.mark.parametrize(
    ("kind", "error"),
    [("500", stripe.APIError), ("429", stripe.RateLimitError), ("400", stripe.InvalidRequestError)],
)
def test_an_error_strikes_as_often_as_ordered(
    sandbox: SandboxProcess, api: Any, kind: str, error: type[Exception]
) -> None:
    sandbox.post("/_sandbox/faults", {"endpoint": "* /v1/customers*", "kind": kind, "times": 2})
    for _ in range(2):
        with pytest.raises(error):
            api.customers.create({})
    assert api.customers.list().data == []
    assert sandbox.get("/_sandbox/faults")["items"] == []


def test_a_key_remembers_that_its_request_was_refused(sandbox: SandboxProcess, api: Any) -> None:
    sandbox.post("/_sandbox/faults", {"endpoint": "POST /v1/customers", "kind": "400"})
    for key in ("one", "one"):
        with pytest.raises(stripe.InvalidRequestError):
            api.customers.create({}, {"idempotency_key": key})
    assert api.customers.create({}, {"idempotency_key": "two"}).id


def test_a_fault_on_one_object_is_named_by_its_path_or_its_template(
    sandbox: SandboxProcess, api: Any
) -> None:
    customer = api.customers.create({})
    for endpoint in ("GET /v1/customers/{id}", f"GET /v1/customers/{customer.id}"):
        sandbox.post("/_sandbox/faults", {"endpoint": endpoint, "kind": "500"})
        with pytest.raises(stripe.APIError):
            api.customers.retrieve(customer.id)
    assert api.customers.retrieve(customer.id).id == customer.id


@pytest.mark.parametrize(
    "params", [{}, {"endpoint": "POST /v1/refunds", "kind": "flood"}, {"endpoint": "x", "kind": "500"}]
)
def test_a_fault_that_makes_no_sense_is_refused(sandbox: SandboxProcess, params: dict[str, Any]) -> None:
    assert sandbox.http.post("/_sandbox/faults", json=params).status_code == 400


def test_requests_are_kept_with_their_outcome(sandbox: SandboxProcess, api: Any) -> None:
    api.customers.create({"name": "A"}, {"idempotency_key": "key-1"})
    with pytest.raises(stripe.InvalidRequestError):
        api.customers.retrieve("cus_unknown")
    made, missed = sandbox.get("/_sandbox/requests")["items"]
    assert (made["method"], made["path"], made["status"]) == ("POST", "/v1/customers", 200)
    assert (made["params"], made["idempotencyKey"]) == ({"name": "A"}, "key-1")
    assert (missed["endpoint"], missed["status"], missed["error"]) == (
        "GET /v1/customers/{id}",
        404,
        "resource_missing",
    )


def test_the_clock_dates_everything_and_only_goes_forward(sandbox: SandboxProcess, api: Any) -> None:
    before = api.customers.create({}).created
    sandbox.post("/_sandbox/clock", {"advance": 90 * 86_400})
    assert 0 <= api.customers.create({}).created - before - 90 * 86_400 <= 5
    assert sandbox.http.post("/_sandbox/clock", json={"advance": -1}).status_code == 400


def test_only_a_charge_that_was_paid_can_be_disputed_and_only_once(sandbox: SandboxProcess, api: Any) -> None:
    session = api.checkout.sessions.create(shop.session(1999))
    sandbox.pay(session.url, "4000000000009995", email="buyer@example.com")
    (declined,) = api.charges.list().data
    sandbox.pay(session.url, email="buyer@example.com")
    paid = api.charges.list().data[0].id
    impossible = [{"charge": "ch_unknown"}, {"charge": declined.id}, {"charge": paid, "amount": "all"}]
    answers = [
        sandbox.http.post("/_sandbox/disputes", json=params)
        for params in [*impossible, {"charge": paid}, {"charge": paid}]
    ]
    assert [answer.status_code for answer in answers] == [400, 400, 400, 200, 400]
    assert "cannot be disputed" in answers[1].json()["error"]
    assert len(api.disputes.list().data) == 1


def story(sandbox: SandboxProcess) -> list[str]:
    """A sale and its refund; every id that comes of it."""
    api = sandbox.stripe.v1
    seller = sandbox.onboarded_account()
    session = api.checkout.sessions.create(shop.session(1999, **shop.destination(seller.id, fee=300)))
    sandbox.pay(session.url, email="buyer@example.com")
    intent = api.checkout.sessions.retrieve(session.id).payment_intent
    refund = api.refunds.create({"payment_intent": intent, "reverse_transfer": True})
    return [seller.id, session.id, intent, refund.id, *(event.id for event in api.events.list().data)]


def test_the_same_seed_gives_the_same_ids(sandbox: SandboxProcess) -> None:
    with SandboxProcess(seed=7) as one, SandboxProcess(seed=7) as same, SandboxProcess(seed=8) as other:
        ids = story(one)
        assert story(same) == ids
        assert not set(story(other)) & set(ids)


def test_a_killed_sandbox_carries_on_where_it_was(tmp_path: Path, receiver: Receiver) -> None:
    receiver.clear()
    state = tmp_path / "sandbox.sqlite3"
    with SandboxProcess(state=state, webhook_url=receiver.url) as first:
        first.post("/_sandbox/webhooks", {"hold": True})
        session = first.stripe.v1.checkout.sessions.create(shop.session(1999), {"idempotency_key": "key-1"})
        first.pay(session.url, email="buyer@example.com")
        first.post("/_sandbox/clock", {"advance": 3600})
        first.stop(kill=True)
    with SandboxProcess(state=state, webhook_url=receiver.url, seed=None) as second:
        again = second.stripe.v1.checkout.sessions.create(shop.session(1999), {"idempotency_key": "key-1"})
        assert again.id == session.id
        assert second.stripe.v1.checkout.sessions.retrieve(session.id).payment_status == "paid"
        new = second.stripe.v1.checkout.sessions.create(shop.session(1999))
        assert new.id != session.id
        assert 3600 <= new.created - session.created <= 3630
        second.post("/_sandbox/webhooks/release")
        receiver.wait_for(lambda receiver: "checkout.session.completed" in receiver.types)


def test_the_first_page_shows_what_happened_lately(sandbox: SandboxProcess, api: Any) -> None:
    session = api.checkout.sessions.create(shop.session(1999))
    sandbox.onboarded_account()
    page = sandbox.http.get("/", headers={"accept-language": "fr-FR,fr;q=0.9"}).text
    assert f"/checkout/{session.id}" in page
    assert re.search(r"19,99\s€", page)
    assert "Peut encaisser" in page


def test_a_page_that_is_not_there_says_so_in_the_readers_language(sandbox: SandboxProcess) -> None:
    for path in (
        "/checkout/cs_x",
        "/onboarding/x",
        "/3ds/pi_x",
        "/pay/pi_x_secret_y",
        "/express/acct_x/y",
        "/receipts/x",
    ):
        answer = sandbox.http.get(path, headers={"accept-language": "fr"})
        assert answer.status_code == 404
        assert "Il n’y a rien ici" in answer.text
        assert "unsafe-inline" not in answer.headers["content-security-policy"]
