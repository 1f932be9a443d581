"""The outside services that move money: a folder for each, and all of them behind the same protocol (`base.py`)."""

from functools import cache

from comptoir.kernel.payments.gateways.base import Gateway
from comptoir.kernel.payments.gateways.stripe.gateway import StripeGateway

# By the name that stands on payments and payees, and in the address of its webhooks: never rename one.
_GATEWAYS = {StripeGateway.name: StripeGateway.from_settings}


def names() -> tuple[str, ...]:
    """The gateways of this installation."""
    return tuple(_GATEWAYS)


@cache
def gateway(name: str) -> Gateway:
    """The gateway of that name. Raises `KeyError` for others."""
    return _GATEWAYS[name]()
