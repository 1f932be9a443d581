"""From the cart, or from a product, to the gateway's page and back to the order, as a person goes."""

from html import unescape
from typing import Any
from urllib.parse import urlsplit

import pytest
from django.test import Client

from comptoir.marketplace.models import CartItem, Order
from tests.marketplace.pages import HERE, add, items_to_pay, return_from_gateway, seen, shown, sign_in
from tests.marketplace.sample_listings import WORKFLOW, bought, put_up
from tests.sandbox_process import visible_text

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.mark.req("K13", "K14", "K16")
def test_from_the_cart_to_the_download(client: Client, sandbox: Any, two_listings: Any, bruno: Any) -> None:
    client.force_login(bruno)
    add(client, *two_listings)
    (items,) = items_to_pay(client.get("/cart").text)
    to_pay = client.post("/checkout", {"item": items}, headers=HERE)
    assert to_pay.status_code == 303
    order = Order.objects.get()

    waiting = client.get(f"/orders/{order.pk}")
    assert "Waiting for your payment" in shown(waiting)
    assert to_pay["Location"] in unescape(waiting.text), "the way back to the gateway's page"

    assert sandbox.pay(to_pay["Location"]).status_code == 303
    back = return_from_gateway(client, order)
    assert back.redirect_chain[-1][0] == f"/orders/{order.pk}"
    text = shown(back)
    assert "Thank you. It is yours." in text
    assert "A receipt is on its way to bruno@example.test." in text
    assert "Hers Camille · n8n Download Hers" in text
    assert "Paid €50.00" in text
    assert "Your cart is empty" in seen(client, "/cart")
    assert "Merci. C’est à vous." in seen(client, f"/orders/{order.pk}?lang=fr")

    link = client.get(f"/download/{two_listings[0].pk}")
    assert link.status_code == 302
    fetched = Client().get(link["Location"])
    assert fetched.getvalue() == WORKFLOW
    assert 'filename="chase.json"' in fetched["Content-Disposition"]


@pytest.mark.req("K12", "K14")
def test_buying_at_once_leads_through_the_sign_in_and_straight_on(
    client: Client, sandbox: Any, two_listings: Any, bruno: Any
) -> None:
    hers, his = two_listings
    add(client, his)
    asked = client.post("/checkout", {"buy": hers.pk}, headers=HERE)
    assert asked["Location"] == "/accounts/login/?next=/checkout"
    signed_in = sign_in(client, bruno, asked["Location"])
    assert signed_in["Location"] == "/checkout"
    to_pay = client.get("/checkout")
    assert to_pay.status_code == 303
    assert urlsplit(to_pay["Location"]).netloc == urlsplit(sandbox.url).netloc
    assert [item.automation for item in Order.objects.get().items.all()] == [hers]
    assert {row.automation for row in CartItem.objects.filter(buyer=bruno)} == {hers, his}, "nothing is lost"
    assert client.get("/checkout")["Location"] == "/cart", "the wish is fulfilled once"


@pytest.mark.req("K14")
def test_paying_for_the_cart_leads_through_the_sign_in_and_straight_on(
    client: Client, sandbox: Any, two_listings: Any, bruno: Any
) -> None:
    add(client, *two_listings)
    asked = client.post("/checkout", headers=HERE)
    sign_in(client, bruno, asked["Location"])
    assert client.get("/checkout").status_code == 303
    assert Order.objects.get().total_minor == 5000


def test_buying_at_once_what_one_has_already_leads_to_the_download(
    client: Client, camille: Any, bruno: Any
) -> None:
    automation = put_up(camille)
    bought(bruno, automation)
    asked = client.post("/checkout", {"buy": automation.pk})
    sign_in(client, bruno, asked["Location"])
    answer = client.get("/checkout", follow=True)
    assert answer.redirect_chain[-1] == (f"/product/{automation.pk}", 303)
    assert "You have “Chase late invoices” already" in visible_text(answer.text)
    assert "You have this Download" in shown(answer)
