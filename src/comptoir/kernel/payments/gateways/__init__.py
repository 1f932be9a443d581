"""The outside services that move money, each behind the same protocol (`base.py`)."""

from functools import cache

from comptoir.kernel.payments.gateways.base import Gateway
from comptoir.kernel.payments.gateways.stripe import StripeGateway


@cache
def gateway(name: str) -> Gateway:
    """The gateway of that name, as it is stored on payments and payees. Raises `KeyError` for others."""
    return {"stripe": StripeGateway.from_settings}[name]()
