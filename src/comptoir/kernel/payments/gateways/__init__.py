"""The outside services that move money, each behind the same protocols (`base.py`).

A gateway is asked for by its name, as it is stored on payments and payees, and by what it is to do. Each function
raises `KeyError` for a name that is not installed, and `NotOffered` where the gateway cannot do that.
"""

from functools import cache
from typing import Any, TypeVar

from django.conf import settings
from django.utils.module_loading import import_string

from comptoir.kernel.payments.gateways.base import Charging, Connection, Embedding, Events, Payouts, Vault
from comptoir.kernel.payments.gateways.errors import NotOffered

Ability = TypeVar("Ability", bound=Connection)


def names() -> tuple[str, ...]:
    """Of every gateway that is installed."""
    return tuple(settings.PAYMENT_GATEWAYS)


def connection(name: str) -> Connection:
    return _gateway(name)


def charging(name: str) -> Charging:
    return _able(name, Charging)


def embedding(name: str) -> Embedding:
    return _able(name, Embedding)


def vault(name: str) -> Vault:
    return _able(name, Vault)


def payouts(name: str) -> Payouts:
    return _able(name, Payouts)


def events(name: str) -> Events:
    return _able(name, Events)


def that_send_events() -> tuple[str, ...]:
    """The names of the gateways that send webhooks."""
    return tuple(name for name in names() if isinstance(_gateway(name), Events))


def reset() -> None:
    """Make every gateway anew when it is next asked for, with the settings of then."""
    _gateway.cache_clear()
    _able.cache_clear()


@cache
def _gateway(name: str) -> Any:
    return import_string(settings.PAYMENT_GATEWAYS[name]).from_settings()


@cache
def _able(name: str, ability: type[Ability]) -> Ability:
    found = _gateway(name)
    if not isinstance(found, ability):
        raise NotOffered(gateway=name)
    return found
