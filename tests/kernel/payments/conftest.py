"""The toy purpose, registered as a room of the kernel registers its own."""

from collections.abc import Iterator
from typing import Any

import pytest

from comptoir.kernel.accounts.workspaces import open_workspace
from comptoir.kernel.payments import installed_purposes
from comptoir.kernel.payments.models import Payee
from tests.kernel.payments.toy import PURPOSE, Toy


@pytest.fixture
def toy(shop: Any) -> Iterator[Toy]:
    made = Toy(shop)
    installed_purposes.register(made.purpose())
    yield made
    installed_purposes.unregister(PURPOSE)


@pytest.fixture
def payee(sandbox: Any, camille: Any) -> Payee:
    """Who may be paid through us, with an account at the gateway that has answered everything."""
    return Payee.objects.create(
        user=camille,
        workspace=open_workspace(camille),
        account=sandbox.onboarded_account(email=camille.email).id,
        charges_enabled=True,
        payouts_enabled=True,
        details_submitted=True,
    )
