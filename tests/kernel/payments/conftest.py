"""The toy purpose, registered as a room of the kernel registers its own."""

from collections.abc import Iterator
from typing import Any

import pytest

from comptoir.kernel.payments import purposes
from tests.kernel.payments.toy import PURPOSE, Toy


@pytest.fixture
def toy(shop: Any) -> Iterator[Toy]:
    made = Toy(shop)
    purposes.register(made.purpose())
    yield made
    purposes.unregister(PURPOSE)
