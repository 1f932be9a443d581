"""A purchase from the catalogue to the download, over HTTP: who gets what, and what the books say."""

from typing import Any

import httpx
import pytest

from comptoir.kernel.ledger import chart
from comptoir.kernel.ledger.posting import balance
from comptoir.kernel.money import Money
from comptoir.kernel.notifications.models import Mail
from comptoir.kernel.payments import check
from comptoir.kernel.payments.models import Payee, Payment, Share
from tests.shop import WORKFLOW, Shop

pytestmark = pytest.mark.django_db(transaction=True)


def euros(minor: int) -> Money:
    return Money(minor, "EUR")


def owed_to(user: Any) -> Money:
    return balance(chart.payee(Payee.objects.get(user=user).pk), "EUR")


@pytest.mark.req("K14", "K15", "K16", "K17")
def test_one_seller_is_paid_by_a_destination_charge(shop: Shop, camille: Any, bruno: Any) -> None:
    seller, buyer = shop.seller(camille), shop.person(bruno)
    automation = seller.publish(price=1999)
    order = buyer.check_out(automation)
    assert shop.sandbox.pay(order["checkoutUrl"]).status_code == 303
    shop.webhooks_arrive("checkout.session.completed")
    shop.work()

    assert buyer.get(f"/api/orders/{order['orderId']}").json()["status"] == "paid"
    assert buyer.bought() == [automation]
    charge = shop.sandbox.stripe.v1.charges.list({"expand": ["data.application_fee"]}).data[0]
    assert (charge.amount, charge.application_fee.amount) == (1999, 300)
    assert charge.transfer_data.destination == Payee.objects.get(user=camille).account
    assert [t.amount for t in shop.sandbox.stripe.v1.transfers.list().data] == [1999]
    fee = Payment.objects.get().gateway_fee_minor
    assert fee == 55  # 1.5 % and 25 cents
    assert balance(chart.fees("marketplace.order"), "EUR") == euros(300)
    assert balance(chart.gateway("stripe"), "EUR") == euros(300 - fee)
    assert owed_to(camille) == euros(0)
    assert check.run() == []

    download = buyer.get(f"/api/automations/{automation}/download").json()
    assert (download["filename"], download["expiresIn"]) == ("chase.json", 300)
    fetched = httpx.get(download["url"])
    assert fetched.content == WORKFLOW
    assert "chase.json" in fetched.headers["Content-Disposition"]


@pytest.mark.req("K13", "K14")
def test_several_sellers_get_a_transfer_each_and_no_cent_is_lost(
    shop: Shop, camille: Any, adrien: Any, bruno: Any
) -> None:
    first, second, buyer = shop.seller(camille), shop.seller(adrien), shop.person(bruno)
    items = [first.publish(price=1999), second.publish(price=3001)]
    order = buyer.check_out(*items)
    shop.sandbox.pay(order["checkoutUrl"])
    shop.webhooks_arrive("checkout.session.completed")
    shop.work()

    transfers = shop.sandbox.stripe.v1.transfers.list().data
    charge = shop.sandbox.stripe.v1.charges.list().data[0]
    accounts = {user: Payee.objects.get(user=user).account for user in (camille, adrien)}
    assert {t.destination: t.amount for t in transfers} == {accounts[camille]: 1699, accounts[adrien]: 2551}
    assert {t.source_transaction for t in transfers} == {charge.id}
    assert {t.transfer_group for t in transfers} == {charge.transfer_group}
    assert {s.payee.user: s.fee_minor for s in Share.objects.select_related("payee__user")} == {
        camille: 300,
        adrien: 450,
    }
    assert balance(chart.fees("marketplace.order"), "EUR") == euros(750)
    assert owed_to(camille) == owed_to(adrien) == euros(0)
    assert sorted(buyer.bought()) == sorted(items)
    assert check.run() == []


@pytest.mark.req("K13")
def test_two_things_of_one_seller_are_one_share(shop: Shop, camille: Any, bruno: Any) -> None:
    """The fee is rounded on each item: 2 × 0.15 × 0.50 € is 0.08 + 0.08, not 0.15."""
    seller, buyer = shop.seller(camille), shop.person(bruno)
    items = [seller.publish(price=50), seller.publish(price=50)]
    shop.sandbox.pay(buyer.check_out(*items)["checkoutUrl"])
    shop.webhooks_arrive("checkout.session.completed")
    shop.work()
    assert (Share.objects.get().gross_minor, Share.objects.get().fee_minor) == (100, 16)
    assert check.run() == []


@pytest.mark.req("K16")
def test_the_buyer_gets_one_mail_in_their_language_and_the_seller_hears_of_it(
    shop: Shop, camille: Any, bea: Any
) -> None:
    seller, buyer = shop.seller(camille), shop.person(bea)
    shop.sandbox.pay(buyer.check_out(seller.publish(title="Relancer les factures"))["checkoutUrl"])
    shop.webhooks_arrive("checkout.session.completed")
    shop.work()
    to_buyer = Mail.objects.get(recipient=bea)
    assert to_buyer.subject == "Votre téléchargement est prêt\N{NO-BREAK SPACE}: Relancer les factures"
    assert "19,99\xa0€" in to_buyer.text
    assert "16,99\xa0€" in Mail.objects.get(recipient=camille, template="sale").text


@pytest.mark.req("K14")
def test_the_price_at_the_time_of_the_order_is_paid(shop: Shop, camille: Any, bruno: Any) -> None:
    seller, buyer = shop.seller(camille), shop.person(bruno)
    automation = seller.publish(price=1999)
    order = buyer.check_out(automation)
    assert seller.patch(f"/api/automations/{automation}", {"price": 9900}).status_code == 200
    shop.sandbox.pay(order["checkoutUrl"])
    shop.webhooks_arrive("checkout.session.completed")
    shop.work()
    assert buyer.get(f"/api/orders/{order['orderId']}").json()["total"] == 1999
    assert check.run() == []
