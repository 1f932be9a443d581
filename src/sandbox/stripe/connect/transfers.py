"""Transfers: money that the platform passes to a connected account, and takes back by reversing them."""

from typing import Any

from sandbox.state import Record
from sandbox.stripe.api.amounts import currency_of, format_amount, require_positive
from sandbox.stripe.api.call import Call, Handler, merged_metadata
from sandbox.stripe.api.errors import StripeError, invalid_request, parameter_missing
from sandbox.stripe.api.pagination import paginate
from sandbox.stripe.balance import transactions
from sandbox.stripe.connect import application_fees
from sandbox.stripe.connect.accounts import require_capability
from sandbox.stripe.webhooks import events


def create(call: Call) -> Record:
    params = call.params
    currency = currency_of(params["currency"])
    require_capability(call, params["destination"], "transfers", param="destination")
    source = None
    if "source_transaction" in params:
        source = call.find("charge", params["source_transaction"], param="source_transaction")
        amount: int = (
            params["amount"] if "amount" in params else source["amount_captured"] - source["_transferred"]
        )
        _require_within_source(source, amount, currency)
    elif "amount" in params:
        amount = params["amount"]
        _require_funds(call, amount, currency)
    else:
        raise parameter_missing("amount")
    return create_transfer(
        call,
        amount=amount,
        currency=currency,
        destination=params["destination"],
        source=source,
        transfer_group=params.get("transfer_group"),
        description=params.get("description"),
        metadata=params.get("metadata") or {},
    )


def _require_funds(call: Call, amount: int, currency: str) -> None:
    require_positive(amount)
    if transactions.available(call, currency) < amount:
        raise StripeError(
            "You have insufficient available funds in your Stripe account. Try adding funds directly to your "
            "available balance by creating Charges using the 4000000000000077 test card. See: "
            "https://stripe.com/docs/testing#available-balance",
            code="balance_insufficient",
        )


def _require_within_source(source: Record, amount: int, currency: str) -> None:
    require_positive(amount)
    if source["status"] != "succeeded" or not source["captured"]:
        raise invalid_request(
            "The source charge of a transfer must have succeeded.", param="source_transaction"
        )
    if source["currency"] != currency:
        message = f"The currency of source_transaction's balance transaction ({source['currency']}) must be the same "
        raise invalid_request(message + f"as the transfer currency ({currency})", param="source_transaction")
    left = source["amount_captured"] - source["_transferred"]
    if amount > left:
        raise invalid_request(
            f"The amount of the transfer ({format_amount(amount, currency)}) is greater than what is left of the "
            f"source charge ({format_amount(left, currency)}): the transfers of a charge cannot exceed its amount.",
            param="amount",
            code="balance_insufficient",
        )


def transfer_destination_charge(call: Call, charge: Record, taken: int) -> Record:
    """The transfer of a destination charge: the whole charge, or the share that `transfer_data` names."""
    named = charge["transfer_data"]["amount"]
    return create_transfer(
        call,
        amount=taken if named is None else min(named, taken),
        currency=charge["currency"],
        destination=charge["transfer_data"]["destination"],
        source=charge,
        transfer_group=charge["transfer_group"],
        metadata={},
        fee=charge["application_fee_amount"],
    )


def create_transfer(
    call: Call,
    *,
    amount: int,
    currency: str,
    destination: str,
    source: Record | None,
    transfer_group: str | None,
    metadata: dict[str, str],
    description: str | None = None,
    fee: int | None = None,
) -> Record:
    transfer = call.create(
        "transfer",
        "tr_1",
        amount=amount,
        amount_reversed=0,
        currency=currency,
        description=description,
        destination=destination,
        livemode=False,
        metadata=metadata,
        reversed=False,
        source_transaction=source["id"] if source else None,
        source_type="card",
        transfer_group=transfer_group or (source["transfer_group"] if source else None),
    )
    if source:
        call.change(source, _transferred=source["_transferred"] + amount)
    paid_out = transactions.post(
        call, kind="transfer", amount=-amount, currency=currency, source=transfer["id"]
    )
    payment = _create_destination_payment(call.on_behalf_of(destination), transfer, fee)
    call.change(transfer, balance_transaction=paid_out["id"], destination_payment=payment["id"])
    events.emit(call, "transfer.created", transfer)
    return transfer


def _create_destination_payment(seller: Call, transfer: Record, fee: int | None) -> Record:
    """The transfer as the connected account sees it: a charge with the prefix `py_`."""
    payment = seller.create(
        "charge",
        "py_1",
        amount=transfer["amount"],
        amount_captured=transfer["amount"],
        amount_refunded=0,
        application_fee_amount=fee,
        billing_details=dict.fromkeys(("address", "email", "name", "phone", "tax_id")),
        captured=True,
        currency=transfer["currency"],
        disputed=False,
        fraud_details={},
        livemode=False,
        metadata={},
        paid=True,
        refunded=False,
        source_transfer=transfer["id"],
        status="succeeded",
        transfer_group=transfer["transfer_group"],
        _transferred=0,
    )
    fees = [transactions.application_fee(fee, transfer["currency"])] if fee else []
    booked = transactions.post(
        seller,
        kind="payment",
        amount=transfer["amount"],
        currency=transfer["currency"],
        source=payment["id"],
        fees=fees,
    )
    seller.change(payment, balance_transaction=booked["id"])
    return payment


def create_reversal(call: Call) -> Record:
    transfer = call.find("transfer", call.path["id"])
    left = transfer["amount"] - transfer["amount_reversed"]
    amount = call.params.get("amount", left)
    if left == 0:
        raise invalid_request(
            f"Transfer {transfer['id']} is already fully reversed.", code="transfer_already_reversed"
        )
    require_positive(amount)
    if amount > left:
        message = f"Reversal amount ({format_amount(amount, transfer['currency'])}) is greater than unreversed amount "
        raise invalid_request(
            message + f"on transfer ({format_amount(left, transfer['currency'])})", param="amount"
        )
    seller = call.on_behalf_of(transfer["destination"])
    if transactions.available(seller, transfer["currency"]) < amount:
        raise StripeError(
            "Insufficient funds in the connected account to reverse this transfer.",
            code="balance_insufficient",
        )
    reversal = reverse(call, transfer, amount, metadata=call.params.get("metadata") or {})
    payment = call.get("charge", transfer["destination_payment"])
    if call.params.get("refund_application_fee") and payment["application_fee"]:
        fee = call.get("application_fee", payment["application_fee"])
        application_fees.refund_fee_in_proportion(
            call, fee, transfer["amount_reversed"], whole=transfer["amount"]
        )
    return reversal


def reverse(
    call: Call,
    transfer: Record,
    amount: int,
    *,
    metadata: dict[str, str] | None = None,
    refund: str | None = None,
) -> Record:
    """Takes money back from the connected account, whose balance may fall below zero."""
    currency = transfer["currency"]
    seller = call.on_behalf_of(transfer["destination"])
    payment = call.get("charge", transfer["destination_payment"])
    payment_refund = seller.create(
        "refund",
        "pyr_1",
        amount=amount,
        charge=payment["id"],
        currency=currency,
        metadata={},
        status="succeeded",
    )
    booked = transactions.post(
        seller, kind="payment_refund", amount=-amount, currency=currency, source=payment_refund["id"]
    )
    seller.change(payment_refund, balance_transaction=booked["id"])
    refunded = payment["amount_refunded"] + amount
    seller.change(payment, amount_refunded=refunded, refunded=refunded == payment["amount"])
    reversal = call.create(
        "transfer_reversal",
        "trr_1",
        amount=amount,
        currency=currency,
        destination_payment_refund=payment_refund["id"],
        metadata=metadata or {},
        source_refund=refund,
        transfer=transfer["id"],
    )
    booked = transactions.post(
        call, kind="transfer_refund", amount=amount, currency=currency, source=transfer["id"]
    )
    call.change(reversal, balance_transaction=booked["id"])
    seller.change(payment_refund, source_transfer_reversal=reversal["id"])
    if transfer["source_transaction"]:
        source = call.get("charge", transfer["source_transaction"])
        call.change(source, _transferred=source["_transferred"] - amount)
    total = transfer["amount_reversed"] + amount
    before = call.change(transfer, amount_reversed=total, reversed=total == transfer["amount"])
    events.emit(call, "transfer.reversed", transfer, previous=before)
    return reversal


def update(call: Call) -> Record:
    transfer = call.find("transfer", call.path["id"])
    changes: dict[str, Any] = (
        {"description": call.params["description"]} if "description" in call.params else {}
    )
    if "metadata" in call.params:
        changes["metadata"] = merged_metadata(transfer, call.params)
    before = call.change(transfer, **changes)
    if before:
        events.emit(call, "transfer.updated", transfer, previous=before)
    return transfer


def list_transfers(call: Call) -> dict[str, Any]:
    return paginate(call, call.list_own("transfer"), filters=("destination", "transfer_group"))


def list_reversals(call: Call) -> dict[str, Any]:
    transfer = call.find("transfer", call.path["id"])
    return paginate(
        call, [one for one in call.list_own("transfer_reversal") if one["transfer"] == transfer["id"]]
    )


def retrieve_reversal(call: Call) -> Record:
    call.find("transfer", call.path["transferId"])
    return call.find("transfer_reversal", call.path["id"])


def update_reversal(call: Call) -> Record:
    reversal = retrieve_reversal(call)
    call.change(reversal, metadata=merged_metadata(reversal, call.params))
    return reversal


OPERATIONS: dict[str, Handler] = {
    "GET /v1/transfers": list_transfers,
    "POST /v1/transfers": create,
    "GET /v1/transfers/{id}": lambda call: call.find("transfer", call.path["id"]),
    "POST /v1/transfers/{id}": update,
    "GET /v1/transfers/{id}/reversals": list_reversals,
    "POST /v1/transfers/{id}/reversals": create_reversal,
    "GET /v1/transfers/{transferId}/reversals/{id}": retrieve_reversal,
    "POST /v1/transfers/{transferId}/reversals/{id}": update_reversal,
}
