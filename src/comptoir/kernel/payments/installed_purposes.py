"""The purposes of payments that this installation has: those of the kernel's rooms, and of the products that are on."""

from collections.abc import Mapping
from functools import cache

from comptoir.kernel import registry
from comptoir.kernel.payments.models import Payment
from comptoir.kernel.payments.purposes import PaymentPurpose

_of_the_kernel: dict[str, PaymentPurpose] = {}


def register(purpose: PaymentPurpose) -> None:
    """For a room of the kernel, in its `AppConfig.ready`."""
    assert purpose.name not in _of_the_kernel, f"two purposes are named {purpose.name}"
    _of_the_kernel[purpose.name] = purpose


def unregister(name: str) -> None:
    del _of_the_kernel[name]


def all_purposes() -> Mapping[str, PaymentPurpose]:
    """By name: those of the kernel, and of the products that are installed."""
    found = {**_of_products(), **_of_the_kernel}
    assert len(found) == len(_of_products()) + len(_of_the_kernel), "two purposes share a name"
    return found


def purpose_of(payment: Payment) -> PaymentPurpose | None:
    """None where its product is not installed any more."""
    return _of_the_kernel.get(payment.purpose) or _of_products().get(payment.purpose)


@cache
def _of_products() -> Mapping[str, PaymentPurpose]:
    purposes = [purpose for module in registry.modules() for purpose in module.purposes]
    found = {purpose.name: purpose for purpose in purposes}
    assert len(found) == len(purposes), "two purposes share a name"
    return found
