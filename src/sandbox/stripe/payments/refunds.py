"""Refunds of a charge to its card; where asked, the transfer and the application fee are refunded in proportion."""

from typing import Any

from sandbox.state import Record
from sandbox.stripe.api.amounts import format_amount, in_proportion, require_positive
from sandbox.stripe.api.call import Call, Handler, merged_metadata
from sandbox.stripe.api.errors import invalid_request
from sandbox.stripe.api.pagination import paginate
from sandbox.stripe.balance import transactions
from sandbox.stripe.connect import application_fees, transfers
from sandbox.stripe.webhooks import events


def create(call: Call) -> Record:
    params = call.params
    charge = _charge_to_refund(call)
    amount = _amount_to_refund(call, charge)
    if params.get("reverse_transfer") and not charge.get("transfer"):
        raise invalid_request(
            f"Charge {charge['id']} has no transfer that could be reversed.", param="reverse_transfer"
        )
    if params.get("refund_application_fee") and not charge["application_fee"]:
        raise invalid_request(
            f"Charge {charge['id']} has no application fee to refund.", param="refund_application_fee"
        )
    refund = call.create(
        "refund",
        "re_3",
        amount=amount,
        charge=charge["id"],
        currency=charge["currency"],
        destination_details={"type": "card", "card": {"type": "refund", "reference_status": "pending"}}
        if charge["payment_method_details"]["type"] == "card"
        else {"type": "sepa_debit"},
        metadata=params.get("metadata") or {},
        payment_intent=charge["payment_intent"],
        reason=params.get("reason"),
        status="succeeded",
    )
    booked = transactions.post(
        call, kind="refund", amount=-amount, currency=charge["currency"], source=refund["id"]
    )
    total = charge["amount_refunded"] + amount
    call.change(refund, balance_transaction=booked["id"])
    if params.get("reverse_transfer"):
        _reverse_transfer(call, charge, refund, total)
    if params.get("refund_application_fee"):
        fee = call.get("application_fee", charge["application_fee"])
        application_fees.refund_fee_in_proportion(
            call.on_behalf_of(None), fee, total, whole=charge["amount_captured"]
        )
    before = call.change(charge, amount_refunded=total, refunded=total == charge["amount_captured"])
    events.emit(call, "refund.created", refund)
    events.emit(call, "charge.refunded", charge, previous=before)
    return refund


def _charge_to_refund(call: Call) -> Record:
    params = call.params
    if "charge" in params:
        charge = call.find("charge", params["charge"], param="charge")
    elif "payment_intent" in params:
        intent = call.find("payment_intent", params["payment_intent"], param="payment_intent")
        latest = intent["latest_charge"] and call.get("charge", intent["latest_charge"])
        if not latest or latest["status"] != "succeeded":
            message = f"This PaymentIntent ({intent['id']}) does not have a successful charge to refund."
            raise invalid_request(message, param="payment_intent", code="payment_intent_unexpected_state")
        charge = latest
    else:
        message = "One of the following params should be provided for this request: payment_intent or charge."
        raise invalid_request(message, code="parameter_missing")
    if charge["status"] != "succeeded" or not charge["captured"]:
        raise invalid_request(
            f"Charge {charge['id']} has not been captured: it cannot be refunded.", param="charge"
        )
    disputes = call.list_own("dispute") if charge["disputed"] else []
    if any(one["charge"] == charge["id"] and not one["is_charge_refundable"] for one in disputes):
        message = f"Charge {charge['id']} has been charged back; cannot issue a refund."
        raise invalid_request(message, code="charge_disputed")
    return charge


def _amount_to_refund(call: Call, charge: Record) -> int:
    left = charge["amount_captured"] - charge["amount_refunded"]
    if left == 0:
        raise invalid_request(
            f"Charge {charge['id']} has already been refunded.", code="charge_already_refunded"
        )
    amount = int(call.params.get("amount", left))
    require_positive(amount)
    if amount > left:
        currency = charge["currency"]
        asked, left_over = format_amount(amount, currency), format_amount(left, currency)
        limit = "charge amount" if left == charge["amount_captured"] else "unrefunded amount on charge"
        raise invalid_request(
            f"Refund amount ({asked}) is greater than {limit} ({left_over})", param="amount"
        )
    return amount


def _reverse_transfer(call: Call, charge: Record, refund: Record, total: int) -> None:
    """In proportion to what is refunded in all, so that partial refunds add up to the whole transfer."""
    transfer = call.get("transfer", charge["transfer"])
    due = in_proportion(total, charge["amount_captured"], transfer["amount"]) - transfer["amount_reversed"]
    if due > 0:
        reversal = transfers.reverse(call, transfer, due, refund=refund["id"])
        call.change(refund, transfer_reversal=reversal["id"])


def update(call: Call) -> Record:
    refund = call.find("refund", call.path["id"])
    before = call.change(refund, metadata=merged_metadata(refund, call.params))
    if before:
        events.emit(call, "refund.updated", refund, previous=before)
    return refund


def list_refunds(call: Call) -> dict[str, Any]:
    return paginate(call, call.list_own("refund"), filters=("charge", "payment_intent"))


OPERATIONS: dict[str, Handler] = {
    "GET /v1/refunds": list_refunds,
    "POST /v1/refunds": create,
    "GET /v1/refunds/{id}": lambda call: call.find("refund", call.path["id"]),
    "POST /v1/refunds/{id}": update,
}
