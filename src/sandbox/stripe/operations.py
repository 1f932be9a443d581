"""Every operation of Stripe's API that the sandbox carries out, and who does."""

from sandbox.stripe import (
    accounts,
    application_fees,
    charges,
    checkout,
    customers,
    disputes,
    events,
    ledger,
    payment_intents,
    payment_methods,
    payouts,
    refunds,
    setup_intents,
    transfers,
    webhook_endpoints,
)
from sandbox.stripe.call import Handler

ROOMS = (
    accounts, application_fees, charges, checkout, customers, disputes, events, ledger, payment_intents,
    payment_methods, payouts, refunds, setup_intents, transfers, webhook_endpoints,
)  # fmt: skip
OPERATIONS: dict[str, Handler] = {
    name: handler for room in ROOMS for name, handler in room.OPERATIONS.items()
}
