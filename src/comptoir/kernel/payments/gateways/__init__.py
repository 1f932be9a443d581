"""The outside services that move money, each behind the same protocols (`base.py`)."""

from functools import cache

from django.conf import settings
from django.utils.module_loading import import_string

from comptoir.kernel.payments.gateways.base import Gateway


@cache
def gateway(name: str) -> Gateway:
    """The gateway of that name, as it is stored on payments and payees. Raises `KeyError` for others."""
    return import_string(settings.PAYMENT_GATEWAYS[name]).from_settings()


def names() -> tuple[str, ...]:
    """Of every gateway that this installation knows."""
    return tuple(settings.PAYMENT_GATEWAYS)
