"""Charges: money taken from a card, less Stripe's fee, and transferred where the charge names a destination."""

from typing import Any

from sandbox.state import Record
from sandbox.stripe.api.call import Call, Handler, merged_metadata
from sandbox.stripe.api.pagination import paginate
from sandbox.stripe.balance import transactions
from sandbox.stripe.connect import application_fees, transfers
from sandbox.stripe.payments import disputes
from sandbox.stripe.payments.payment_methods import card_of
from sandbox.stripe.webhooks import events

DEBIT_DETAILS = ("bank_code", "branch_code", "country", "fingerprint", "last4")
CARD_DETAILS = ("brand", "checks", "country", "exp_month", "exp_year", "fingerprint", "funding", "last4")
OUTCOME_APPROVED = {
    "advice_code": None,
    "network_advice_code": None,
    "network_decline_code": None,
    "network_status": "approved_by_network",
    "reason": None,
    "risk_level": "normal",
    "risk_score": 12,
    "seller_message": "Payment complete.",
    "type": "authorized",
}


def create_charge(call: Call, intent: Record, method: Record, *, authenticated: bool) -> Record:
    """A charge for the intent, to be followed by one of `succeed`, `fail`, `authorise` or `mark_pending`."""
    transfer_data = intent.get("transfer_data")
    charge = call.create(
        "charge",
        "ch_3" if method["type"] == "card" else "py_3",
        amount=intent["amount"],
        amount_captured=0,
        amount_refunded=0,
        application_fee_amount=intent["application_fee_amount"],
        billing_details=method["billing_details"],
        calculated_statement_descriptor="SANDBOX",
        captured=False,
        currency=intent["currency"],
        customer=intent["customer"],
        description=intent["description"],
        disputed=False,
        fraud_details={},
        livemode=False,
        metadata=dict(intent["metadata"]),
        on_behalf_of=intent["on_behalf_of"],
        outcome=dict(OUTCOME_APPROVED),
        paid=False,
        payment_intent=intent["id"],
        payment_method=method["id"],
        payment_method_details=_method_details(method, intent["amount"], authenticated=authenticated),
        receipt_email=intent["receipt_email"],
        refunded=False,
        shipping=intent["shipping"],
        statement_descriptor=intent["statement_descriptor"],
        status="pending",
        transfer_data={"amount": transfer_data.get("amount"), "destination": transfer_data["destination"]}
        if transfer_data
        else None,
        transfer_group=intent["transfer_group"] or (f"group_{intent['id']}" if transfer_data else None),
        _transferred=0,
    )
    call.change(intent, latest_charge=charge["id"])
    return charge


def _method_details(method: Record, amount: int, *, authenticated: bool) -> dict[str, Any]:
    if method["type"] != "card":
        debit = {name: method["sepa_debit"][name] for name in DEBIT_DETAILS}
        return {"type": "sepa_debit", "sepa_debit": {**debit, "mandate": None}}
    card = {name: method["card"][name] for name in CARD_DETAILS}
    secure = {
        "authentication_flow": "challenge",
        "electronic_commerce_indicator": "05",
        "exemption_indicator": None,
        "result": "authenticated",
        "result_reason": None,
        "transaction_id": None,
        "version": "2.2.0",
    }
    card |= {
        "amount_authorized": amount,
        "authorization_code": None,
        "electronic_commerce_indicator": None,
        "installments": None,
        "mandate": None,
        "network": method["card"]["brand"],
        "network_transaction_id": None,
        "regulated_status": "unregulated",
        "three_d_secure": secure if authenticated else None,
        "transaction_link_id": None,
        "wallet": None,
    }
    return {"type": "card", "card": card}


def succeed(call: Call, charge: Record, *, amount: int | None = None) -> None:
    """Emits `charge.succeeded` first, then `charge.updated` with its balance transaction, as Stripe does."""
    taken = charge["amount"] if amount is None else amount
    was_authorised = charge["status"] == "succeeded"
    call.change(
        charge,
        amount_captured=taken,
        captured=True,
        paid=True,
        status="succeeded",
        receipt_url=call.world.url(f"/receipts/{charge['id']}"),
    )
    events.emit(call, "charge.captured" if was_authorised else "charge.succeeded", charge)
    before = _post_to_balance(call, charge, taken)
    events.emit(call, "charge.updated", charge, previous=before)
    if charge["payment_method"] and card_of(call.get("payment_method", charge["payment_method"])).disputed:
        disputes.open_dispute(call, charge, reason="fraudulent")


def _post_to_balance(call: Call, charge: Record, taken: int) -> dict[str, Any]:
    currency, fee = charge["currency"], charge["application_fee_amount"]
    fees = [transactions.stripe_fee(transactions.processing_fee(taken), currency)]
    is_direct = call.account is not None
    if fee and is_direct:
        fees.append(transactions.application_fee(fee, currency))
    type_ = "charge" if charge["id"].startswith("ch_") else "payment"
    transaction = transactions.post(
        call, kind=type_, amount=taken, currency=currency, source=charge["id"], fees=fees
    )
    booked: dict[str, Any] = {"balance_transaction": transaction["id"]}
    before = call.change(charge, **booked)
    if charge["transfer_data"]:
        transfer = transfers.transfer_destination_charge(call, charge, taken)
        before |= call.change(charge, transfer=transfer["id"])
        if fee:
            payment = call.get("charge", transfer["destination_payment"])
            before |= call.change(
                charge, application_fee=_collect_application_fee(call, charge, payment)["id"]
            )
    elif fee and is_direct:
        before |= call.change(charge, application_fee=_collect_application_fee(call, charge, charge)["id"])
    return before


def _collect_application_fee(call: Call, charge: Record, payment: Record) -> Record:
    """`payment` is the charge in the connected account that pays the fee."""
    return application_fees.collect(call.on_behalf_of(None), charge=charge, payment=payment)


def authorise(call: Call, charge: Record) -> None:
    """The bank holds the money until the intent is captured."""
    call.change(charge, status="succeeded", paid=True)
    events.emit(call, "charge.succeeded", charge)


def release_hold(call: Call, charge: Record) -> None:
    """The charge is refunded in full; no balance changes, since the money was never captured."""
    before = call.change(charge, amount_refunded=charge["amount"], refunded=True)
    events.emit(call, "charge.refunded", charge, previous=before)


def mark_pending(call: Call, charge: Record, *, settles_at: int) -> None:
    call.change(charge, status="pending", _settles_at=settles_at)
    events.emit(call, "charge.pending", charge)


def fail(call: Call, charge: Record, *, code: str, message: str, decline_code: str | None) -> None:
    outcome = {
        **OUTCOME_APPROVED,
        "network_status": "declined_by_network",
        "reason": decline_code or code,
        "seller_message": "The bank did not return any further details with this decline.",
        "type": "issuer_declined",
    }
    call.change(
        charge, status="failed", paid=False, failure_code=code, failure_message=message, outcome=outcome
    )
    events.emit(call, "charge.failed", charge)


def update(call: Call) -> Record:
    charge = call.find("charge", call.path["id"])
    changes = {
        name: call.params[name]
        for name in ("description", "receipt_email", "transfer_group")
        if name in call.params
    }
    if "metadata" in call.params:
        changes["metadata"] = merged_metadata(charge, call.params)
    before = call.change(charge, **changes)
    if before:
        events.emit(call, "charge.updated", charge, previous=before)
    return charge


def list_charges(call: Call) -> dict[str, Any]:
    return paginate(call, call.list_own("charge"), filters=("customer", "payment_intent", "transfer_group"))


OPERATIONS: dict[str, Handler] = {
    "GET /v1/charges": list_charges,
    "GET /v1/charges/{id}": lambda call: call.find("charge", call.path["id"]),
    "POST /v1/charges/{id}": update,
}
