"""Orders and downloads over the API are nobody else's."""

from typing import Any

import httpx
import pytest

from tests.shop import Shop

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.mark.req("K17")
def test_what_was_not_bought_is_not_downloaded(shop: Shop, camille: Any, bruno: Any, bea: Any) -> None:
    automation = shop.seller(camille).publish()
    refused = shop.person(bea).get(f"/api/automations/{automation}/download")
    assert (refused.status_code, refused.json()["code"]) == (403, "not_bought")
    assert httpx.get(f"{shop.url}/api/automations/{automation}/download").status_code == 401
    assert shop.person(camille).get(f"/api/automations/{automation}/download").status_code == 200


def test_another_buyers_order_is_nobodys_business(shop: Shop, camille: Any, bruno: Any, bea: Any) -> None:
    order = shop.person(bruno).check_out(shop.seller(camille).publish())
    refused = shop.person(bea).get(f"/api/orders/{order['orderId']}")
    assert (refused.status_code, refused.json()["code"]) == (404, "order_not_found")
