"""Payouts: a balance sent to its owner's bank account, where it arrives at once."""

from typing import Any

from sandbox.state import Record
from sandbox.stripe.api.amounts import currency_of, require_positive
from sandbox.stripe.api.call import Call, Handler
from sandbox.stripe.api.errors import StripeError
from sandbox.stripe.api.pagination import paginate
from sandbox.stripe.balance import transactions
from sandbox.stripe.webhooks import events


def create(call: Call) -> Record:
    params = call.params
    currency = currency_of(params["currency"])
    require_positive(params["amount"])
    if transactions.available(call, currency) < params["amount"]:
        message = "You have insufficient funds in your Stripe account for this payout."
        raise StripeError(message, code="balance_insufficient")
    return pay_out(
        call,
        params["amount"],
        currency,
        description=params.get("description"),
        metadata=params.get("metadata") or {},
        statement_descriptor=params.get("statement_descriptor"),
    )


def pay_out(call: Call, amount: int, currency: str, **given: Any) -> Record:
    payout = call.create(
        "payout",
        "po_1",
        amount=amount,
        arrival_date=call.now,
        automatic=False,
        currency=currency,
        livemode=False,
        metadata=given.pop("metadata", {}),
        method="standard",
        reconciliation_status="not_applicable",
        source_type="card",
        status="paid",
        type="bank_account",
        **given,
    )
    booked = transactions.post(call, kind="payout", amount=-amount, currency=currency, source=payout["id"])
    call.change(payout, balance_transaction=booked["id"])
    events.emit(call, "payout.created", payout)
    events.emit(call, "payout.paid", payout)
    return payout


OPERATIONS: dict[str, Handler] = {
    "GET /v1/payouts": lambda call: paginate(
        call, call.list_own("payout"), filters=("status", "destination")
    ),
    "POST /v1/payouts": create,
    "GET /v1/payouts/{id}": lambda call: call.find("payout", call.path["id"]),
}
