"""Whatever becomes of its payment, an order's client is told the truth and is never locked out of paying."""

import re
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from django.db import connection, transaction
from django.test import Client

from comptoir.bespoke.models import ClientProfile, Offer, Order
from comptoir.bespoke.ordering import placing
from comptoir.bespoke.ordering.client_status import TO_BE_PAID
from comptoir.kernel.errors import Refusal
from comptoir.kernel.money import Money
from comptoir.kernel.payments import check, refunds
from comptoir.kernel.payments.gateways.base import Outcome
from comptoir.kernel.payments.installed_purposes import purpose_of
from comptoir.kernel.payments.models import Payment, PaymentState
from comptoir.kernel.payments.settlement import settle
from tests.bespoke.bespoke_driver import BespokeDriver
from tests.sandbox_process import visible_text

pytestmark = pytest.mark.django_db(transaction=True)

PRICE = 12900  # intuitive · premium


def page_of(user: Any) -> Client:
    client = Client(headers={"accept-language": "en"})
    client.force_login(user)
    return client


def shown(client: Client, order_id: str) -> str:
    answer = client.get(f"/order/{order_id}")
    assert answer.status_code == 200
    return visible_text(answer.content.decode())


def refuse_intents(bespoke: BespokeDriver, times: int = 1) -> None:
    fault = {"endpoint": "POST /v1/payment_intents", "kind": "400", "times": times}
    bespoke.shop.sandbox.post("/_sandbox/faults", fault)


def test_every_state_of_a_payment_is_told_on_purpose() -> None:
    from comptoir.bespoke.ordering.client_status import OF_PAYMENT

    assert set(OF_PAYMENT) == set(PaymentState)
    payable = {state for state, told in OF_PAYMENT.items() if told in TO_BE_PAID}
    assert payable == {
        PaymentState.CREATED,
        PaymentState.OPEN,
        PaymentState.REQUIRES_ACTION,
        PaymentState.FAILED,
    }


def test_one_whose_bank_asked_for_its_client_can_be_paid(bespoke: BespokeDriver, paul: Any) -> None:
    placed = bespoke.order(bespoke.person(paul))
    reference = Payment.objects.get().reference
    asked = Outcome(PaymentState.REQUIRES_ACTION, reference=reference, failure_code="authentication_required")
    settle(Payment.objects.get().pk, asked)
    bespoke.work()

    client = page_of(paul)
    assert "The payment did not go through" in shown(client, placed["orderId"])
    bespoke_sanctuary(client, placed["orderId"])
    assert f"/order/{placed['orderId']}" in client.get("/sanctuary").content.decode()
    page = client.get(f"/order/{placed['orderId']}/pay")
    assert page.status_code == 200
    secret = re.search(r'data-secret="([^"]+)"', page.content.decode())
    assert secret
    bespoke.confirm({"clientSecret": secret[1]})
    bespoke.settled()
    assert bespoke.status(placed["orderId"]) == "completed"
    assert check.run() == []


@pytest.mark.req("L4")
@pytest.mark.parametrize("again", ["order", "retry"])
def test_a_request_that_the_gateway_refused_is_made_anew(
    bespoke: BespokeDriver, paul: Any, again: str
) -> None:
    client = bespoke.person(paul)
    refuse_intents(bespoke)
    refused = client.post("/api/payments/create-payment-intent", bespoke.wish())
    assert (refused.status_code, refused.json()["code"]) == (409, "gateway_refused")
    bespoke.settled()
    order = Order.objects.get()
    assert (order.status, order.payment_status) == ("pending", "failed")

    # The gateway has lifted its restriction meanwhile.
    if again == "order":
        placed = bespoke.order(client)
    else:
        placed = client.post(f"/api/payments/order/{order.pk}/retry").raise_for_status().json()
    assert placed["orderId"] == str(order.pk)
    bespoke.confirm(placed)
    bespoke.settled()
    order.refresh_from_db()
    assert (order.status, order.payment_status) == ("completed", "succeeded")
    assert [payment.state for payment in Payment.objects.order_by("created_at")] == ["failed", "paid"]
    assert check.run() == []


@pytest.mark.req("L4", "L16")
def test_pressed_often_at_once_after_a_refusal_it_is_one_payment(bespoke: BespokeDriver, paul: Any) -> None:
    refuse_intents(bespoke)
    bespoke.person(paul).post("/api/payments/create-payment-intent", bespoke.wish())
    bespoke.settled()

    def press(_time: int) -> str:
        try:
            return bespoke.order(bespoke.person(paul))["clientSecret"]
        finally:
            connection.close()

    with ThreadPoolExecutor(4) as pool:
        assert len(set(pool.map(press, range(4)))) == 1
    assert sorted(Payment.objects.values_list("state", flat=True)) == ["failed", "open"]
    assert len(bespoke.shop.sandbox.stripe.v1.payment_intents.list().data) == 1


@pytest.mark.req("L4")
def test_what_was_refused_is_told_and_paid_on_the_page(bespoke: BespokeDriver, paul: Any) -> None:
    refuse_intents(bespoke, times=2)
    bespoke.person(paul).post("/api/payments/create-payment-intent", bespoke.wish())
    bespoke.settled()
    order, client = Order.objects.get(), page_of(paul)
    assert "The payment did not go through" in shown(client, str(order.pk))
    assert client.get(f"/order/{order.pk}/pay").status_code == 409, "it is refused still"
    bespoke.settled()
    assert client.get(f"/order/{order.pk}/pay").status_code == 200
    bespoke.settled()
    assert "Waiting for your payment" in shown(client, str(order.pk))
    assert Order.objects.get().status == "pending"
    assert check.run() == []


@pytest.mark.req("L2")
@pytest.mark.parametrize("state", [PaymentState.OPEN, PaymentState.REQUIRES_ACTION, PaymentState.FAILED])
def test_an_order_whose_payment_can_still_be_made_is_not_cancelled(
    bespoke: BespokeDriver, paul: Any, monkeypatch: pytest.MonkeyPatch, state: PaymentState
) -> None:
    client = bespoke.person(paul)
    old = bespoke.order(client)
    Offer.objects.filter(level="intuitive", service="premium").update(price_minor=99900)

    def not_cancelled(payment: Payment) -> Payment:
        """The gateway refused to cancel: its own page is just confirming."""
        Payment.objects.filter(pk=payment.pk).update(state=state)
        return Payment.objects.get(pk=payment.pk)

    monkeypatch.setattr(placing.charges, "cancel", not_cancelled)
    refused = client.post("/api/payments/create-payment-intent", bespoke.wish())
    assert (refused.status_code, refused.json()["code"]) == (409, "payment_in_progress")
    monkeypatch.undo()
    assert bespoke.status(old["orderId"]) == "pending"


@pytest.mark.req("L2")
def test_an_order_that_the_gateway_refused_gives_way_to_a_new_price(
    bespoke: BespokeDriver, paul: Any
) -> None:
    client = bespoke.person(paul)
    refuse_intents(bespoke)
    client.post("/api/payments/create-payment-intent", bespoke.wish())
    bespoke.settled()
    old = Order.objects.get()
    Offer.objects.filter(level="intuitive", service="premium").update(price_minor=99900)
    assert bespoke.order(client)["orderId"] != str(old.pk)
    assert bespoke.status(str(old.pk)) == "cancelled"


# ── Another amount came than was asked for ──────────────────────────────────────────────────────────────────


def paid_otherwise(bespoke: BespokeDriver, came: Money) -> Payment:
    """As where somebody has changed the intent at the gateway."""
    payment = Payment.objects.get()
    there = bespoke.shop.sandbox.stripe.v1.payment_intents
    there.update(payment.reference, {"amount": came.minor})
    there.confirm(
        payment.reference, {"payment_method": "pm_card_visa", "return_url": "https://shop.example.test"}
    )
    bespoke.settled()
    payment.refresh_from_db()
    assert (payment.state, payment.received) == (PaymentState.PAID, came)
    return payment


def give_back(bespoke: BespokeDriver, payment: Payment, amount: Money | None = None) -> Payment:
    refunds.refund(
        payment, amount=amount, reason="It was not the price", actor=None, key=f"test:{amount or 'all'}"
    )
    bespoke.settled()
    payment.refresh_from_db()
    return payment


def bespoke_sanctuary(client: Client, order_id: str) -> str:
    """The page of an order in its client's sanctuary, who has said who they are."""
    ClientProfile.objects.get_or_create(
        user=Order.objects.get(pk=order_id).customer, defaults={"name": "Paul", "phone": "", "about": "Paul"}
    )
    answer = client.get(f"/sanctuary/orders/{order_id}")
    assert answer.status_code == 200, answer
    return answer.content.decode()


def tell_failed(payment: Payment) -> None:
    purpose = purpose_of(payment)
    assert purpose
    with transaction.atomic():
        purpose.on_failed([payment])


def test_money_of_another_amount_is_told_of_and_holds_the_order(bespoke: BespokeDriver, paul: Any) -> None:
    placed, client = bespoke.order(bespoke.person(paul)), page_of(paul)
    paid_otherwise(bespoke, Money(PRICE - 100, "EUR"))

    text = shown(client, placed["orderId"])
    assert "Another amount has come €128.00 has arrived, where the order is for €129.00" in text
    assert "We will be in touch" in text
    assert "Nothing was charged" not in text and "being confirmed" not in text
    assert client.get(f"/order/{placed['orderId']}/pay").status_code == 303
    for path, body in (
        ("/api/payments/create-payment-intent", bespoke.wish()),
        (f"/api/payments/order/{placed['orderId']}/retry", None),
    ):
        refused = bespoke.person(paul).post(path, body)
        assert (refused.status_code, refused.json()["code"]) == (409, "unexpected_amount")
    sanctuary = visible_text(bespoke_sanctuary(client, placed["orderId"]))
    assert "Another amount has come" in sanctuary and "Waiting for your payment" not in sanctuary
    assert f"/order/{placed['orderId']}" not in client.get("/sanctuary").content.decode(), "nothing to pay"
    # One sentence says it to an accountant, and no second one as if the order were wrong too.
    assert len(check.run()) == 1


def test_once_all_of_it_went_back_the_order_is_over_and_can_be_made_again(
    bespoke: BespokeDriver, paul: Any
) -> None:
    placed, client = bespoke.order(bespoke.person(paul)), page_of(paul)
    payment = paid_otherwise(bespoke, Money(PRICE - 100, "EUR"))
    payment = give_back(bespoke, payment, Money(100, "EUR"))
    tell_failed(payment)
    assert bespoke.status(placed["orderId"]) == "pending", "a part of it is still here"

    payment = give_back(bespoke, payment)
    for _twice in range(2):
        tell_failed(payment)

    order = Order.objects.get()
    assert (order.status, order.payment_status, order.refunded_minor) == ("cancelled", "failed", 0)
    assert check.run() == []
    text = shown(client, placed["orderId"])
    assert "What you paid went back to you" in text and "Order again" in text
    assert "Nothing was charged" not in text
    assert "Nothing was charged" not in visible_text(bespoke_sanctuary(client, placed["orderId"]))
    again = bespoke.order(bespoke.person(paul))
    bespoke.confirm(again)
    bespoke.settled()
    assert bespoke.status(again["orderId"]) == "completed"
    assert check.run() == []


def test_an_order_left_open_after_its_money_went_back_is_found(bespoke: BespokeDriver, paul: Any) -> None:
    placed = bespoke.order(bespoke.person(paul))
    payment = give_back(bespoke, paid_otherwise(bespoke, Money(PRICE + 100, "EUR")))
    Order.objects.update(status="pending")  # whatever it was that failed
    assert [line for line in check.run() if placed["orderId"] in line]
    tell_failed(payment)
    assert check.run() == []


def test_a_refusal_says_that_another_amount_came_in_both_languages(bespoke: BespokeDriver) -> None:
    from django.utils import translation

    from comptoir.bespoke.refusals import UnexpectedAmount

    refusal: Refusal = UnexpectedAmount()
    with translation.override("fr"):
        assert "autre montant" in str(refusal)
