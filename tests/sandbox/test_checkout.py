"""Checkout: what a session asks for, how it is paid, and when it is over."""

import time
from typing import Any

import pytest
import stripe

from tests.sandbox import shop
from tests.sandbox.receiver import Receiver
from tests.sandbox_process import SandboxProcess, visible_text

DAY = 86_400


def test_a_session_is_open_unpaid_and_without_an_intent(api: Any) -> None:
    session = api.checkout.sessions.create(shop.session(1999, 3001, client_reference_id="order-7"))
    assert (session.status, session.payment_status, session.payment_intent) == ("open", "unpaid", None)
    assert (session.amount_total, session.currency, session.client_reference_id) == (5000, "eur", "order-7")
    assert session.expires_at - session.created == DAY


def test_paying_completes_the_session_and_leads_back_to_the_shop(
    sandbox: SandboxProcess, api: Any, receiver: Receiver
) -> None:
    data = {"metadata": {"order": "7"}, "transfer_group": "order_7"}
    session = api.checkout.sessions.create(
        shop.session(1999, payment_intent_data=data, metadata={"cart": "3"})
    )
    back = sandbox.pay(session.url, email="buyer@example.com")
    assert (back.status_code, back.headers["location"]) == (
        303,
        f"http://shop.test/success?session={session.id}",
    )
    paid = api.checkout.sessions.retrieve(session.id, {"expand": ["payment_intent.latest_charge"]})
    intent = paid.payment_intent
    assert (paid.status, paid.payment_status, paid.url) == ("complete", "paid", None)
    assert paid.customer_details.email == "buyer@example.com"
    assert (intent.status, intent.amount_received) == ("succeeded", 1999)
    assert (intent.metadata["order"], intent.transfer_group) == ("7", "order_7")
    assert intent.latest_charge.metadata["order"] == "7"
    receiver.wait_for(lambda receiver: "checkout.session.completed" in receiver.types)
    completed = receiver.event("checkout.session.completed")["data"]["object"]
    assert (completed["id"], completed["payment_status"]) == (session.id, "paid")


def test_a_session_is_found_by_its_intent(sandbox: SandboxProcess, api: Any) -> None:
    sessions = [api.checkout.sessions.create(shop.session(amount)) for amount in (1000, 2000)]
    for session in sessions:
        sandbox.pay(session.url, email="buyer@example.com")
    intent = api.checkout.sessions.retrieve(sessions[0].id).payment_intent
    assert [one.id for one in api.checkout.sessions.list({"payment_intent": intent}).data] == [sessions[0].id]


def test_sending_the_form_twice_charges_once(sandbox: SandboxProcess, api: Any) -> None:
    session = api.checkout.sessions.create(shop.session(1999))
    first, second = (sandbox.pay(session.url, email="buyer@example.com") for _ in range(2))
    assert first.headers["location"] == second.headers["location"]
    assert len(api.charges.list().data) == 1


@pytest.mark.parametrize(
    ("number", "code", "english", "french"),
    [
        (
            "4000 0000 0000 9995",
            "card_declined",
            "insufficient funds",
            "La provision de la carte est insuffisante.",
        ),
        ("4000000000000002", "card_declined", "The card was declined.", "La carte a été refusée."),
        ("4000000000000069", "expired_card", "The card has expired.", "La carte a expiré."),
    ],
)
def test_a_declined_card_can_be_replaced_on_the_page(
    sandbox: SandboxProcess, api: Any, number: str, code: str, english: str, french: str
) -> None:
    for locale, said in (("en", english), ("fr", french)):
        session = api.checkout.sessions.create(shop.session(1999, locale=locale))
        refused = sandbox.pay(session.url, number, email="buyer@example.com")
        assert refused.status_code == 422
        assert said in visible_text(refused.text)
    unpaid = api.checkout.sessions.retrieve(session.id, {"expand": ["payment_intent.latest_charge"]})
    assert (unpaid.status, unpaid.payment_intent.status) == ("open", "requires_payment_method")
    assert unpaid.payment_intent.last_payment_error.code == code
    assert unpaid.payment_intent.latest_charge.status == "failed"
    assert sandbox.pay(session.url, email="buyer@example.com").status_code == 303
    paid = api.checkout.sessions.retrieve(session.id)
    assert (paid.payment_status, paid.payment_intent) == ("paid", unpaid.payment_intent.id)


@pytest.mark.parametrize(
    ("field", "value", "said"),
    [
        ("number", "4242424242424241", "Your card number is incorrect."),
        ("exp", "13/40", "The expiry date is invalid."),
        ("exp", "12/20", "The expiry date is in the past."),
        ("cvc", "1", "The security code is invalid."),
        ("email", "nobody", "Enter a valid email address."),
    ],
)
def test_a_slip_of_the_pen_is_shown_at_its_field(
    sandbox: SandboxProcess, api: Any, field: str, value: str, said: str
) -> None:
    session = api.checkout.sessions.create(shop.session(1999))
    form = {
        "email": "buyer@example.com",
        "number": "4242424242424242",
        "exp": "12/40",
        "cvc": "123",
        field: value,
    }
    answer = sandbox.http.post(session.url, data=form)
    assert answer.status_code == 422
    assert f'id="{field}-error">{said}' in answer.text
    assert f'value="{value}"' in answer.text
    assert api.payment_intents.list().data == []


@pytest.mark.parametrize(("authenticate", "status"), [(True, "paid"), (False, "unpaid")])
def test_3d_secure_stands_between_the_card_and_the_payment(
    sandbox: SandboxProcess, api: Any, authenticate: bool, status: str
) -> None:
    session = api.checkout.sessions.create(shop.session(1999))
    back = sandbox.pay(session.url, "4000002500003155", email="buyer@example.com", authenticate=authenticate)
    assert api.checkout.sessions.retrieve(session.id).payment_status == status
    if authenticate:
        assert back.headers["location"].startswith("http://shop.test/success")
        assert api.charges.list().data[0].payment_method_details.card.three_d_secure.result == "authenticated"
    else:
        assert back.headers["location"] == session.url
        assert "could not authenticate" in sandbox.http.get(session.url).text


@pytest.mark.parametrize(("method", "paid"), [("delayed", True), ("delayed_failing", False)])
@pytest.mark.parametrize("by", ["clock", "form"])
def test_a_bank_debit_is_completed_unpaid_and_settled_later(
    sandbox: SandboxProcess, api: Any, receiver: Receiver, method: str, paid: bool, by: str
) -> None:
    session = api.checkout.sessions.create(shop.session(1999))
    sandbox.pay(session.url, method=method, email="buyer@example.com")
    waiting = api.checkout.sessions.retrieve(session.id, {"expand": ["payment_intent"]})
    assert (waiting.status, waiting.payment_status) == ("complete", "unpaid")
    assert waiting.payment_intent.status == "processing"
    assert shop.balance(api) == 0
    if by == "clock":
        sandbox.post("/_sandbox/clock", {"advance": 3 * DAY + 1})
    else:
        sandbox.http.post(session.url, data={"settle": "succeeded" if paid else "failed"})
    settled = api.checkout.sessions.retrieve(session.id, {"expand": ["payment_intent"]})
    assert settled.payment_status == ("paid" if paid else "unpaid")
    assert settled.payment_intent.status == ("succeeded" if paid else "requires_payment_method")
    ending = "succeeded" if paid else "failed"
    receiver.wait_for(lambda receiver: f"checkout.session.async_payment_{ending}" in receiver.types)
    assert receiver.event("checkout.session.completed")["data"]["object"]["payment_status"] == "unpaid"


def test_a_session_expires_by_the_clock_or_by_the_shop(
    sandbox: SandboxProcess, api: Any, receiver: Receiver
) -> None:
    soon = int(time.time()) + 31 * 60
    by_clock, by_shop = (api.checkout.sessions.create(shop.session(1999, expires_at=soon)) for _ in range(2))
    sandbox.pay(by_clock.url, "4000000000009995", email="buyer@example.com")
    assert api.checkout.sessions.expire(by_shop.id).status == "expired"
    sandbox.post("/_sandbox/clock", {"advance": 32 * 60})
    over = api.checkout.sessions.retrieve(by_clock.id, {"expand": ["payment_intent"]})
    assert (over.status, over.payment_intent.status) == ("expired", "canceled")
    page = sandbox.http.post(by_clock.url, data={"number": "4242424242424242", "exp": "12/40", "cvc": "123"})
    assert page.status_code == 410
    assert shop.CANCEL in page.text
    receiver.wait_for(lambda receiver: receiver.types.count("checkout.session.expired") == 2)
    with pytest.raises(stripe.InvalidRequestError):
        api.checkout.sessions.expire(by_shop.id)


def test_a_shop_by_the_wall_clock_goes_on_selling_when_ours_was_moved(
    sandbox: SandboxProcess, api: Any
) -> None:
    sandbox.post("/_sandbox/clock", {"advance": 30 * DAY})
    for until in (int(time.time()) + 3 * 3600, int(time.time()) + 30 * DAY + 3 * 3600):
        session = api.checkout.sessions.create(shop.session(1999, expires_at=until))
        assert 3 * 3600 - 5 <= session.expires_at - session.created <= 3 * 3600
    sandbox.pay(session.url, email="buyer@example.com")
    assert api.checkout.sessions.retrieve(session.id).payment_status == "paid"


def test_the_customer_is_known_made_or_left_out(sandbox: SandboxProcess, api: Any) -> None:
    known = api.customers.create({"email": "known@example.com"})
    sessions = [
        api.checkout.sessions.create(shop.session(1999, **params))
        for params in ({"customer": known.id}, {"customer_creation": "always"}, {})
    ]
    for session in sessions:
        sandbox.pay(session.url, email="new@example.com")
    customers = [
        api.checkout.sessions.retrieve(one.id, {"expand": ["customer"]}).customer for one in sessions
    ]
    assert customers[0].id == known.id
    assert customers[1].email == "new@example.com"
    assert customers[2] is None


def test_setup_mode_keeps_a_card_without_a_payment(sandbox: SandboxProcess, api: Any) -> None:
    customer = api.customers.create({"email": "known@example.com"})
    session = api.checkout.sessions.create(
        {"mode": "setup", "currency": "eur", "customer": customer.id, "success_url": shop.SUCCESS}
    )
    sandbox.pay(session.url, "4000002500003155")
    done = api.checkout.sessions.retrieve(session.id, {"expand": ["setup_intent"]})
    assert (done.status, done.payment_status) == ("complete", "no_payment_required")
    assert done.setup_intent.status == "succeeded"
    (kept,) = api.customers.payment_methods.list(customer.id).data
    assert kept.id == done.setup_intent.payment_method
    assert api.charges.list().data == []


@pytest.mark.parametrize(
    ("params", "param", "code"),
    [
        ({"line_items": []}, "line_items", "parameter_missing"),
        ({"line_items": [shop.line(49)]}, None, "amount_too_small"),
        ({"line_items": [shop.line(1999), shop.line(100, currency="usd")]}, "line_items", None),
        (
            {"line_items": [{"price_data": {"currency": "eur"}}]},
            "line_items[0][quantity]",
            "parameter_missing",
        ),
        ({"expires_at": int(time.time()) + 60}, "expires_at", None),
        ({"expires_at": int(time.time()) + 2 * DAY}, "expires_at", None),
        ({"success_url": "success"}, "success_url", "url_invalid"),
        ({"customer": "cus_unknown"}, "customer", "resource_missing"),
        ({"customer_email": "nobody"}, "customer_email", "email_invalid"),
        (
            {"payment_intent_data": {"application_fee_amount": 10}},
            "payment_intent_data[application_fee_amount]",
            None,
        ),
        ({"mode": "subscription"}, "mode", None),
    ],
)
def test_what_the_documentation_forbids_is_refused(
    api: Any, params: Any, param: str | None, code: str | None
) -> None:
    with pytest.raises(stripe.InvalidRequestError) as refusal:
        api.checkout.sessions.create({**shop.session(1999), **params})
    assert (refusal.value.param, refusal.value.code) == (param, code)
    assert api.checkout.sessions.list().data == []


def test_the_fee_cannot_exceed_the_amount(sandbox: SandboxProcess, api: Any) -> None:
    seller = sandbox.onboarded_account()
    with pytest.raises(stripe.InvalidRequestError) as refusal:
        api.checkout.sessions.create(shop.session(1999, **shop.destination(seller.id, fee=2000)))
    assert refusal.value.param == "payment_intent_data[application_fee_amount]"
