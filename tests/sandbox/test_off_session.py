"""Charging a customer who is not there, with a card that was kept; and the ways in which the bank may refuse."""

from typing import Any

import pytest
import stripe

from tests.sandbox import shop
from tests.sandbox.receiver import Receiver
from tests.sandbox_process import SandboxProcess


def keep_card(sandbox: SandboxProcess, api: Any, number: str) -> tuple[str, str]:
    """A customer who saved that card on the hosted page, passing 3-D Secure where asked."""
    customer = api.customers.create({"email": "member@example.com"})
    session = api.checkout.sessions.create(
        {"mode": "setup", "currency": "eur", "customer": customer.id, "success_url": shop.SUCCESS}
    )
    assert sandbox.pay(session.url, number).headers["location"].startswith("http://shop.test/success")
    setup = api.checkout.sessions.retrieve(session.id, {"expand": ["setup_intent"]}).setup_intent
    return customer.id, setup.payment_method


@pytest.mark.parametrize("number", ["4242424242424242", "4000002500003155"])
def test_a_card_that_was_set_up_pays_without_its_owner(
    sandbox: SandboxProcess, api: Any, number: str
) -> None:
    customer, method = keep_card(sandbox, api, number)
    intent = api.payment_intents.create(shop.off_session(2900, customer=customer, payment_method=method))
    assert (intent.status, intent.amount_received) == ("succeeded", 2900)


@pytest.mark.parametrize(
    ("number", "code", "decline_code"),
    [
        ("4000000000000341", "card_declined", "generic_decline"),
        ("4000008260003178", "card_declined", "insufficient_funds"),
        ("4000002760003184", "authentication_required", "authentication_required"),
    ],
)
def test_a_refusal_is_a_402_that_names_the_intent(
    sandbox: SandboxProcess, api: Any, receiver: Receiver, number: str, code: str, decline_code: str
) -> None:
    customer, method = keep_card(sandbox, api, number)
    with pytest.raises(stripe.CardError) as refusal:
        api.payment_intents.create(shop.off_session(2900, customer=customer, payment_method=method))
    error = refusal.value.error
    assert (refusal.value.http_status, error.code, error.decline_code) == (402, code, decline_code)
    intent = api.payment_intents.retrieve(error.payment_intent.id)
    assert intent.status == "requires_payment_method"
    assert (intent.last_payment_error.code, intent.last_payment_error.payment_method.id) == (code, method)
    assert api.charges.retrieve(error.charge).status == "failed"
    assert shop.balance(api) == 0
    receiver.wait_for(lambda receiver: "payment_intent.payment_failed" in receiver.types)


def test_a_customer_comes_back_to_finish_what_needs_authentication(sandbox: SandboxProcess, api: Any) -> None:
    customer, method = keep_card(sandbox, api, "4000002760003184")
    with pytest.raises(stripe.CardError) as refusal:
        api.payment_intents.create(shop.off_session(2900, customer=customer, payment_method=method))
    intent = refusal.value.error.payment_intent.id
    waiting = api.payment_intents.confirm(intent, {"payment_method": method, "return_url": shop.RETURN})
    assert waiting.status == "requires_action"
    bank = waiting.next_action.redirect_to_url.url
    back = sandbox.http.post(bank, data={"result": "complete"})
    assert back.headers["location"].startswith(f"{shop.RETURN}?payment_intent={intent}")
    assert back.headers["location"].endswith("redirect_status=succeeded")
    assert api.payment_intents.retrieve(intent).status == "succeeded"


def test_a_card_kept_while_paying_pays_again_later(sandbox: SandboxProcess, api: Any) -> None:
    data = {"setup_future_usage": "off_session"}
    session = api.checkout.sessions.create(shop.session(2900, payment_intent_data=data))
    sandbox.pay(session.url, "4000000000000341", email="member@example.com")
    paid = api.checkout.sessions.retrieve(session.id, {"expand": ["payment_intent"]})
    assert paid.payment_status == "paid"
    kept = paid.payment_intent.payment_method
    assert [one.id for one in api.customers.payment_methods.list(paid.customer).data] == [kept]
    with pytest.raises(stripe.CardError):
        api.payment_intents.create(shop.off_session(2900, customer=paid.customer, payment_method=kept))


def test_a_card_belongs_to_one_customer_and_is_used_once_without(sandbox: SandboxProcess, api: Any) -> None:
    customer, method = keep_card(sandbox, api, "4242424242424242")
    other = api.customers.create({}).id
    with pytest.raises(stripe.InvalidRequestError) as refusal:
        api.payment_intents.create(shop.off_session(2900, customer=other, payment_method=method))
    assert refusal.value.param == "payment_method"
    once = api.payment_methods.create({"type": "card", "card": {"token": "tok_visa"}}).id
    payment = {
        "amount": 900,
        "currency": "eur",
        "payment_method": once,
        "confirm": True,
        "return_url": shop.RETURN,
    }
    assert api.payment_intents.create(payment).status == "succeeded"
    with pytest.raises(stripe.InvalidRequestError, match="previously used"):
        api.payment_intents.create(payment)
    api.payment_methods.detach(method)
    with pytest.raises(stripe.InvalidRequestError, match="detached"):
        api.payment_methods.attach(method, {"customer": customer})


def test_an_intent_is_held_and_captured_or_let_go(api: Any) -> None:
    payment = {
        "amount": 5000,
        "currency": "eur",
        "capture_method": "manual",
        "payment_method": "pm_card_visa",
        "confirm": True,
        "return_url": shop.RETURN,
    }
    held, dropped = (api.payment_intents.create(payment) for _ in range(2))
    assert (held.status, held.amount_capturable, shop.balance(api)) == ("requires_capture", 5000, 0)
    captured = api.payment_intents.capture(held.id, {"amount_to_capture": 4000})
    assert (captured.status, captured.amount_received, shop.balance(api)) == ("succeeded", 4000, 4000 - 85)
    assert api.payment_intents.cancel(dropped.id).status == "canceled"
    with pytest.raises(stripe.InvalidRequestError) as refusal:
        api.payment_intents.capture(dropped.id)
    assert refusal.value.code == "payment_intent_unexpected_state"


def test_an_intent_made_by_a_program_has_a_page_to_pay_it_on(sandbox: SandboxProcess, api: Any) -> None:
    intent = api.payment_intents.create(
        {"amount": 4900, "currency": "eur", "automatic_payment_methods": {"enabled": True}}
    )
    url = f"/pay/{intent.client_secret}?return_url={shop.RETURN}"
    assert "€49.00" in sandbox.http.get(url).text
    form = {"number": "4000000000009995", "exp": "12/40", "cvc": "123"}
    assert "insufficient funds" in sandbox.http.post(url, data=form).text
    back = sandbox.http.post(url, data={**form, "number": "4242424242424242"})
    assert back.headers["location"].startswith(f"{shop.RETURN}?payment_intent={intent.id}")
    assert api.payment_intents.retrieve(intent.id).status == "succeeded"
    assert sandbox.http.get(f"/pay/{intent.id}_secret_guessed").status_code == 404


@pytest.mark.parametrize(
    ("change", "code", "param"),
    [
        ({"amount": 49}, "amount_too_small", "amount"),
        ({"amount": 0}, "parameter_invalid_integer", "amount"),
        ({"amount": 100_000_000}, "amount_too_large", "amount"),
        ({"currency": "zzz"}, None, "currency"),
        ({"off_session": True}, None, "off_session"),
        ({"confirm": True}, "payment_intent_unexpected_state", None),
        ({"confirm": True, "payment_method": "pm_card_visa"}, None, "return_url"),
        ({"payment_method": "pm_unknown"}, "resource_missing", "payment_method"),
    ],
)
def test_what_an_intent_cannot_be(
    api: Any, change: dict[str, Any], code: str | None, param: str | None
) -> None:
    with pytest.raises(stripe.InvalidRequestError) as refusal:
        api.payment_intents.create({"amount": 1999, "currency": "eur", **change})
    assert (refusal.value.code, refusal.value.param) == (code, param)
    assert api.payment_intents.list().data == []
