"""Refunds: what goes back to the buyer comes from whom it went to, to the cent, and the download goes with it."""

import re
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.test import Client
from hypothesis import given, settings
from hypothesis import strategies as st

from comptoir.kernel import clock
from comptoir.kernel.jobs.models import Job
from comptoir.kernel.ledger import chart
from comptoir.kernel.ledger.posting import balance
from comptoir.kernel.money import Money
from comptoir.kernel.notifications.models import Mail
from comptoir.kernel.payments import check
from comptoir.kernel.payments import refunds as money_back
from comptoir.kernel.payments.models import Payee, Payment, Refund, Reversal
from comptoir.kernel.payments.unwinding import fee_part
from comptoir.marketplace.models import Purchase
from tests.shop import Person, Shop

pytestmark = pytest.mark.django_db(transaction=True)
FEES = chart.fees("marketplace.order")


def euros(minor: int) -> Money:
    return Money(minor, "EUR")


def owed_to(user: Any) -> Money:
    return balance(chart.payee(Payee.objects.get(user=user).pk), "EUR")


def buy(shop: Shop, buyer: Person, *items: str) -> list[str]:
    """Order, pay, deliver; the purchases' ids in the order of the items."""
    shop.sandbox.pay(buyer.check_out(*items)["checkoutUrl"])
    shop.webhooks_arrive("checkout.session.completed")
    shop.sandbox.wait_until_delivered()
    shop.work()
    found = {row["automationId"]: row["id"] for row in buyer.get("/api/purchases").json()["items"]}
    return [found[item] for item in items]


def settle(shop: Shop) -> None:
    shop.work()
    shop.sandbox.wait_until_delivered()
    shop.work()


@pytest.fixture
def two_sellers(shop: Shop, camille: Any, adrien: Any, bruno: Any) -> tuple[Person, list[str], list[str]]:
    """Bruno has bought 19.99 € of Camille and 30.01 € of Adrien in one order."""
    items = [shop.seller(camille).publish(price=1999), shop.seller(adrien).publish(price=3001)]
    buyer = shop.person(bruno)
    return buyer, items, buy(shop, buyer, *items)


@pytest.mark.req("K18")
def test_a_refund_takes_the_download_away_and_gives_back_the_fee(
    shop: Shop, camille: Any, bruno: Any, odile: Any
) -> None:
    automation, buyer = shop.seller(camille).publish(price=1999), shop.person(bruno)
    [purchase] = buy(shop, buyer, automation)
    answer = shop.person(odile).post(f"/api/purchases/{purchase}/refund", {"reason": "Does not import"})
    assert answer.status_code == 200, answer.text
    assert answer.json() | {"id": ""} == {"id": "", "state": "pending", "amount": 1999, "currency": "EUR"}
    settle(shop)

    charge = shop.sandbox.stripe.v1.charges.list({"expand": ["data.application_fee"]}).data[0]
    assert (charge.amount_refunded, charge.application_fee.amount_refunded) == (1999, 300)
    assert [t.amount_reversed for t in shop.sandbox.stripe.v1.transfers.list().data] == [1999]
    assert balance(FEES, "EUR") == owed_to(camille) == euros(0)
    assert balance(chart.gateway("stripe"), "EUR") == euros(-55)  # Stripe keeps its fee
    assert buyer.bought() == []
    assert buyer.get(f"/api/automations/{automation}/download").json()["code"] == "not_bought"
    assert "Does not import" in Mail.objects.get(template="refund").text
    assert check.run() == []

    buy(shop, buyer, automation)  # and it may be bought again
    assert buyer.bought() == [automation]
    assert check.run() == []


@pytest.mark.req("K18")
def test_of_two_sellers_only_the_one_concerned_gives_back(
    shop: Shop, two_sellers: tuple[Person, list[str], list[str]], camille: Any, adrien: Any
) -> None:
    buyer, items, purchases = two_sellers
    assert (
        shop.person(camille).post(f"/api/purchases/{purchases[0]}/refund", {"reason": "x"}).status_code == 200
    )
    settle(shop)
    reversed_ = {t.amount: t.amount_reversed for t in shop.sandbox.stripe.v1.transfers.list().data}
    assert reversed_ == {1699: 1699, 2551: 0}
    assert balance(FEES, "EUR") == euros(450)
    assert owed_to(camille) == owed_to(adrien) == euros(0)
    assert buyer.bought() == [items[1]]
    assert check.run() == []


@pytest.mark.req("K18")
def test_partial_refunds_add_up_and_the_last_one_takes_the_download(
    shop: Shop, two_sellers: tuple[Person, list[str], list[str]], odile: Any
) -> None:
    buyer, items, purchases = two_sellers
    operator, path = shop.person(odile), f"/api/purchases/{purchases[1]}/refund"
    for amount in (1, 999, 1000):
        assert operator.post(path, {"amount": amount, "reason": "goodwill"}).status_code == 200
        settle(shop)
        assert sorted(buyer.bought()) == sorted(items)
    too_much = operator.post(path, {"amount": 1002, "reason": "goodwill"})
    assert (too_much.status_code, too_much.json()["code"]) == (422, "refund_too_large")
    assert "10,01" in too_much.json()["detail"]  # Odile reads French
    operator.post(path, {"reason": "the rest"})
    settle(shop)
    assert buyer.bought() == [items[0]]
    assert sum(Reversal.objects.values_list("fee_minor", flat=True)) == 450
    assert balance(FEES, "EUR") == euros(300)
    again = operator.post(path, {"reason": "once more"})
    assert (again.status_code, again.json()["code"]) == (409, "not_refundable")
    assert check.run() == []


@pytest.mark.req("K18")
@pytest.mark.parametrize("amount", [1000, None])
def test_refunds_made_in_stripes_own_dashboard_arrive_by_webhook(
    shop: Shop, two_sellers: tuple[Person, list[str], list[str]], amount: int | None
) -> None:
    """They say nothing of sellers: each gives their part, in proportion."""
    buyer, items, _purchases = two_sellers
    charge = Payment.objects.get().charge
    wish: dict[str, Any] = {"charge": charge} | ({"amount": amount} if amount else {})
    shop.sandbox.stripe.v1.refunds.create(wish)
    shop.webhooks_arrive("refund.created")
    settle(shop)
    assert Refund.objects.get().amount_minor == (amount or 5000)
    taken = sorted(Reversal.objects.values_list("gross_minor", "fee_minor"))
    assert taken == ([(400, 60), (600, 90)] if amount else [(1999, 300), (3001, 450)])
    assert sorted(buyer.bought()) == ([] if amount is None else sorted(items))
    assert check.run() == []


@pytest.mark.req("K18")
def test_only_the_seller_and_the_operator_may(shop: Shop, two_sellers: Any, camille: Any, bea: Any) -> None:
    buyer, _items, purchases = two_sellers
    for person in (buyer, shop.person(bea), shop.person(camille)):
        refused = person.post(f"/api/purchases/{purchases[1]}/refund", {"reason": "please"})
        assert (refused.status_code, refused.json()["code"]) == (404, "purchase_not_found")
    assert not Refund.objects.exists()


def test_without_a_reason_nothing_is_given_back(shop: Shop, two_sellers: Any, odile: Any) -> None:
    refused = shop.person(odile).post(f"/api/purchases/{two_sellers[2][0]}/refund", {"reason": "  "})
    assert refused.status_code == 422
    assert refused.json()["errors"][0]["field"] == "reason"


def test_what_the_sellers_account_cannot_give_back_they_owe_until_they_can(
    shop: Shop, two_sellers: Any, camille: Any, bea: Any, odile: Any
) -> None:
    _buyer, _items, purchases = two_sellers
    account = Payee.objects.get(user=camille).account
    shop.sandbox.stripe.v1.payouts.create({"amount": 1699, "currency": "eur"}, {"stripe_account": account})
    shop.person(odile).post(f"/api/purchases/{purchases[0]}/refund", {"reason": "broken"})
    settle(shop)
    reversal = Reversal.objects.get()
    assert reversal.state == "owed"
    assert reversal.owed_because
    assert owed_to(camille) == euros(-1699)
    assert check.run() == []

    buy(shop, shop.person(bea), shop.person(camille).publish(price=5000))
    from comptoir.kernel.payments.payouts.reversals import ask_debtors

    ask_debtors()
    settle(shop)
    assert owed_to(camille) == euros(0)
    assert check.run() == []


@pytest.mark.parametrize("kind", ["timeoutAfterEffect", "timeoutBeforeEffect", "500", "429"])
@pytest.mark.parametrize("endpoint", ["POST /v1/refunds", "reversals"])
def test_a_gateway_that_fails_refunds_once(
    shop: Shop, two_sellers: Any, odile: Any, endpoint: str, kind: str
) -> None:
    _buyer, _items, purchases = two_sellers
    transfer = next(t for t in shop.sandbox.stripe.v1.transfers.list().data if t.amount == 1699)
    where = endpoint if endpoint.startswith("POST") else f"POST /v1/transfers/{transfer.id}/reversals"
    shop.sandbox.post("/_sandbox/faults", {"endpoint": where, "kind": kind, "times": 5})
    shop.person(odile).post(f"/api/purchases/{purchases[0]}/refund", {"reason": "broken"})
    settle(shop)
    shop.sandbox.http.delete("/_sandbox/faults")
    clock.advance(timedelta(hours=1))
    settle(shop)
    assert [r.amount for r in shop.sandbox.stripe.v1.refunds.list().data] == [1999]
    reversed_ = {t.amount: t.amount_reversed for t in shop.sandbox.stripe.v1.transfers.list().data}
    assert reversed_ == {1699: 1699, 2551: 0}
    assert Purchase.objects.active().count() == 1
    assert check.run() == []


@pytest.mark.req("K18")
def test_what_the_gateway_refused_can_be_asked_for_again(
    shop: Shop, camille: Any, bruno: Any, odile: Any
) -> None:
    """Ten euros were given back in Stripe's dashboard, and we do not know yet when we ask for all of it."""
    [purchase] = buy(shop, shop.person(bruno), shop.seller(camille).publish(price=1999))
    shop.sandbox.post("/_sandbox/webhooks", {"hold": True})
    [charge] = shop.sandbox.stripe.v1.charges.list().data
    taking_back = {"reverse_transfer": True, "refund_application_fee": True}
    shop.sandbox.stripe.v1.refunds.create({"charge": charge.id, "amount": 1000, **taking_back})
    operator, path = shop.person(odile), f"/api/purchases/{purchase}/refund"
    assert operator.post(path, {"reason": "Does not import"}).status_code == 200
    shop.work()
    assert [refund.state for refund in Refund.objects.filter(subject_id=purchase)] == ["failed"]
    shop.sandbox.post("/_sandbox/webhooks", {"hold": False})
    shop.sandbox.post("/_sandbox/webhooks/release")
    settle(shop)

    assert operator.post(path, {"amount": 999, "reason": "The rest"}).json()["state"] == "pending"
    settle(shop)
    assert shop.sandbox.stripe.v1.charges.retrieve(charge.id).amount_refunded == 1999
    assert not Purchase.objects.active().exists()
    assert check.run() == []


def lose(shop: Shop, amount: int | None = None, *, before: Any = lambda: None) -> None:
    """The buyer's bank takes so much back, and keeps it; `before` it has decided."""
    dispute = shop.sandbox.post(
        "/_sandbox/disputes", {"charge": Payment.objects.get().charge, "amount": amount}
    )
    settle(shop)
    before()
    evidence = {"evidence": {"uncategorized_text": "losing_evidence"}, "submit": True}
    shop.sandbox.stripe.v1.disputes.update(dispute["id"], evidence)
    settle(shop)


@pytest.mark.req("K18")
def test_a_part_still_on_its_way_does_not_take_the_download_away(
    shop: Shop, camille: Any, bruno: Any, odile: Any
) -> None:
    buyer, operator = shop.person(bruno), shop.person(odile)
    [purchase] = buy(shop, buyer, shop.seller(camille).publish(price=1999))
    path = f"/api/purchases/{purchase}/refund"
    assert operator.post(path, {"amount": 1000, "reason": "A part"}).status_code == 200
    shop.sandbox.wait_until_delivered()
    later = Payment.objects.get()
    money_back.refund(
        later, amount=euros(999), reason="The rest", actor=None, key="the rest", parts=[], subject_id=purchase
    )
    Job.objects.filter(key__contains=str(Refund.objects.get(key="the rest").pk)).update(
        run_at=clock.now() + timedelta(hours=2)
    )
    settle(shop)
    assert [refund.state for refund in Refund.objects.order_by("amount_minor")] == ["pending", "succeeded"]
    assert len(buyer.bought()) == 1, "what is on its way may still fail"
    clock.advance(timedelta(hours=3))
    settle(shop)
    assert buyer.bought() == []


@pytest.mark.req("K18")
@pytest.mark.parametrize("heard_first", ["refund", "dispute"])
def test_a_refund_and_a_lost_dispute_that_make_the_whole_take_the_download_away(
    shop: Shop, camille: Any, bruno: Any, heard_first: str
) -> None:
    buyer = shop.person(bruno)
    buy(shop, buyer, shop.seller(camille).publish(price=1999))
    payment = Payment.objects.get()
    shop.sandbox.post("/_sandbox/webhooks", {"drop": heard_first == "dispute"})
    taking_back = {"reverse_transfer": True, "refund_application_fee": True}
    shop.sandbox.stripe.v1.refunds.create({"charge": payment.charge, "amount": 1000, **taking_back})
    settle(shop)
    shop.sandbox.post("/_sandbox/webhooks", {"drop": False})

    def still_there() -> None:
        assert len(buyer.bought()) == 1, "what the bank holds may be won"

    lose(shop, 999, before=still_there)
    if heard_first == "dispute":
        still_there()
        money_back.refresh(payment)
        settle(shop)
    assert buyer.bought() == []
    assert check.run() == []


def test_a_refund_on_its_way_does_not_make_a_part_lost_the_whole(
    shop: Shop, camille: Any, bruno: Any
) -> None:
    buyer = shop.person(bruno)
    buy(shop, buyer, shop.seller(camille).publish(price=1999))

    def one_is_asked_for() -> None:
        Payment.objects.update(refunded_minor=1000)

    lose(shop, 999, before=one_is_asked_for)
    Payment.objects.update(refunded_minor=0)
    assert len(buyer.bought()) == 1
    assert check.run() == []


def test_of_a_payment_lost_to_the_bank_nothing_can_be_given_back(
    shop: Shop, camille: Any, bruno: Any, odile: Any
) -> None:
    [purchase] = buy(shop, shop.person(bruno), shop.seller(camille).publish(price=1999))
    lose(shop)
    refused = shop.person(odile).post(f"/api/purchases/{purchase}/refund", {"reason": "Kind"})
    assert (refused.status_code, refused.json()["code"]) == (409, "not_refundable")


def test_the_same_form_sent_twice_gives_back_once(shop: Shop, camille: Any, bruno: Any) -> None:
    [purchase] = buy(shop, shop.person(bruno), shop.seller(camille).publish(price=1999))
    seller, page = Client(), f"/dashboard/sales/{purchase}/refund"
    seller.force_login(camille)
    [key] = re.findall(r'name="request_key" value="([^"]+)"', seller.get(page).content.decode())
    sent = {"amount": "5,00", "reason": "Ne marche pas", "request_key": key}
    assert [seller.post(page, sent).status_code for _time in range(2)] == [303, 303]
    settle(shop)
    assert [refund.amount for refund in Refund.objects.all()] == [euros(500)]


@pytest.mark.req("K18")
def test_the_seller_gives_it_back_in_the_browser(shop: Shop, camille: Any, bruno: Any, bea: Any) -> None:
    [purchase] = buy(shop, shop.person(bruno), shop.seller(camille).publish(price=1999))
    seller, page = Client(), f"/dashboard/sales/{purchase}/refund"
    seller.force_login(camille)
    assert page in seller.get("/dashboard/sales").content.decode()
    shown = seller.get(page)
    assert 'value="19,99"' in shown.content.decode()
    wrong = seller.post(page, {"amount": "25,00", "reason": "Ne marche pas"})
    assert wrong.status_code == 422
    assert "On peut rendre au plus 19,99" in wrong.content.decode()
    assert "Ne marche pas" in wrong.content.decode()
    assert seller.post(page, {"amount": "19,99", "reason": "Ne marche pas"}).status_code == 303
    settle(shop)
    assert "Remboursé" in seller.get("/dashboard/sales").content.decode()
    assert balance(FEES, "EUR") == euros(0)
    stranger = Client()
    stranger.force_login(bea)
    assert stranger.get(page).status_code == 404
    assert Client().get(page).status_code == 302


@given(st.lists(st.integers(1, 5000), min_size=1, max_size=12), st.integers(50, 20000))
@settings(max_examples=200, deadline=None)
def test_fees_of_the_parts_add_up_to_the_fee(parts: list[int], price: int) -> None:
    """However a price is given back, bit by bit, all of the fee is given back with it and never more."""
    gross_left, fee_left = price, Money(price, "EUR").share(Decimal("0.15")).minor
    for part in [*parts, price]:
        part = min(part, gross_left)
        if not part:
            break
        fee = fee_part(euros(part), gross_left=gross_left, fee_left=fee_left).minor
        assert 0 <= fee <= fee_left
        gross_left, fee_left = gross_left - part, fee_left - fee
    assert (gross_left, fee_left) == (0, 0)
