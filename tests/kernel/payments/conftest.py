"""The toy purpose, registered as a room of the kernel registers its own."""

from collections.abc import Iterator
from typing import Any

import pytest

from comptoir.kernel.payments import installed_purposes
from tests.kernel.payments.toy import PURPOSE, Toy


@pytest.fixture
def toy(shop: Any) -> Iterator[Toy]:
    made = Toy(shop)
    installed_purposes.register(made.purpose())
    yield made
    installed_purposes.unregister(PURPOSE)
