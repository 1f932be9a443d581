"""Idempotency keys: one effect for one key, whatever happens to the answers."""

import threading
from typing import Any

import pytest
import stripe

from tests.sandbox import shop
from tests.sandbox_process import SandboxProcess

DAY = 86_400


def requests(sandbox: SandboxProcess) -> list[Any]:
    items: list[Any] = sandbox.get("/_sandbox/requests")["items"]
    return items


def test_the_same_key_gives_the_same_answer(sandbox: SandboxProcess, api: Any) -> None:
    first, second = (api.customers.create({"name": "A"}, {"idempotency_key": "key-1"}) for _ in range(2))
    assert first.id == second.id
    assert len(api.customers.list().data) == 1
    assert second.last_response.headers["Idempotent-Replayed"] == "true"
    assert "Idempotent-Replayed" not in first.last_response.headers
    assert [one["replayed"] for one in requests(sandbox) if one["idempotencyKey"]] == [False, True]


def test_the_same_key_with_other_parameters_is_refused(api: Any) -> None:
    api.customers.create({"name": "A"}, {"idempotency_key": "key-1"})
    with pytest.raises(stripe.IdempotencyError) as refusal:
        api.customers.create({"name": "B"}, {"idempotency_key": "key-1"})
    assert refusal.value.http_status == 400
    assert len(api.customers.list().data) == 1


def test_a_refused_parameter_does_not_use_up_the_key(api: Any) -> None:
    with pytest.raises(stripe.InvalidRequestError):
        api.transfers.create({"currency": "eur"}, {"idempotency_key": "key-1"})
    assert api.customers.create({"name": "A"}, {"idempotency_key": "key-1"}).name == "A"


def test_a_server_error_is_saved_too(sandbox: SandboxProcess, api: Any) -> None:
    sandbox.post("/_sandbox/faults", {"endpoint": "POST /v1/customers", "kind": "500", "times": 1})
    for _ in range(2):
        with pytest.raises(stripe.APIError) as failure:
            api.customers.create({"name": "A"}, {"idempotency_key": "key-1"})
        assert failure.value.http_status == 500
    assert failure.value.headers["Idempotent-Replayed"] == "true"
    assert api.customers.list().data == []


def test_keys_are_forgotten_after_a_day(sandbox: SandboxProcess, api: Any) -> None:
    first = api.customers.create({"name": "A"}, {"idempotency_key": "key-1"})
    sandbox.post("/_sandbox/clock", {"advance": DAY + 1})
    assert api.customers.create({"name": "A"}, {"idempotency_key": "key-1"}).id != first.id


def test_a_key_at_work_is_refused_to_another_request(sandbox: SandboxProcess, api: Any) -> None:
    fault = {"endpoint": "POST /v1/customers", "kind": "timeoutAfterEffect", "times": 1, "holdMs": 600}
    sandbox.post("/_sandbox/faults", fault)

    def slow() -> None:
        with pytest.raises(stripe.APIConnectionError):
            sandbox.stripe.v1.customers.create({"name": "A"}, {"idempotency_key": "key-1"})

    thread = threading.Thread(target=slow)
    thread.start()
    sandbox.wait_for(lambda: any(one["fault"] for one in requests(sandbox)))
    with pytest.raises(stripe.StripeError) as refusal:
        api.customers.create({"name": "A"}, {"idempotency_key": "key-1"})
    thread.join()
    assert refusal.value.http_status == 409
    assert refusal.value.json_body["error"]["code"] == "idempotency_key_in_use"
    api.customers.create({"name": "A"}, {"idempotency_key": "key-1"})
    assert len(api.customers.list().data) == 1


def test_accounts_do_not_share_their_keys(sandbox: SandboxProcess, api: Any) -> None:
    seller = sandbox.onboarded_account()
    ours = api.customers.create({"name": "A"}, {"idempotency_key": "key-1"})
    theirs = api.customers.create({"name": "A"}, {"idempotency_key": "key-1", "stripe_account": seller.id})
    assert ours.id != theirs.id
    assert [one.id for one in api.customers.list().data] == [ours.id]


def test_a_declined_payment_is_declined_again(api: Any) -> None:
    payment = {
        "amount": 1999,
        "currency": "eur",
        "payment_method": "pm_card_chargeDeclined",
        "confirm": True,
        "return_url": shop.RETURN,
    }
    for _ in range(2):
        with pytest.raises(stripe.CardError):
            api.payment_intents.create(payment, {"idempotency_key": "key-1"})
    assert len(api.charges.list().data) == 1
