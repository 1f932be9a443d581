"""Balances: whatever changes one is a balance transaction, and money only comes from a card or goes back to it.

Funds are available at once. Real Stripe keeps them pending for some days; here a test need not wait.
"""

from typing import Any

from sandbox.state import Record
from sandbox.stripe.api.call import Call, Handler
from sandbox.stripe.api.pagination import paginate

FEE_PER_MILLE, FEE_FIXED_MINOR = 15, 25
REPORTING_CATEGORIES = {
    "charge": "charge", "payment": "charge", "refund": "refund", "payment_refund": "refund", "transfer": "transfer",
    "transfer_refund": "transfer_reversal", "application_fee": "platform_earning",
    "application_fee_refund": "platform_earning_refund", "adjustment": "dispute", "payout": "payout",
}  # fmt: skip


def processing_fee(amount: int) -> int:
    """1.5 % + 25 minor units, the percentage rounded half up: a European card at Stripe."""
    return (amount * FEE_PER_MILLE + 500) // 1000 + FEE_FIXED_MINOR


def post(
    call: Call,
    *,
    kind: str,
    amount: int,
    currency: str,
    source: str,
    fees: list[dict[str, Any]] | None = None,
    description: str | None = None,
) -> Record:
    """Adds `amount`, less the fees, to the balance of the account that the call is made for."""
    fee = sum(part["amount"] for part in fees or [])
    transaction = call.create(
        "balance_transaction",
        "txn_",
        amount=amount,
        available_on=call.now,
        balance_type="payments",
        currency=currency,
        description=description,
        fee=fee,
        fee_details=fees or [],
        net=amount - fee,
        reporting_category=REPORTING_CATEGORIES[kind],
        source=source,
        status="available",
        type=kind,
    )
    funds = _balance(call, currency)
    call.change(funds, amount=funds["amount"] + transaction["net"])
    return transaction


def stripe_fee(amount: int, currency: str) -> dict[str, Any]:
    return _fee_detail("stripe_fee", amount, currency, "Stripe processing fees")


def application_fee(amount: int, currency: str) -> dict[str, Any]:
    return _fee_detail("application_fee", amount, currency, "Application fee")


def _fee_detail(kind: str, amount: int, currency: str, description: str) -> dict[str, Any]:
    return {
        "amount": amount,
        "application": None,
        "currency": currency,
        "description": description,
        "type": kind,
    }


def available(call: Call, currency: str) -> int:
    return int(_balance(call, currency)["amount"])


def _balance(call: Call, currency: str) -> Record:
    """The running balance of one account in one currency."""
    record_id = f"funds:{call.account or 'platform'}:{currency}"
    return call.world.store.get("_funds", record_id) or call.world.store.add(
        {"id": record_id, "_kind": "_funds", "_account": call.account, "currency": currency, "amount": 0}
    )


def retrieve_balance(call: Call) -> dict[str, Any]:
    funds = [record for record in call.world.store.all("_funds") if record["_account"] == call.account]
    amounts = {record["currency"]: record["amount"] for record in funds} or {"eur": 0}
    return {
        "object": "balance",
        "available": [_balance_line(currency, amount) for currency, amount in amounts.items()],
        "livemode": False,
        "pending": [_balance_line(currency, 0) for currency in amounts],
    }


def _balance_line(currency: str, amount: int) -> dict[str, Any]:
    return {"amount": amount, "currency": currency, "source_types": {"card": amount}}


def list_transactions(call: Call) -> dict[str, Any]:
    return paginate(
        call, call.list_own("balance_transaction"), filters=("currency", "payout", "source", "type")
    )


OPERATIONS: dict[str, Handler] = {
    "GET /v1/balance": retrieve_balance,
    "GET /v1/balance_transactions": list_transactions,
    "GET /v1/balance_transactions/{id}": lambda call: call.find("balance_transaction", call.path["id"]),
}
