"""Two listings, whose sellers the sandbox pays."""

from typing import Any

import pytest

from comptoir.marketplace.models import Automation
from tests.marketplace.sample_listings import can_be_paid, put_up


@pytest.fixture
def two_listings(sandbox: Any, camille: Any, adrien: Any) -> tuple[Automation, Automation]:
    """A listing of Camille's and one of Adrien's, both of whom the sandbox pays."""
    for seller in (camille, adrien):
        can_be_paid(seller, account=sandbox.onboarded_account(email=seller.email).id)
    return put_up(camille, title="Hers", price=1999), put_up(adrien, title="His", price=3001)
