"""What payments can be for: who credits what, and who reacts when one is paid, fails, is refunded or disputed.

Products name their purposes in their `module.py`; a room of the kernel registers its own when its app is
ready (`installed_purposes.register`).
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

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
    `is_in_suspense`) once their payers have all of it back. `on_action_required` is for purposes that charge off
    session: the payer has to come back and confirm. `on_refunded` gets a payment and its refund, when it went through
    and when it did not after all; `on_disputed` a payment and its dispute, whenever the dispute's state has changed, or
    more of it is lost.
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
