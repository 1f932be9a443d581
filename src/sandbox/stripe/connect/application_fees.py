"""Application fees: the platform's share of a payment to a connected account, and the refunds of it."""

from typing import Any

from sandbox.state import Record
from sandbox.stripe.api.amounts import format_amount, in_proportion, require_positive
from sandbox.stripe.api.call import Call, Handler
from sandbox.stripe.api.errors import invalid_request
from sandbox.stripe.api.pagination import paginate
from sandbox.stripe.balance import transactions
from sandbox.stripe.webhooks import events


def collect(call: Call, *, charge: Record, payment: Record) -> Record:
    """`payment` is the charge in the connected account that pays the fee; its balance transaction is less by it."""
    amount, currency = charge["application_fee_amount"], charge["currency"]
    fee = call.create(
        "application_fee",
        "fee_1",
        account=payment["_account"],
        amount=amount,
        amount_refunded=0,
        application="ca_sandbox",
        charge=payment["id"],
        currency=currency,
        fee_source={"type": "charge", "charge": payment["id"]},
        livemode=False,
        originating_transaction=charge["id"] if charge is not payment else None,
        refunded=False,
    )
    booked = transactions.post(
        call, kind="application_fee", amount=amount, currency=currency, source=fee["id"]
    )
    call.change(fee, balance_transaction=booked["id"])
    call.change(payment, application_fee=fee["id"])
    events.emit(call, "application_fee.created", fee)
    return fee


def refund_fee(call: Call, fee: Record, amount: int, *, metadata: dict[str, str] | None = None) -> Record:
    currency = fee["currency"]
    refund = call.create(
        "fee_refund", "fr_1", amount=amount, currency=currency, fee=fee["id"], metadata=metadata or {}
    )
    booked = transactions.post(
        call, kind="application_fee_refund", amount=-amount, currency=currency, source=refund["id"]
    )
    call.change(refund, balance_transaction=booked["id"])
    seller = call.on_behalf_of(fee["account"])
    transactions.post(
        seller, kind="application_fee_refund", amount=amount, currency=currency, source=refund["id"]
    )
    total = fee["amount_refunded"] + amount
    before = call.change(fee, amount_refunded=total, refunded=total == fee["amount"])
    events.emit(call, "application_fee.refunded", fee, previous=before)
    return refund


def refund_fee_in_proportion(call: Call, fee: Record, part: int, *, whole: int) -> Record | None:
    """Refunds until `part` of `whole` of the fee is refunded, so that partial refunds add up to the whole."""
    due = in_proportion(part, whole, fee["amount"]) - fee["amount_refunded"]
    return refund_fee(call, fee, due) if due > 0 else None


def create_refund(call: Call) -> Record:
    fee = call.find("application_fee", call.path["id"])
    left = fee["amount"] - fee["amount_refunded"]
    amount = call.params.get("amount", left)
    if left == 0:
        raise invalid_request(
            f"Application fee {fee['id']} has already been refunded.", code="charge_already_refunded"
        )
    require_positive(amount)
    if amount > left:
        message = f"Refund amount ({format_amount(amount, fee['currency'])}) is greater than unrefunded amount on fee "
        raise invalid_request(message + f"({format_amount(left, fee['currency'])})", param="amount")
    return refund_fee(call, fee, amount, metadata=call.params.get("metadata") or {})


def list_fees(call: Call) -> dict[str, Any]:
    """The filter `charge` is the payment in the connected account, or the charge of the platform."""
    fees, charge = call.list_own("application_fee"), call.params.get("charge")
    return paginate(
        call, [fee for fee in fees if charge in (None, fee["charge"], fee["originating_transaction"])]
    )


def list_refunds(call: Call) -> dict[str, Any]:
    fee = call.find("application_fee", call.path["id"])
    return paginate(call, [refund for refund in call.list_own("fee_refund") if refund["fee"] == fee["id"]])


def retrieve_refund(call: Call) -> Record:
    call.find("application_fee", call.path["feeId"])
    return call.find("fee_refund", call.path["id"])


OPERATIONS: dict[str, Handler] = {
    "GET /v1/application_fees": list_fees,
    "GET /v1/application_fees/{id}": lambda call: call.find("application_fee", call.path["id"]),
    "GET /v1/application_fees/{id}/refunds": list_refunds,
    "POST /v1/application_fees/{id}/refunds": create_refund,
    "GET /v1/application_fees/{feeId}/refunds/{id}": retrieve_refund,
}
