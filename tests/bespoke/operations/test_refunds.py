"""Giving an order's money back: over the API, on the operator's page and in Stripe's own dashboard."""

import re
from typing import Any

import pytest
from django.test import Client

from comptoir.bespoke.models import Order, Revision
from comptoir.bespoke.operations.check import orders_and_payments
from comptoir.bespoke.sanctuary import contents
from comptoir.kernel.ledger import chart
from comptoir.kernel.ledger.posting import balance
from comptoir.kernel.money import Money
from comptoir.kernel.notifications.models import Mail
from comptoir.kernel.payments import check, refunds
from comptoir.kernel.payments.models import Dispute, Payment, Refund, Reversal
from tests.bespoke.bespoke_driver import BespokeDriver
from tests.sandbox_process import visible_text
from tests.shop import Person

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.req("L14")]

PRICE = 12900  # intuitive · premium


def revenue() -> int:
    return balance(chart.revenue("bespoke.order"), "EUR").minor


def ask(operator: Person, order_id: str, **wish: Any) -> Any:
    return operator.post(f"/api/expert/orders/{order_id}/refund", {"reason": "Ordered by mistake", **wish})


def test_all_of_it_stops_the_work_and_takes_the_level_back(
    bespoke: BespokeDriver, paul: Any, odile: Any
) -> None:
    order_id = bespoke.paid_order(bespoke.person(paul))
    bespoke.process(order_id)
    bespoke.work()
    assert contents.rank_of(paul) == 2
    answer = ask(bespoke.person(odile), order_id)
    assert answer.status_code == 200, answer.text
    assert (answer.json()["amount"], answer.json()["currency"]) == (PRICE, "EUR")
    bespoke.settled()

    order = Order.objects.get(pk=order_id)
    assert (order.status, order.payment_status, order.refunded_minor) == ("refunded", "refunded", PRICE)
    assert contents.rank_of(paul) == 0
    assert revenue() == 0 and check.run() == []
    late = bespoke.call_back(order_id, 1)
    assert (late.status_code, late.json()["code"]) == (409, "revision_closed")
    assert Revision.objects.get(order=order_id).content == ""
    told = Mail.objects.get(template="bespoke_refunded")
    assert "Ordered by mistake" in told.text


def test_a_part_of_it_leaves_the_order_as_it_is(bespoke: BespokeDriver, paul: Any, odile: Any) -> None:
    order_id, operator = bespoke.paid_order(bespoke.person(paul)), bespoke.person(odile)
    assert ask(operator, order_id, amount=2900).status_code == 200
    bespoke.settled()
    order = Order.objects.get(pk=order_id)
    assert (order.status, order.refunded_minor, revenue()) == ("completed", 2900, PRICE - 2900)
    assert contents.rank_of(paul) == 2
    too_much = ask(operator, order_id, amount=PRICE)
    assert (too_much.status_code, too_much.json()["code"]) == (422, "refund_too_large")
    assert ask(operator, order_id).json()["amount"] == PRICE - 2900
    bespoke.settled()
    assert (bespoke.status(order_id), revenue()) == ("refunded", 0)
    nothing = ask(operator, order_id)
    assert (nothing.status_code, nothing.json()["code"]) == (409, "not_refundable")
    assert check.run() == []


def test_only_operators_give_back(bespoke: BespokeDriver, paul: Any) -> None:
    order_id = bespoke.paid_order(bespoke.person(paul))
    for other in (bespoke.person(paul), bespoke.expert()):
        assert ask(other, order_id).json()["code"] == "forbidden"
        page = Client()
        page.force_login(other.user)
        assert page.get(f"/desk/orders/{order_id}/refund").status_code == 403
        assert page.post(f"/desk/orders/{order_id}/refund", {"amount": "1", "reason": "x"}).status_code == 403
    assert Client().get(f"/desk/orders/{order_id}/refund").status_code == 302
    assert not Refund.objects.exists()


def test_the_same_key_gives_back_once(bespoke: BespokeDriver, paul: Any, odile: Any) -> None:
    order_id, operator = bespoke.paid_order(bespoke.person(paul)), bespoke.person(odile)
    path, wish = f"/api/expert/orders/{order_id}/refund", {"amount": 1000, "reason": "Late"}
    answers = [operator.post(path, wish, **{"Idempotency-Key": "one"}).json() for _time in range(2)]
    assert answers[0] == answers[1]
    assert Refund.objects.count() == 1


def test_what_cannot_be_given_back_is_refused(bespoke: BespokeDriver, paul: Any, odile: Any) -> None:
    operator, placed = bespoke.person(odile), bespoke.order(bespoke.person(paul))
    assert ask(operator, placed["orderId"]).json()["code"] == "order_not_found", "it is not paid"
    order_id = bespoke.paid_order(bespoke.person(paul), level="simple")
    unsaid = ask(operator, order_id, reason=" ")
    assert (unsaid.status_code, unsaid.json()["errors"][0]["field"]) == (422, "reason")


def test_the_operators_page_proposes_all_and_takes_less(
    bespoke: BespokeDriver, paul: Any, odile: Any
) -> None:
    order_id = bespoke.paid_order(bespoke.person(paul))
    client = Client(headers={"accept-language": "en"})
    client.force_login(odile)
    path = f"/desk/orders/{order_id}/refund?lang=en"
    page = client.get(path).content.decode()
    assert 'value="129.00"' in page and "Paul Okafor" in page
    wrong = client.post(path, {"amount": "lots", "reason": ""})
    assert wrong.status_code == 422
    assert "Write the amount in digits" in wrong.content.decode() and "Say why" in wrong.content.decode()
    key = re.search(r'name="request_key" value="([^"]+)"', page)
    assert key
    form = {"amount": "29,00", "reason": "A page is missing", "request_key": key[1]}
    for _pressed_twice in range(2):
        assert client.post(path, form).status_code == 303
    bespoke.settled()
    assert Order.objects.get(pk=order_id).refunded_minor == 2900
    page = client.get(path).content.decode()
    assert "A page is missing" in page and 'value="100.00"' in page


def dispute(bespoke: BespokeDriver, amount: int | None = None) -> Any:
    """The client's bank takes so much back; returns how to let it decide."""
    sandbox = bespoke.shop.sandbox
    opened = sandbox.post("/_sandbox/disputes", {"charge": Payment.objects.get().charge, "amount": amount})
    bespoke.settled()

    def decide(evidence: str) -> None:
        answer = {"evidence": {"uncategorized_text": evidence}, "submit": True}
        sandbox.stripe.v1.disputes.update(opened["id"], answer)
        bespoke.settled()

    return decide


def test_a_lost_dispute_of_all_of_it_ends_the_order_and_the_books_agree(
    bespoke: BespokeDriver, paul: Any, odile: Any
) -> None:
    order_id = bespoke.paid_order(bespoke.person(paul))
    decide = dispute(bespoke)
    assert (bespoke.status(order_id), contents.rank_of(paul)) == ("completed", 2), "the bank has not decided"
    decide("losing_evidence")
    assert (bespoke.status(order_id), contents.rank_of(paul), revenue()) == ("refunded", 0, 0)
    assert check.run() == []
    assert Mail.objects.get(template="bespoke_stopped").recipient == bespoke.experts["emile"].user
    desk = Client()
    desk.force_login(odile)
    history = desk.get(f"/desk/orders/{order_id}?lang=fr").content.decode()
    assert "Le client conteste le paiement" in history and "nous a donné tort" in history
    assert "dispute_" not in history


def test_more_gone_than_was_paid_leaves_nothing_to_give_back(
    bespoke: BespokeDriver, paul: Any, odile: Any
) -> None:
    """A refund and a dispute of all of it crossed each other."""
    order_id = bespoke.paid_order(bespoke.person(paul))
    Payment.objects.update(refunded_minor=1000, disputed_minor=PRICE)
    client = Client(headers={"accept-language": "en"})
    client.force_login(odile)
    page = client.get(f"/desk/orders/{order_id}/refund?lang=en").content.decode()
    assert "-10.00" not in page and "-€10.00" not in page
    assert 'name="amount"' not in page


def test_what_the_bank_gives_back_leaves_the_order_as_it_is(bespoke: BespokeDriver, paul: Any) -> None:
    order_id = bespoke.paid_order(bespoke.person(paul))
    dispute(bespoke)("winning_evidence")
    assert (bespoke.status(order_id), contents.rank_of(paul), revenue()) == ("completed", 2, PRICE)
    assert check.run() == []


def test_what_the_bank_gives_back_after_it_was_lost_is_not_taken_for_a_fault_of_the_order(
    bespoke: BespokeDriver, paul: Any
) -> None:
    """The order stays ended: whose the money is, a person has to say."""
    order_id = bespoke.paid_order(bespoke.person(paul))
    dispute(bespoke)("losing_evidence")
    Dispute.objects.update(state="won", lost_minor=0, withdrawn_minor=0)
    assert [line for line in check.run() if order_id in line] == []
    Reversal.objects.all().delete()
    Dispute.objects.all().delete()
    assert [line for line in check.run() if order_id in line]


@pytest.mark.parametrize("heard_first", ["refund", "dispute"])
def test_a_refund_and_a_lost_dispute_that_make_the_whole_end_the_order(
    bespoke: BespokeDriver, paul: Any, heard_first: str
) -> None:
    order_id, sandbox = bespoke.paid_order(bespoke.person(paul)), bespoke.shop.sandbox
    payment = Payment.objects.get()
    sandbox.post("/_sandbox/webhooks", {"drop": heard_first == "dispute"})
    sandbox.stripe.v1.refunds.create({"charge": payment.charge, "amount": PRICE - 5000})
    bespoke.settled()
    sandbox.post("/_sandbox/webhooks", {"drop": False})
    decide = dispute(bespoke, 5000)
    assert bespoke.status(order_id) == "completed", "what the bank holds may be won"
    decide("losing_evidence")
    if heard_first == "dispute":
        assert bespoke.status(order_id) == "completed", "a part of it is lost"
        refunds.refresh(payment)
        bespoke.work()
    assert (bespoke.status(order_id), contents.rank_of(paul), revenue()) == ("refunded", 0, 0)
    assert Order.objects.get(pk=order_id).refunded_minor == PRICE - 5000
    assert check.run() == []


def test_a_refund_on_its_way_does_not_end_an_order_with_a_part_lost(
    bespoke: BespokeDriver, paul: Any, odile: Any
) -> None:
    order_id = bespoke.paid_order(bespoke.person(paul))
    decide = dispute(bespoke, 5000)
    Payment.objects.update(refunded_minor=PRICE - 5000)  # asked for, and not made yet
    decide("losing_evidence")
    assert bespoke.status(order_id) == "completed"
    Payment.objects.update(refunded_minor=0)
    assert check.run() == []


def test_made_in_stripes_dashboard_it_has_the_same_effect(bespoke: BespokeDriver, paul: Any) -> None:
    order_id = bespoke.delivered_order(bespoke.person(paul))
    stripe, charge = bespoke.shop.sandbox.stripe.v1, Payment.objects.get().charge
    stripe.refunds.create({"charge": charge, "amount": 2900})
    bespoke.settled()
    assert (bespoke.status(order_id), contents.rank_of(paul)) == ("delivered", 2)
    stripe.refunds.create({"charge": charge})
    bespoke.settled()
    assert (bespoke.status(order_id), contents.rank_of(paul)) == ("refunded", 0)
    assert balance(chart.revenue("bespoke.order"), "EUR") == Money(0, "EUR")
    refused = bespoke.person(paul).get(f"/api/sanctuary/contents/{order_id}")
    assert refused.status_code in (404, 409)
    assert check.run() == []


def on_the_page(operator: Any, order_id: str) -> str:
    client = Client()
    client.force_login(operator)
    return visible_text(client.get(f"/desk/orders/{order_id}/refund?lang=en").text)


def test_the_operators_page_tells_what_is_on_its_way_from_what_was_given_back(
    bespoke: BespokeDriver, paul: Any, odile: Any
) -> None:
    order_id = bespoke.paid_order(bespoke.person(paul))
    ask(bespoke.person(odile), order_id, amount=2900)
    text = on_the_page(odile, order_id)
    assert "Given back €0.00 On its way back €29.00 Left €100.00" in text
    assert "€29.00 On its way Ordered by mistake" in text
    bespoke.settled()
    text = on_the_page(odile, order_id)
    assert "Given back €29.00 Left €100.00" in text and "On its way" not in text
    assert re.search(r"€29\.00 Refunded \d+ \w+ \d{4}", text), "and when"
    ask(bespoke.person(odile), order_id)
    assert "The rest is on its way back" in on_the_page(odile, order_id)
    bespoke.settled()
    assert "All of it has been given back" in on_the_page(odile, order_id)


def test_a_refund_that_failed_is_told_of_in_plain_words(
    bespoke: BespokeDriver, paul: Any, odile: Any
) -> None:
    """All of it was given back in Stripe's dashboard, and we do not know yet when a part is asked for."""
    order_id = bespoke.paid_order(bespoke.person(paul))
    bespoke.shop.sandbox.post("/_sandbox/webhooks", {"drop": 1.0})
    bespoke.shop.sandbox.stripe.v1.refunds.create({"charge": Payment.objects.get().charge})
    ask(bespoke.person(odile), order_id, amount=2900)
    bespoke.work()
    refused = Refund.objects.get()
    assert refused.state == "failed" and refused.failure_message
    text = on_the_page(odile, order_id)
    assert re.search(r"€29\.00 Failed \d+ \w+ \d{4}", text), "and when"
    assert "The payment provider refused it: nothing was given back. You can ask for it again." in text
    assert "Given back €0.00 Left €129.00" in text
    assert refused.failure_message not in text, "the gateway's own words are for the operator's desk"


def test_refunds_of_an_order_are_paged(bespoke: BespokeDriver, paul: Any, odile: Any) -> None:
    order_id, operator = bespoke.paid_order(bespoke.person(paul)), bespoke.person(odile)
    for number in range(12):
        assert ask(operator, order_id, amount=1, reason=f"Cent {number}.").status_code == 200
    text = on_the_page(odile, order_id)
    assert "Cent 11." in text and "Cent 2." in text and "Cent 1." not in text and "Page 1 of 2" in text


def test_a_dispute_that_was_lost_shows_beside_the_refunds_and_the_books_agree(
    bespoke: BespokeDriver, paul: Any, odile: Any
) -> None:
    order_id = bespoke.paid_order(bespoke.person(paul))
    dispute = bespoke.shop.sandbox.post("/_sandbox/disputes", {"charge": Payment.objects.get().charge})
    bespoke.settled()
    assert "Withdrawn by the payer’s bank €129.00 Left €0.00" in on_the_page(odile, order_id)
    bespoke.shop.sandbox.post(f"/_sandbox/disputes/{dispute['id']}/close", {"status": "lost"})
    bespoke.settled()
    assert bespoke.status(order_id) == "refunded"
    text = on_the_page(odile, order_id)
    assert "Given back €0.00 Withdrawn by the payer’s bank €129.00 Left €0.00" in text
    assert "There is nothing left to give back here" in text
    assert check.run() == [] and list(orders_and_payments()) == []
