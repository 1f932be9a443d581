"""Ordering over the API: what counts, and what is refused."""

from typing import Any

import pytest

from comptoir.kernel.payments.models import Payee
from tests.shop import Shop

pytestmark = pytest.mark.django_db(transaction=True)

REFUSED = [
    ("own_product", 409),
    ("already_bought", 409),
    ("not_for_sale", 409),
    ("mixed_currencies", 409),
    ("seller_cannot_be_paid", 409),
    ("cart_empty", 422),
    ("automation_not_found", 404),
]


@pytest.mark.req("K14")
def test_a_price_sent_by_the_client_counts_for_nothing(shop: Shop, camille: Any, bruno: Any) -> None:
    automation, buyer = shop.seller(camille).publish(price=1999), shop.person(bruno)
    answer = buyer.post("/api/checkout", {"items": [automation], "price": 1, "total": 1, "currency": "JPY"})
    assert answer.status_code in (200, 422)
    order = buyer.check_out(automation)
    shop.sandbox.pay(order["checkoutUrl"])
    assert [charge.amount for charge in shop.sandbox.stripe.v1.charges.list().data] == [1999]


@pytest.mark.req("K14")
@pytest.mark.parametrize(("code", "status"), REFUSED)
def test_what_cannot_be_ordered_is_refused_by_name(
    shop: Shop, camille: Any, bruno: Any, code: str, status: int
) -> None:
    seller, buyer = shop.seller(camille), shop.person(bruno)
    automation = seller.publish()
    items, who = [automation], buyer
    if code == "own_product":
        who = seller
    elif code == "already_bought":
        shop.sandbox.pay(buyer.check_out(automation)["checkoutUrl"])
        shop.webhooks_arrive("checkout.session.completed")
        shop.work()
    elif code == "not_for_sale":
        seller.patch(f"/api/automations/{automation}", {"published": False})
    elif code == "mixed_currencies":
        items.append(seller.publish(currency="USD"))
    elif code == "seller_cannot_be_paid":
        Payee.objects.update(charges_enabled=False)
    elif code == "cart_empty":
        items = []
    else:
        items = ["01890000-0000-7000-8000-000000000000"]
    refused = who.post("/api/checkout", {"items": items})
    assert (refused.status_code, refused.json()["code"]) == (status, code), refused.text
