"""Every operation of Stripe's API that the sandbox imitates, and the function that does it."""

from sandbox.stripe.api.call import Handler
from sandbox.stripe.balance import payouts, transactions
from sandbox.stripe.checkout import sessions
from sandbox.stripe.connect import accounts, application_fees, transfers
from sandbox.stripe.payments import (
    charges,
    customers,
    disputes,
    payment_intents,
    payment_methods,
    refunds,
    setup_intents,
)
from sandbox.stripe.webhooks import endpoints, events

RESOURCES = (
    accounts, application_fees, charges, customers, disputes, endpoints, events, payment_intents, payment_methods,
    payouts, refunds, sessions, setup_intents, transactions, transfers,
)  # fmt: skip
OPERATIONS: dict[str, Handler] = {
    name: handler for resource in RESOURCES for name, handler in resource.OPERATIONS.items()
}
