"""The cart, as a person fills it and finds what is in the way (K13, K14)."""

import re
from typing import Any

import pytest
from django.test import Client

from comptoir.marketplace.models import CartItem, Order
from comptoir.marketplace.selling import publishing
from tests.marketplace.pages import FR, HERE, add, items_to_pay, seen, shown, sign_in
from tests.marketplace.sample_listings import bought, can_be_paid, put_up
from tests.sandbox_process import visible_text

pytestmark = pytest.mark.django_db(transaction=True)


# ── Filling it ──────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.req("K13")
def test_several_products_of_several_sellers(client: Client, camille: Any, adrien: Any, bruno: Any) -> None:
    hers, his = put_up(camille, title="Hers", price=1999), put_up(adrien, title="His", price=3001)
    client.force_login(bruno)
    add(client, hers, his, hers)
    text = seen(client, "/cart")
    assert "Hers Camille · n8n €19.99 Remove Hers" in text
    assert "His Adrien · n8n €30.01 Remove His" in text
    assert "2 items €50.00 Total €50.00 Pay" in text
    page = client.get("/cart").text
    assert re.search(r'class="count"><span aria-hidden="true">2<', page)
    assert items_to_pay(page) == [[str(hers.pk), str(his.pk)]]
    assert client.post("/cart/remove", {"item": hers.pk}).status_code == 303
    assert "Hers" not in seen(client, "/cart")


@pytest.mark.req("K13")
def test_adding_says_so_and_the_page_remembers(client: Client, camille: Any) -> None:
    automation = put_up(camille)
    answer = client.post("/cart/add", {"item": automation.pk}, follow=True)
    assert answer.redirect_chain == [(f"/product/{automation.pk}", 303)]
    assert "Added to your cart." in visible_text(answer.text)
    assert "In your cart" in shown(answer)
    assert "Added" not in client.get(f"/product/{automation.pk}").text


def test_an_empty_cart_says_what_to_do(client: Client, db: None) -> None:
    assert "Your cart is empty What you put in it stays here until you pay. Look around" in seen(
        client, "/cart"
    )
    assert "Votre panier est vide" in seen(client, "/cart", **FR)


@pytest.mark.req("K13")
def test_a_cart_filled_before_signing_in_is_ones_own_afterwards(
    client: Client, camille: Any, adrien: Any, bruno: Any
) -> None:
    hers, his, other = (
        put_up(camille, title="Hers"),
        put_up(adrien, title="His"),
        put_up(adrien, title="Other"),
    )
    CartItem.objects.create(buyer=bruno, automation=his)
    bought(bruno, other)
    add(client, hers, his, other)
    assert "Sign in and pay" in seen(client, "/cart")
    sign_in(client, bruno, "/accounts/login/")
    assert {row.automation_id for row in CartItem.objects.filter(buyer=bruno)} == {hers.pk, his.pk}
    assert re.search(r'class="count"><span aria-hidden="true">2<', client.get("/").text)
    text = seen(client, "/cart")
    assert "Hers" in text
    assert "His" in text
    assert "Other" not in text


@pytest.mark.parametrize("path", ["/", "/cart"])
def test_looking_at_a_page_changes_nobodys_cart(client: Client, camille: Any, bruno: Any, path: str) -> None:
    add(client, put_up(camille))
    client.force_login(bruno)
    assert client.get(path).status_code == 200
    assert not CartItem.objects.exists()


@pytest.mark.req("K13")
def test_prices_in_two_currencies_are_two_payments(client: Client, camille: Any) -> None:
    euros, dollars = put_up(camille, title="In euros"), put_up(camille, title="In dollars", currency="USD")
    add(client, euros, dollars)
    text = seen(client, "/cart", **FR)
    assert "En EUR In euros 19,99 € Total 19,99 €" in text
    assert "En USD In dollars 19,99 $US Total 19,99 $US" in text
    assert "Payez l’une, puis l’autre" in text
    assert items_to_pay(client.get("/cart").text) == [[str(euros.pk)], [str(dollars.pk)]]


# ── What is in the way ──────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.req("K13", "K14")
def test_what_cannot_be_bought_stays_and_is_left_out_of_the_bill(
    client: Client, camille: Any, adrien: Any, bruno: Any
) -> None:
    hers, his = put_up(camille, title="Hers"), put_up(adrien, title="His", price=3001)
    client.force_login(bruno)
    add(client, hers, his)
    can_be_paid(camille, so=False)
    text = seen(client, "/cart")
    assert (
        "Remove Hers Its seller cannot take payments at the moment. It waits here, and is not in your total."
        in text
    )
    assert "Total €30.01" in text
    assert items_to_pay(client.get("/cart").text) == [[str(his.pk)]]
    can_be_paid(adrien, so=False)
    assert "Nothing here can be paid for at the moment." in seen(client, "/cart")


def test_what_one_has_or_sells_oneself_is_not_put_in_the_cart(client: Client, camille: Any, bea: Any) -> None:
    automation = put_up(camille)
    client.force_login(camille)
    answer = client.post("/cart/add", {"item": automation.pk}, follow=True)
    assert "« Chase late invoices » est votre propre produit." in visible_text(answer.text)
    bought(bea, automation)
    client.force_login(bea)
    answer = client.post("/cart/add", {"item": automation.pk}, follow=True)
    assert "Vous avez déjà « Chase late invoices »" in visible_text(answer.text)
    assert not CartItem.objects.exists()


@pytest.mark.req("K14")
def test_a_refusal_at_the_checkout_stands_beside_the_thing_and_loses_nothing(
    client: Client, camille: Any, adrien: Any, bea: Any
) -> None:
    hers, his = put_up(camille, title="Hers"), put_up(adrien, title="His")
    client.force_login(bea)
    add(client, hers, his)
    can_be_paid(camille, so=False)
    answer = client.post("/checkout", {"item": [hers.pk, his.pk]})
    assert answer.status_code == 409
    assert "Retirer Hers Cette boutique ne peut pas encaisser de paiement en ce moment." in shown(answer)
    assert "His" in shown(answer)
    assert CartItem.objects.filter(buyer=bea).count() == 2
    answer = client.post("/checkout")
    assert answer.status_code == 409, "without a list it is the whole cart"


def test_paying_in_two_currencies_at_once_is_refused_with_what_to_do(
    client: Client, camille: Any, bruno: Any
) -> None:
    client.force_login(bruno)
    add(client, put_up(camille), put_up(camille, currency="USD"))
    answer = client.post("/checkout")
    assert answer.status_code == 409
    assert "Order each currency on its own." in shown(answer)
    assert len(items_to_pay(answer.text)) == 2


def test_a_gateway_that_does_not_answer_loses_nothing(
    client: Client, sandbox: Any, two_listings: Any, bruno: Any
) -> None:
    client.force_login(bruno)
    add(client, *two_listings)
    fault = {"endpoint": "POST /v1/checkout/sessions", "kind": "500", "times": 2}
    sandbox.post("/_sandbox/faults", fault)
    answer = client.post("/checkout")
    assert answer.status_code == 503
    assert "The payment provider does not answer. Nothing is lost: try again in a moment." in shown(answer)
    assert "Total €50.00" in shown(answer)
    assert client.post("/checkout").status_code == 303
    assert Order.objects.count() == 1


def test_what_was_withdrawn_meanwhile_is_not_ordered_in_silence(
    client: Client, camille: Any, adrien: Any, bruno: Any
) -> None:
    hers, his = put_up(camille, title="Hers"), put_up(adrien, title="His")
    client.force_login(bruno)
    add(client, hers, his)
    (items,) = items_to_pay(client.get("/cart").text)
    publishing.unpublish(camille, hers.pk)
    answer = client.post("/checkout", {"item": items})
    assert answer.status_code == 409
    assert "“Hers” is not for sale at the moment." in shown(answer)
    assert items_to_pay(answer.text) == [[str(his.pk)]]
    assert not Order.objects.exists()


# ── Whose form it is ────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("path", ["/cart/add", "/cart/remove", "/checkout"])
def test_a_form_of_another_site_is_refused(camille: Any, bruno: Any, path: str) -> None:
    client = Client(enforce_csrf_checks=True)
    client.force_login(bruno)
    automation = put_up(camille)
    sent = {"item": automation.pk, "buy": automation.pk}
    elsewhere = {"Origin": "https://elsewhere.example"}
    for headers in (
        elsewhere,
        {"Sec-Fetch-Site": "cross-site"},
        {"Sec-Fetch-Site": "same-site"},
        {"Origin": "null"},
    ):
        answer = client.post(path, sent, headers=headers)
        assert answer.status_code == 403
        assert "This was sent from another site." in shown(answer)
    assert not CartItem.objects.exists()
    assert not Order.objects.exists()
    if path == "/cart/add":
        assert client.post(path, sent, headers=HERE).status_code == 303
        assert client.post(path, sent, headers={"Origin": "http://testserver"}).status_code == 303


def test_a_link_cannot_change_anything(client: Client, camille: Any, bruno: Any) -> None:
    client.force_login(bruno)
    automation = put_up(camille)
    assert client.get(f"/cart/add?item={automation.pk}").status_code == 405
    assert client.get(f"/checkout?buy={automation.pk}")["Location"] == "/cart"
    assert not Order.objects.exists()


@pytest.mark.parametrize("sent", [{}, {"item": "17"}, {"item": "01890000-0000-7000-8000-000000000000"}])
def test_what_never_was_for_sale_is_not_found(client: Client, db: None, sent: dict[str, str]) -> None:
    answer = client.post("/cart/add", sent, headers=FR)
    assert answer.status_code == 404
    assert "Ce produit n’existe pas, ou n’existe plus." in shown(answer)
