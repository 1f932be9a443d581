"""The page of a sale's refunds: what is on its way, what was given back, what failed, and what is left."""

import re
from typing import Any

import pytest
from django.test import Client

from comptoir.kernel.payments import check, refunds
from comptoir.kernel.payments.gateways.base import RefundOutcome, RefundsSeen
from comptoir.kernel.payments.models import Payment, Refund, RefundState, Reversal
from comptoir.marketplace.models import Purchase
from tests.marketplace.dashboard.test_refunds import buy, euros, owed_to, settle
from tests.marketplace.pages import seen
from tests.shop import Shop

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.req("K18")]


def on_the_page(client: Client, purchase: str) -> str:
    return seen(client, f"/dashboard/sales/{purchase}/refund?lang=en")


def reading_english(user: Any) -> Client:
    user.locale = "en"
    user.save()
    client = Client()
    client.force_login(user)
    return client


def test_the_page_tells_what_is_on_its_way_from_what_was_given_back(
    shop: Shop, camille: Any, bruno: Any
) -> None:
    [purchase] = buy(shop, shop.person(bruno), shop.seller(camille).publish(price=1999))
    seller = reading_english(camille)
    assert "Refunds so far" not in on_the_page(seller, purchase)
    seller.post(f"/dashboard/sales/{purchase}/refund", {"amount": "5.00", "reason": "Half of it works"})
    text = on_the_page(seller, purchase)
    assert "Given back €0.00 On its way back €5.00 Left €14.99" in text
    assert "€5.00 On its way Half of it works" in text
    settle(shop)
    text = on_the_page(seller, purchase)
    assert "Given back €5.00 Left €14.99" in text and "On its way" not in text
    assert re.search(r"€5\.00 Refunded \d+ \w+ \d{4}", text), "and when"
    seller.post(f"/dashboard/sales/{purchase}/refund", {"amount": "14.99", "reason": "Nothing of it works"})
    text = on_the_page(seller, purchase)
    assert "The rest is on its way back" in text and "All of it has been given back" not in text
    settle(shop)
    assert "All of it has been given back" in on_the_page(seller, purchase)


def test_a_refund_that_failed_is_told_of_in_plain_words(
    shop: Shop, camille: Any, bruno: Any, odile: Any
) -> None:
    """Ten euros were given back in Stripe's dashboard, and we do not know yet when all of it is asked for."""
    [purchase] = buy(shop, shop.person(bruno), shop.seller(camille).publish(price=1999))
    shop.sandbox.post("/_sandbox/webhooks", {"drop": 1.0})
    [charge] = shop.sandbox.stripe.v1.charges.list().data
    taking_back = {"reverse_transfer": True, "refund_application_fee": True}
    shop.sandbox.stripe.v1.refunds.create({"charge": charge.id, "amount": 1000, **taking_back})
    seller = reading_english(camille)
    seller.post(f"/dashboard/sales/{purchase}/refund", {"amount": "19.99", "reason": "Does not import"})
    shop.work()
    refused = Refund.objects.get(subject_id=purchase)
    assert refused.state == "failed" and refused.failure_message
    text = on_the_page(seller, purchase)
    assert re.search(r"€19\.99 Failed \d+ \w+ \d{4}", text), "and when"
    assert "The payment provider refused it: nothing was given back. You can ask for it again." in text
    assert "Given back €0.00 Left €19.99" in text
    assert refused.failure_message not in text, "the gateway's own words are for the operator"

    refunds.refresh(Payment.objects.get())
    settle(shop)
    text = on_the_page(seller, purchase)
    assert "€10.00 Refunded" in text and "Made at the payment provider" in text
    assert "Given back €10.00 Left €9.99" in text
    assert 'value="9.99"' in seller.get(f"/dashboard/sales/{purchase}/refund?lang=en").text
    assert (
        shop.person(odile).post(f"/api/purchases/{purchase}/refund", {"reason": "x"}).json()["amount"] == 999
    )
    settle(shop)
    assert "All of it has been given back" in on_the_page(seller, purchase)
    assert not Purchase.objects.active().exists() and check.run() == []


def test_what_the_buyers_bank_sent_back_is_told_of_as_such(shop: Shop, camille: Any, bruno: Any) -> None:
    [purchase] = buy(shop, shop.person(bruno), shop.seller(camille).publish(price=1999))
    seller = reading_english(camille)
    seller.post(f"/dashboard/sales/{purchase}/refund", {"amount": "5.00", "reason": "Half of it works"})
    settle(shop)
    made = Refund.objects.get()
    bounced = RefundOutcome(RefundState.FAILED, made.reference, 500, failure_message="lost_or_stolen_card")
    refunds.sync_refunds(Payment.objects.get(), RefundsSeen([bounced]))
    settle(shop)
    text = on_the_page(seller, purchase)
    assert "Given back €0.00 Sent back by the payer’s bank €5.00 Left €14.99" in text
    assert "€5.00 Returned by the bank" in text and "It is kept for the payer" in text
    assert "lost_or_stolen_card" not in text


def test_a_seller_never_gives_back_more_than_is_left_of_their_share(
    shop: Shop, camille: Any, adrien: Any, bruno: Any
) -> None:
    """A part of the order was given back in Stripe's dashboard, of both sellers in proportion."""
    items = [shop.seller(camille).publish(price=1999), shop.seller(adrien).publish(price=3001)]
    purchases = buy(shop, shop.person(bruno), *items)
    shop.sandbox.stripe.v1.refunds.create({"charge": Payment.objects.get().charge, "amount": 1000})
    shop.webhooks_arrive("refund.created")
    settle(shop)
    seller = reading_english(camille)
    text = on_the_page(seller, purchases[0])
    assert "Given back €4.00 Left €15.99" in text and "€4.00 Refunded" in text
    assert "€10.00" not in text, "what others gave is not theirs to know"
    seller.post(f"/dashboard/sales/{purchases[0]}/refund", {"amount": "15.99", "reason": "The rest"})
    settle(shop)
    assert (
        sum(Reversal.objects.filter(share__payee__user=camille).values_list("gross_minor", flat=True)) == 1999
    )
    assert owed_to(camille) == euros(0)
    assert not Purchase.objects.active().filter(pk=purchases[0]).exists()
    assert check.run() == []


def test_refunds_of_a_sale_are_paged(
    shop: Shop, camille: Any, bruno: Any, django_assert_max_num_queries: Any
) -> None:
    [purchase] = buy(shop, shop.person(bruno), shop.seller(camille).publish(price=1999))
    seller = shop.person(camille)
    for number in range(12):
        asked = seller.post(f"/api/purchases/{purchase}/refund", {"amount": 1, "reason": f"Cent {number}."})
        assert asked.status_code == 200
    reader = reading_english(camille)
    with django_assert_max_num_queries(14):
        text = on_the_page(reader, purchase)
    assert "Cent 11." in text and "Cent 2." in text and "Cent 1." not in text and "Page 1 of 2" in text
    text = seen(reader, f"/dashboard/sales/{purchase}/refund?page=2&lang=en")
    assert "Cent 1." in text and "Cent 0." in text and "Cent 2." not in text


def test_what_a_bank_took_of_an_order_of_two_things_shows_on_the_page_of_each(
    shop: Shop, camille: Any, bruno: Any
) -> None:
    seller = shop.seller(camille)
    purchases = buy(shop, shop.person(bruno), seller.publish(price=1000), seller.publish(price=2000))
    opened = shop.sandbox.post("/_sandbox/disputes", {"charge": Payment.objects.get().charge})
    shop.sandbox.post(f"/_sandbox/disputes/{opened['id']}/close", {"status": "lost"})
    shop.sandbox.wait_until_delivered()
    settle(shop)

    text = on_the_page(reading_english(camille), purchases[0])

    assert "€10.00" in text and "Left €0.00" in text
    assert "All of it has been given back" not in text
    assert "Price €10.00" in text and "bank €10.00" in text
