"""What a listing may cost, and what we keep of it."""

from dataclasses import dataclass

from django.conf import settings

from comptoir.kernel.money import Money, exponent
from comptoir.kernel.payments.gateways import charging

HIGHEST_MAJOR = 10_000


def lowest(currency: str) -> Money:
    return charging(settings.DEFAULT_GATEWAY).lowest_amount(currency)


def highest(currency: str) -> Money:
    return Money(HIGHEST_MAJOR * 10 ** exponent(currency), currency)


def fee(price: Money) -> Money:
    """Our commission on one item, rounded half up on the item (K14: 15 %)."""
    return price.share(settings.MARKETPLACE_FEE_PERCENT / 100)


@dataclass(frozen=True)
class Split:
    """A price, our commission on it, and what the seller receives."""

    price: Money
    fee: Money
    net: Money


def split(price: Money) -> Split:
    kept = fee(price)
    return Split(price=price, fee=kept, net=price - kept)
