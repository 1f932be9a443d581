"""What payments can be for: who credits what, and who reacts when one is paid, fails, is refunded or disputed.

Products name their purposes in their `module.py`; a room of the kernel registers its own when its app is ready.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache

from comptoir.kernel import registry
from comptoir.kernel.ledger import chart
from comptoir.kernel.ledger.chart import AccountName
from comptoir.kernel.payments.models import Dispute, Payment, Refund

Reaction = Callable[[Sequence[Payment]], None]


def revenue(payment: Payment) -> AccountName:
    """For what the house, or the workspace that is paid, sells itself and delivers at once."""
    return chart.revenue(payment.purpose)


@dataclass(frozen=True)
class PaymentPurpose:
    """What a payment can be for. `name` is stored on the payment: never rename one.

    `credits` gives the account that is credited with what no payee shares: revenue for a sale, the receivable for a
    document that was issued before. It has to give the same account for a payment each time: what is refunded or lost
    is taken from there again.

    Each reaction is called in a transaction of its own, possibly more than once for a payment, so it has to be
    idempotent. `on_paid`, `on_failed` and `on_action_required` get those payments of which it was learnt together,
    often one; `on_failed` also those that expired, and those of another amount than was asked for (they are
    `is_in_suspense`) once their payers have all of it back. `on_action_required` is for purposes that charge off session: the
    payer has to come back and confirm. `on_refunded` gets a payment and its refund, when it went through and when it
    did not after all; `on_disputed` a payment and its dispute, whenever the dispute's state has changed.
    `return_path` gives the page of the payer's browser after the gateway's page.
    """

    name: str
    credits: Callable[[Payment], AccountName]
    on_paid: Reaction
    on_failed: Reaction
    on_refunded: Callable[[Payment, Refund], None]
    on_disputed: Callable[[Payment, Dispute], None]
    return_path: Callable[[Payment], str]
    on_action_required: Reaction | None = None


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
