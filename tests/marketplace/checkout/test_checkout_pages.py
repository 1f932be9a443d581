"""From the cart, or from a product, to the gateway's page and back to the order, as a person goes."""

from datetime import timedelta
from html import unescape
from typing import Any
from urllib.parse import urlsplit

import pytest
from django.test import Client

from comptoir.kernel import clock
from comptoir.marketplace.checkout import open_orders, placing
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


def test_of_two_things_bought_at_once_in_one_form_the_first_counts(
    client: Client, sandbox: Any, two_listings: Any, bruno: Any, bea: Any
) -> None:
    hers, his = two_listings
    client.force_login(bea)
    bought(bea, hers)
    refused = client.post("/checkout", {"buy": [hers.pk, his.pk]}, headers=HERE)
    assert (refused.status_code, refused["Location"]) == (303, f"/product/{hers.pk}")
    client.logout()
    asked = client.post("/checkout", {"buy": [hers.pk, his.pk]}, headers=HERE)
    sign_in(client, bruno, asked["Location"])
    assert client.get("/checkout").status_code == 303
    assert [item.automation for item in Order.objects.get(buyer=bruno).items.all()] == [hers]


def test_bought_at_once_twice_in_one_visit(
    client: Client, sandbox: Any, two_listings: Any, bruno: Any
) -> None:
    hers, his = two_listings
    for signed_in in (False, True):
        if signed_in:
            client.force_login(bruno)
        for wanted in (hers, hers, his):
            answer = client.post("/checkout", {"buy": wanted.pk}, headers=HERE)
            assert answer.status_code == (303 if signed_in else 302)
    assert Order.objects.count() == 2


# ── What was asked for before signing in ────────────────────────────────────────────────────────────────────

ELSEWHERE = {"Sec-Fetch-Site": "cross-site", "Sec-Fetch-Mode": "navigate"}


def follow_a_link_from_elsewhere(client: Client) -> Any:
    answer = client.get("/checkout", headers=ELSEWHERE)
    assert answer.status_code == 303
    return answer["Location"]


@pytest.mark.req("K14")
def test_what_was_asked_for_before_signing_in_is_ordered_at_once_after_it_or_never(
    client: Client, sandbox: Any, two_listings: Any, bruno: Any
) -> None:
    asked = client.post("/checkout", {"buy": two_listings[0].pk}, headers=HERE)
    # They sign in, and go elsewhere for a while.
    sign_in(client, bruno, asked["Location"])
    clock.advance(timedelta(minutes=2))
    assert follow_a_link_from_elsewhere(client) == "/cart"
    assert not Order.objects.exists()


def test_a_sign_in_that_it_was_not_kept_for_orders_nothing(
    client: Client, sandbox: Any, two_listings: Any, bruno: Any
) -> None:
    asked = client.post("/checkout", {"buy": two_listings[0].pk}, headers=HERE)
    clock.advance(timedelta(minutes=61))
    assert client.get("/checkout")["Location"] == "/cart"
    sign_in(client, bruno, asked["Location"])
    assert follow_a_link_from_elsewhere(client) == "/cart"
    assert not Order.objects.exists()


def test_whoever_was_signed_in_without_the_form_orders_by_no_link(
    client: Client, sandbox: Any, two_listings: Any, bruno: Any
) -> None:
    client.post("/checkout", {"buy": two_listings[0].pk}, headers=HERE)
    client.force_login(bruno)  # as by the link in a mail
    assert follow_a_link_from_elsewhere(client) == "/cart"
    assert not Order.objects.exists()


def test_a_new_wish_takes_the_place_of_the_one_that_was_kept(
    client: Client, sandbox: Any, two_listings: Any, bruno: Any
) -> None:
    hers, his = two_listings
    asked = client.post("/checkout", {"buy": hers.pk}, headers=HERE)
    sign_in(client, bruno, asked["Location"])
    assert client.post("/checkout", {"buy": his.pk}, headers=HERE).status_code == 303
    assert follow_a_link_from_elsewhere(client) == "/cart"
    assert [item.automation for item in Order.objects.get().items.all()] == [his]


@pytest.mark.req("K14")
def test_carts_that_overlap_in_pages_that_are_faster_are_refused_in_words(
    client: Client, sandbox: Any, two_listings: Any, bruno: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    hers, his = two_listings
    client.force_login(bruno)
    close = open_orders.resume_or_close

    def close_while_another_page_orders(*args: Any) -> Any:
        found = close(*args)
        placing._write(bruno, [his])
        return found

    placing._write(bruno, [his])
    monkeypatch.setattr(open_orders, "resume_or_close", close_while_another_page_orders)
    answer = client.post("/checkout", {"item": [hers.pk, his.pk]}, headers=HERE)
    assert answer.status_code == 409
    assert "A payment for “His” is in progress." in visible_text(answer.text)
    monkeypatch.undo()
    assert client.post("/checkout", {"item": [hers.pk, his.pk]}, headers=HERE).status_code == 303
