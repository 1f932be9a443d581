"""Another amount came than an order was for: its buyer is told so, and can buy the thing once all of it went back."""

from dataclasses import replace
from typing import Any

import pytest
from django.db import transaction
from django.test import Client

from comptoir.kernel.jobs import drain
from comptoir.kernel.money import Money
from comptoir.kernel.payments import check, gateways, refunds
from comptoir.kernel.payments.installed_purposes import purpose_of
from comptoir.kernel.payments.models import Payment
from comptoir.kernel.payments.settlement import settle
from comptoir.marketplace.models import Order
from tests.marketplace.pages import items_to_pay, seen
from tests.sandbox_process import visible_text

pytestmark = pytest.mark.django_db(transaction=True)

CAME = Money(1500, "EUR")


@pytest.fixture
def paid_otherwise(client: Client, sandbox: Any, two_listings: Any, bruno: Any) -> Order:
    """Bruno has ordered hers for 19.99, and 15.00 came."""
    client.force_login(bruno)
    sandbox.pay(client.post("/checkout", {"buy": two_listings[0].pk})["Location"])
    order = Order.objects.get()
    payment = Payment.objects.get(pk=order.payment_id)
    settle(payment.pk, replace(gateways.charging("stripe").retrieve(payment), amount=CAME))
    drain()
    return order


def give_back(amount: Money | None = None) -> Payment:
    refunds.refund(Payment.objects.get(), amount=amount, reason="Odd", actor=None, key=f"test:{amount}")
    drain()
    payment = Payment.objects.get()
    purpose = purpose_of(payment)
    assert purpose
    for _twice in range(2):
        with transaction.atomic():
            purpose.on_failed([payment])
    return payment


def of_orders(lines: list[str]) -> list[str]:
    return [line for line in lines if line.startswith(("order ", "purchase "))]


def test_its_buyer_is_told_what_came_and_not_to_pay_again(
    client: Client, two_listings: Any, paid_otherwise: Order
) -> None:
    path = f"/orders/{paid_otherwise.pk}"
    text = seen(client, path)
    assert "Another amount has come €15.00 has arrived, where the order is for €19.99" in text
    assert "We will be in touch" in text
    assert items_to_pay(client.get(path).text) == []
    assert "Un autre montant est arrivé" in seen(client, f"{path}?lang=fr")
    client.get("/?lang=en")
    assert "Another amount has come" in seen(client, "/dashboard/orders")

    refused = client.post("/checkout", {"buy": two_listings[0].pk}, follow=True)
    assert "A payment of another amount has come for “Hers”." in visible_text(refused.text)
    assert "ready to download" not in refused.text
    assert Order.objects.count() == 1
    assert of_orders(check.run()) == []


def test_once_all_of_it_went_back_the_thing_can_be_bought_again(
    client: Client, two_listings: Any, paid_otherwise: Order
) -> None:
    give_back(Money(500, "EUR"))
    paid_otherwise.refresh_from_db()
    assert paid_otherwise.state == "pending", "a part of it is still here"

    give_back()

    paid_otherwise.refresh_from_db()
    assert paid_otherwise.state == "failed"
    text = seen(client, f"/orders/{paid_otherwise.pk}")
    assert "What you paid went back to you" in text and "Order again" in text
    assert "Nothing was charged" not in text
    assert "Refunded" in seen(client, "/dashboard/orders")
    (items,) = items_to_pay(client.get(f"/orders/{paid_otherwise.pk}").text)
    assert client.post("/checkout", {"item": items}).status_code == 303
    assert Order.objects.count() == 2
    assert of_orders(check.run()) == []


def test_an_order_left_open_after_its_money_went_back_is_found(paid_otherwise: Order) -> None:
    give_back()
    Order.objects.update(state="pending")  # whatever it was that failed
    assert [line for line in check.run() if str(paid_otherwise.pk) in line]
