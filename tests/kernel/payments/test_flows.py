"""A payment is started in one way whatever its flow, and ends in one way: told by a purpose that is no product's."""

from datetime import timedelta
from typing import Any

import httpx
import pytest

from comptoir.kernel import clock
from comptoir.kernel.ledger import chart
from comptoir.kernel.ledger.posting import balance
from comptoir.kernel.money import Money
from comptoir.kernel.payments import charges, customers, gateways, reconciliation, refunds
from comptoir.kernel.payments.gateways.base import Outcome
from comptoir.kernel.payments.gateways.errors import GatewayUnreachable, NotOffered
from comptoir.kernel.payments.gateways.stripe import client
from comptoir.kernel.payments.models import (
    Customer,
    Flow,
    GatewayCall,
    Payment,
    PaymentMethod,
    PaymentState,
)
from comptoir.kernel.payments.settlement import settle
from comptoir.kernel.states import WrongState
from tests.kernel.payments.toy import Toy

pytestmark = pytest.mark.django_db(transaction=True)


def customer(user: Any) -> Customer:
    from comptoir.kernel.accounts.workspaces import house

    return customers.customer_of(user, workspace=house())


def saved(toy: Toy, user: Any, card: str = "tok_visa") -> PaymentMethod:
    """As the gateway's own form gives it: by a name, which is not saved for anybody yet."""
    if not card.startswith("pm_"):
        there = toy.shop.sandbox.stripe.v1.payment_methods
        card = there.create({"type": "card", "card": {"token": card}}).id
    return customers.save_method(customer(user), card, gateway="stripe")


def start_in_vain(toy: Toy, method: PaymentMethod, kind: str, monkeypatch: pytest.MonkeyPatch) -> Payment:
    """A charge of which no answer comes: neither to the request nor to the client's own repeat of it."""
    monkeypatch.setattr(client, "PATIENCE", httpx.Timeout(0.3))
    gateways.reset()
    fault = {"endpoint": "POST /v1/payment_intents", "kind": kind, "times": 9, "holdMs": 5_000}
    toy.shop.sandbox.post("/_sandbox/faults", fault)
    with pytest.raises(GatewayUnreachable):
        toy.start(flow=Flow.OFF_SESSION, method=method)
    toy.shop.sandbox.http.delete("/_sandbox/faults")
    monkeypatch.undo()
    gateways.reset()
    return Payment.objects.get()


def state_of(payment: Payment) -> str:
    return Payment.objects.get(pk=payment.pk).state


def test_on_the_gateways_page_it_credits_the_account_that_its_purpose_names(toy: Toy) -> None:
    payment = toy.paid()

    assert (payment.state, payment.flow) == (PaymentState.PAID, Flow.HOSTED)
    assert toy.told == [("paid", "1")]
    fee = payment.gateway_fee_minor
    assert fee
    # A receivable that is paid is below what it was: nothing was issued here before.
    assert toy.books() == {"gateway": 2900 - fee, "gateway_fees": fee, "receivable": -2900}
    assert balance(chart.revenue("toy.thing"), "EUR") == Money(0, "EUR")
    toy.everything_agrees()


def test_on_our_own_page_the_same_secret_is_given_until_it_is_paid(toy: Toy) -> None:
    action = toy.start(flow=Flow.EMBEDDED)
    assert action.client_secret
    assert not action.url
    refused = toy.shop.sandbox.pay(f"{toy.shop.sandbox.url}/pay/{action.client_secret}", "4000000000000002")
    assert refused.status_code == 422
    toy.settle()
    assert toy.told == [("failed", "1")]

    again = charges.submit(Payment.objects.get(pk=action.payment.pk))

    assert again.client_secret == action.client_secret
    toy.shop.sandbox.pay(f"{toy.shop.sandbox.url}/pay/{again.client_secret}")
    toy.settle()
    assert toy.told == [("failed", "1"), ("paid", "1")]
    with pytest.raises(WrongState):
        charges.submit(Payment.objects.get(pk=action.payment.pk))
    toy.everything_agrees()


@pytest.mark.parametrize("flow", [Flow.HOSTED, Flow.EMBEDDED])
@pytest.mark.parametrize("refused_before", [False, True], ids=["untouched", "after a refused card"])
def test_what_is_cancelled_cannot_be_paid_any_more(toy: Toy, flow: Flow, refused_before: bool) -> None:
    action = toy.start(flow=flow)
    page = action.url or f"{toy.shop.sandbox.url}/pay/{action.client_secret}"
    if refused_before:
        toy.shop.sandbox.pay(page, "4000000000000002", email="paul@example.test")
        toy.settle()

    cancelled = charges.cancel(Payment.objects.get(pk=action.payment.pk))

    assert cancelled.state == PaymentState.EXPIRED
    toy.shop.sandbox.pay(page, email="paul@example.test")
    toy.settle()
    assert state_of(action.payment) == PaymentState.EXPIRED
    assert toy.told[-1] == ("failed", "1")
    assert toy.at_the_gateway() == 0
    toy.everything_agrees()


def test_what_was_paid_before_it_could_be_cancelled_is_paid(toy: Toy) -> None:
    action = toy.start()
    toy.shop.sandbox.pay(action.url, email="paul@example.test")

    assert charges.cancel(action.payment).state == PaymentState.PAID


def test_a_saved_card_pays_while_its_owner_is_away(toy: Toy, camille: Any) -> None:
    method = saved(toy, camille)
    assert (method.kind, method.brand, method.last4, method.is_default) == ("card", "visa", "4242", True)

    action = toy.start(flow=Flow.OFF_SESSION, method=method, payer=camille)

    assert action.payment.state == PaymentState.PAID
    assert not action.url
    assert not action.client_secret
    toy.settle()
    assert toy.told == [("paid", "1")]
    toy.everything_agrees()


def test_a_declined_card_keeps_the_banks_reason(toy: Toy, camille: Any) -> None:
    method = saved(toy, camille, "tok_chargeCustomerFail")

    payment = toy.start(flow=Flow.OFF_SESSION, method=method).payment

    assert (payment.state, payment.failure_code) == (PaymentState.FAILED, "generic_decline")
    assert payment.reference.startswith("pi_")
    toy.settle()
    assert toy.told == [("failed", "1")]
    assert GatewayCall.objects.get(key=f"payment:{payment.pk}:start").state == "refused"
    assert toy.at_the_gateway() == 0
    toy.everything_agrees()


@pytest.mark.parametrize("card", ["tok_chargeCustomerFail", "tok_authenticationRequired"])
def test_the_payer_can_come_back_after_a_refusal_and_is_refused_and_pays(
    toy: Toy, camille: Any, card: str
) -> None:
    payment = toy.start(flow=Flow.OFF_SESSION, method=saved(toy, camille, card)).payment
    toy.settle()
    for _twice in range(2):
        secret = charges.submit(Payment.objects.get(pk=payment.pk)).client_secret
        toy.shop.sandbox.pay(f"{toy.shop.sandbox.url}/pay/{secret}", "4000000000000002")
        toy.settle()
        assert state_of(payment) == PaymentState.FAILED

    secret = charges.submit(Payment.objects.get(pk=payment.pk)).client_secret
    toy.shop.sandbox.pay(f"{toy.shop.sandbox.url}/pay/{secret}")
    toy.settle()
    assert state_of(payment) == PaymentState.PAID
    assert toy.told[-1] == ("paid", "1")
    toy.everything_agrees()


def test_a_charge_whose_reading_was_lost_is_settled_when_it_is_submitted_again(
    toy: Toy, camille: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    toy.shop.sandbox.post("/_sandbox/webhooks", {"drop": True})
    monkeypatch.setattr(client, "PATIENCE", httpx.Timeout(0.3))
    method = saved(toy, camille)
    gateways.reset()
    fault = {
        "endpoint": "GET /v1/payment_intents/{id}",
        "kind": "timeoutBeforeEffect",
        "times": 9,
        "holdMs": 5_000,
    }
    toy.shop.sandbox.post("/_sandbox/faults", fault)
    with pytest.raises(GatewayUnreachable):
        toy.start(flow=Flow.OFF_SESSION, method=method)
    toy.shop.sandbox.http.delete("/_sandbox/faults")
    monkeypatch.undo()
    gateways.reset()
    payment = Payment.objects.get()
    assert (payment.state, payment.reference[:3]) == (PaymentState.OPEN, "pi_")

    assert charges.submit(payment).payment.state == PaymentState.PAID


def test_each_refusal_of_a_payment_is_told(toy: Toy) -> None:
    """A debit can be refused, handed in again, and be refused again."""
    payment = toy.start(flow=Flow.EMBEDDED).payment
    for state in ("failed", "processing", "failed", "processing", "failed"):
        settle(payment.pk, Outcome(PaymentState(state)))
        toy.settle()

    assert toy.told == [("failed", "1")] * 3


def test_a_debit_that_is_called_off_while_it_is_processed_has_expired(toy: Toy) -> None:
    payment = toy.start(flow=Flow.EMBEDDED).payment
    settle(payment.pk, Outcome(PaymentState.PROCESSING))

    assert settle(payment.pk, Outcome(PaymentState.EXPIRED)).state == PaymentState.EXPIRED
    toy.settle()
    assert toy.told == [("failed", "1")]


def test_of_a_card_that_was_refused_no_charge_is_kept(toy: Toy, camille: Any) -> None:
    """Its charge at the gateway is not the one that was paid, and cannot be refunded."""
    action = toy.start()
    toy.shop.sandbox.pay(action.url, "4000000000000002", email="paul@example.test")
    toy.settle()
    charges.refresh(Payment.objects.get())
    toy.shop.sandbox.pay(action.url, email="paul@example.test")
    toy.settle()

    payment = Payment.objects.get()
    intent = toy.shop.sandbox.stripe.v1.payment_intents.retrieve(payment.reference)
    assert payment.charge == intent.latest_charge
    refunds.refund(payment, reason="all", actor=None, key="a")
    toy.settle()
    assert toy.told == [("paid", "1"), ("refund succeeded", "1")]
    toy.everything_agrees()


def test_one_that_asks_for_authentication_waits_for_its_payer(toy: Toy, camille: Any) -> None:
    method = saved(toy, camille, "tok_authenticationRequired")

    payment = toy.start(flow=Flow.OFF_SESSION, method=method).payment

    assert payment.state == PaymentState.REQUIRES_ACTION
    toy.settle()
    assert toy.told == [("action_required", "1")]
    # The payer comes back, and confirms on our own page.
    secret = charges.submit(Payment.objects.get(pk=payment.pk)).client_secret
    toy.shop.sandbox.pay(f"{toy.shop.sandbox.url}/pay/{secret}", "4000002760003184")
    toy.settle()
    assert state_of(payment) == PaymentState.PAID
    assert toy.told == [("action_required", "1"), ("paid", "1")]
    toy.everything_agrees()


def test_one_that_waits_for_its_payer_can_be_cancelled(toy: Toy, camille: Any) -> None:
    method = saved(toy, camille, "tok_authenticationRequired")
    payment = toy.start(flow=Flow.OFF_SESSION, method=method).payment

    assert charges.cancel(payment).state == PaymentState.EXPIRED
    toy.settle()
    toy.everything_agrees()


@pytest.mark.parametrize("kind", ["timeoutBeforeEffect", "timeoutAfterEffect"])
def test_a_charge_whose_answer_was_lost_is_asked_about_and_never_made_twice(
    toy: Toy, camille: Any, monkeypatch: pytest.MonkeyPatch, kind: str
) -> None:
    toy.shop.sandbox.post("/_sandbox/webhooks", {"drop": True})
    payment = start_in_vain(toy, saved(toy, camille), kind, monkeypatch)
    # Its key may be forgotten by now, so that it protects no more.
    clock.advance(timedelta(days=2))
    toy.shop.sandbox.post("/_sandbox/clock", {"advance": 2 * 24 * 3600})

    assert charges.refresh(payment).state == PaymentState.PAID

    toy.settle()
    made = toy.shop.sandbox.stripe.v1.payment_intents.list()
    assert [intent.status for intent in made.data] == ["succeeded"]
    assert toy.told == [("paid", "1")]
    reconciliation.run()
    toy.everything_agrees()


def test_a_charge_that_is_on_its_way_cannot_be_cancelled(
    toy: Toy, camille: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    payment = start_in_vain(toy, saved(toy, camille), "timeoutBeforeEffect", monkeypatch)

    with pytest.raises(WrongState):
        charges.cancel(payment)


def test_methods_of_a_customer_are_saved_chosen_and_removed(toy: Toy, camille: Any, adrien: Any) -> None:
    first, second = saved(toy, camille), saved(toy, camille, "tok_mastercard")
    owner = first.customer
    assert saved(toy, camille, first.reference) == first  # again changes nothing
    assert customers.active_methods(owner) == [first, second]
    with pytest.raises(customers.MethodOfAnother):
        saved(toy, adrien, first.reference)

    customers.make_default(second, by=camille)
    assert [method.last4 for method in customers.active_methods(owner)] == ["4444", "4242"]

    customers.remove_method(second, by=camille)
    assert customers.active_methods(owner) == [first]
    first.refresh_from_db()
    assert first.is_default
    assert not toy.shop.sandbox.stripe.v1.payment_methods.retrieve(second.reference).customer


def test_what_happens_to_a_method_at_the_gateway_is_heard(toy: Toy, camille: Any) -> None:
    method = saved(toy, camille)
    there = toy.shop.sandbox.stripe.v1.payment_methods
    there.update(method.reference, {"card": {"exp_year": 2042, "exp_month": 2}})
    toy.settle()
    method.refresh_from_db()
    assert str(method.expires_on) == "2042-02-28"

    there.detach(method.reference)
    toy.settle()
    method.refresh_from_db()
    assert method.removed_at
    assert not method.is_default


def test_names_and_addresses_in_requests_to_the_gateway_are_not_to_be_read_in_the_database(
    toy: Toy, camille: Any
) -> None:
    from django.db import connection

    saved(toy, camille)
    toy.start(flow=Flow.EMBEDDED, payer=camille)
    with connection.cursor() as cursor:
        cursor.execute("SELECT params, answer FROM payments_gatewaycall")
        kept = "".join(str(row) for row in cursor.fetchall())
    assert camille.email not in kept
    assert "pi_" not in kept
    assert any(camille.email in str(call.params) for call in GatewayCall.objects.all())


def test_a_gateway_is_asked_only_for_what_it_can_do(settings: Any) -> None:
    settings.PAYMENT_GATEWAYS = {"bare": "tests.kernel.payments.test_flows.BareGateway"}
    gateways.reset()
    try:
        with pytest.raises(NotOffered, match="bare"):
            gateways.payouts("bare")
        assert gateways.that_send_events() == ()
    finally:
        gateways.reset()


class BareGateway:
    """Can do nothing at all."""

    name = "bare"

    @classmethod
    def from_settings(cls) -> "BareGateway":
        return cls()
