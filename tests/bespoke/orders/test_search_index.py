"""An order is found by its client's name or address, whichever key of the house wrote their digests."""

from typing import Any

import pytest
from django.db.models import Q

from comptoir.bespoke.models import Order
from comptoir.bespoke.orders import search_index
from tests.bespoke import desk_driver

pytestmark = [pytest.mark.django_db, pytest.mark.once]


def found(q: str) -> list[Order]:
    return list(search_index.search(Order.objects.all(), q, known=Q()))


def test_words_are_found_after_the_key_was_rolled(camille: Any, paul: Any, settings: Any) -> None:
    order = desk_driver.paid(desk_driver.expert(camille, "Émile Roux"), paul)
    search_index.index(order)
    words = f"{order.customer_email} {order.customer_name.split()[0]}"
    assert found(words) == [order]

    settings.SECRET_KEY, settings.SECRET_KEY_FALLBACKS = "a-new-key" + "-" * 50, [settings.SECRET_KEY]
    assert found(words) == [order]
    search_index.index(order)
    settings.SECRET_KEY_FALLBACKS = []
    assert found(words) == [order], "written anew, it is found without the old key"
