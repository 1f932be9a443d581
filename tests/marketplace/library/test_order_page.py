"""The page of an order, from the waiting for its payment to the download, as its buyer sees it."""

import re
from datetime import timedelta
from html import unescape
from typing import Any
from urllib.parse import urlsplit

import pytest
from django.test import Client

from comptoir.kernel import clock
from comptoir.kernel.jobs import drain
from comptoir.kernel.payments import gateways
from comptoir.kernel.payments.models import Payment
from comptoir.kernel.payments.settlement import settle
from comptoir.marketplace.models import Order, Purchase
from tests.marketplace.pages import items_to_pay, return_from_gateway, seen, shown
from tests.marketplace.sample_listings import bought, put_up

pytestmark = pytest.mark.django_db(transaction=True)


def test_an_order_being_confirmed_asks_again_by_itself(
    client: Client, sandbox: Any, two_listings: Any, bruno: Any
) -> None:
    client.force_login(bruno)
    to_pay = client.post("/checkout", {"buy": two_listings[0].pk})
    order = Order.objects.get()
    page = client.get(f"/orders/{order.pk}").text
    (again,) = re.findall(r'hx-get="([^"]+)" hx-trigger="every 2s"', page)
    moving = {"HX-Request": "true"}
    assert client.get(again, headers=moving).status_code == 204, "nothing new, nothing sent"
    sandbox.pay(to_pay["Location"])
    settled = Payment.objects.get(pk=order.payment_id)
    settle(settled.pk, gateways.charging("stripe").retrieve(settled))
    confirming = client.get(again, headers=moving)
    assert "Your payment is being confirmed" in shown(confirming)
    assert '<meta http-equiv="refresh"' in confirming.text, "and without a script as well"
    (again,) = re.findall(r'hx-get="([^"]+)" hx-trigger="every 2s"', confirming.text)
    drain()
    ready = client.get(again, headers=moving)
    assert "Thank you. It is yours." in shown(ready)
    assert "hx-trigger" not in ready.text


def test_an_order_that_was_not_paid_in_time_can_be_made_again(
    client: Client, sandbox: Any, two_listings: Any, bruno: Any
) -> None:
    client.force_login(bruno)
    first = client.post("/checkout", {"buy": two_listings[0].pk})["Location"]
    order = Order.objects.get()
    payment = Payment.objects.get(pk=order.payment_id)
    sandbox.stripe.v1.checkout.sessions.expire(payment.session)
    return_from_gateway(client, order)
    drain()
    text = seen(client, f"/orders/{order.pk}")
    assert "This order has expired" in text
    assert "Order again" in text
    (items,) = items_to_pay(client.get(f"/orders/{order.pk}").text)
    second = client.post("/checkout", {"item": items})
    assert (second.status_code, second["Location"] != first) == (303, True)
    assert not Purchase.objects.exists()


def test_nobody_is_sent_to_a_page_that_the_gateway_has_closed_by_now(
    client: Client, sandbox: Any, two_listings: Any, bruno: Any
) -> None:
    client.force_login(bruno)
    first = client.post("/checkout", {"buy": two_listings[0].pk})["Location"]
    order = Order.objects.get()
    sandbox.post("/_sandbox/clock", {"advance": 4 * 3600})
    clock.advance(timedelta(hours=4))
    page = client.get(f"/orders/{order.pk}")
    assert first not in unescape(page.text)
    assert "Continue to the payment" in shown(page)
    (items,) = items_to_pay(page.text)
    second = client.post("/checkout", {"item": items})["Location"]
    assert urlsplit(second).netloc == urlsplit(sandbox.url).netloc
    assert second != first


def test_orders_and_downloads_are_nobody_elses(client: Client, camille: Any, bruno: Any, bea: Any) -> None:
    automation = put_up(camille)
    order = bought(bruno, automation)
    for path in (f"/orders/{order.pk}", f"/download/{automation.pk}"):
        assert client.get(path)["Location"] == f"/accounts/login/?next={path}"
    client.force_login(bea)
    answer = client.get(f"/orders/{order.pk}")
    assert answer.status_code == 404
    assert "Nous n’avons pas trouvé cette commande." in shown(answer)
    answer = client.get(f"/download/{automation.pk}")
    assert answer.status_code == 403
    assert "Seules les personnes qui l’ont acheté peuvent le télécharger. Voir le produit" in shown(answer)
    client.force_login(camille)
    assert client.get(f"/download/{automation.pk}").status_code == 302, "its seller may have it"


@pytest.mark.req("K18")
def test_a_refunded_order_says_so_and_gives_nothing(client: Client, camille: Any, bruno: Any) -> None:
    automation = put_up(camille)
    order = bought(bruno, automation)
    Purchase.objects.update(refunded_at=clock.now())
    client.force_login(bruno)
    text = seen(client, f"/orders/{order.pk}")
    assert "This order was refunded The whole amount went back" in text
    assert "Refunded" in text
    assert "Download" not in text
    assert client.get(f"/download/{automation.pk}").status_code == 403
    assert "Buy now" in seen(client, f"/product/{automation.pk}")
