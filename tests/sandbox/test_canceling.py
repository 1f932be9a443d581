"""Payment intents that are canceled: when that can be, what it leaves, and that nothing pays them afterwards."""

from typing import Any

import pytest
import stripe

from tests.sandbox import shop
from tests.sandbox.receiver import Receiver
from tests.sandbox_process import SandboxProcess

CARD = {"number": "4242424242424242", "exp": "12/40", "cvc": "123"}
THREE_D_SECURE = "pm_card_authenticationRequired"
STEPS: dict[str, Any] = {
    "requires_payment_method": {},
    "requires_confirmation": {"payment_method": "pm_card_visa"},
    "requires_action": {"payment_method": THREE_D_SECURE, "confirm": True, "return_url": shop.RETURN},
    "requires_capture": {
        "payment_method": "pm_card_visa",
        "confirm": True,
        "return_url": shop.RETURN,
        "capture_method": "manual",
    },
}


def intent(api: Any, **params: Any) -> Any:
    return api.payment_intents.create({"amount": 5000, "currency": "eur", **params})


def refused(act: Any, *args: Any) -> Any:
    with pytest.raises(stripe.InvalidRequestError) as refusal:
        act(*args)
    assert refusal.value.code == "payment_intent_unexpected_state"
    return refusal.value


@pytest.mark.parametrize("status", STEPS)
def test_an_intent_that_is_not_paid_can_be_canceled(
    sandbox: SandboxProcess, api: Any, receiver: Receiver, status: str
) -> None:
    made = intent(api, **STEPS[status])
    assert made.status == status
    canceled = api.payment_intents.cancel(made.id, {"cancellation_reason": "requested_by_customer"})
    assert (canceled.status, canceled.cancellation_reason) == ("canceled", "requested_by_customer")
    assert canceled.canceled_at
    assert (canceled.amount_capturable, canceled.next_action) == (0, None)
    receiver.wait_for(lambda receiver: "payment_intent.canceled" in receiver.types)
    assert receiver.event("payment_intent.canceled")["data"]["object"]["id"] == made.id
    assert shop.balance(api) == 0


@pytest.mark.parametrize("status", STEPS)
def test_a_canceled_intent_can_never_be_paid(sandbox: SandboxProcess, api: Any, status: str) -> None:
    made = intent(api, **STEPS[status])
    api.payment_intents.cancel(made.id)
    again = {"payment_method": "pm_card_visa", "return_url": shop.RETURN}
    assert "canceled" in str(refused(api.payment_intents.confirm, made.id, again))
    refused(api.payment_intents.capture, made.id)
    refused(api.payment_intents.update, made.id, {"amount": 1})
    refused(api.payment_intents.cancel, made.id)
    page = sandbox.http.post(f"/pay/{made.client_secret}?return_url={shop.RETURN}", data=CARD)
    assert "redirect_status=failed" in page.headers["location"]
    answer = sandbox.http.post(f"/element/{made.client_secret}", data=CARD).json()
    assert answer["error"]["code"] == "payment_intent_unexpected_state"
    sandbox.http.post(f"/3ds/{made.id}", data={"result": "pass"})
    assert api.payment_intents.retrieve(made.id).status == "canceled"
    assert shop.balance(api) == 0


def test_what_is_paid_cannot_be_canceled(api: Any) -> None:
    paid = intent(api, payment_method="pm_card_visa", confirm=True, return_url=shop.RETURN)
    refusal = refused(api.payment_intents.cancel, paid.id)
    assert "because it has a status of succeeded" in str(refusal)
    assert refusal.error.payment_intent.id == paid.id


def test_a_bank_debit_under_way_cannot_be_canceled(sandbox: SandboxProcess, api: Any) -> None:
    made = intent(api)
    sandbox.http.post(f"/pay/{made.client_secret}", data={"method": "delayed", "email": "a@example.com"})
    assert api.payment_intents.retrieve(made.id).status == "processing"
    refused(api.payment_intents.cancel, made.id)
    sandbox.post("/_sandbox/clock", {"advance": 4 * 86_400})
    assert api.payment_intents.retrieve(made.id).status == "succeeded"


def test_money_that_the_bank_held_goes_back_without_a_booking(api: Any) -> None:
    held = intent(api, **STEPS["requires_capture"])
    api.payment_intents.cancel(held.id)
    charge = api.charges.retrieve(held.latest_charge)
    assert (charge.captured, charge.refunded, charge.amount_refunded) == (False, True, 5000)
    assert api.balance_transactions.list().data == []


def test_the_intent_of_an_open_session_is_left_to_its_session(sandbox: SandboxProcess, api: Any) -> None:
    session = api.checkout.sessions.create(shop.session())
    sandbox.pay(session.url, "4000000000000002", email="buyer@example.com")
    (begun,) = api.payment_intents.list().data
    with pytest.raises(stripe.InvalidRequestError, match="expire its Checkout Session"):
        api.payment_intents.cancel(begun.id)
    api.checkout.sessions.expire(session.id)
    assert api.payment_intents.retrieve(begun.id).status == "canceled"


def test_a_reason_that_stripe_does_not_know_is_refused(api: Any) -> None:
    with pytest.raises(stripe.InvalidRequestError) as refusal:
        api.payment_intents.cancel(intent(api).id, {"cancellation_reason": "bored"})
    assert refusal.value.param == "cancellation_reason"
