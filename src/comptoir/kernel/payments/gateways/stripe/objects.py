"""Reading Stripe's objects: how a payment or a refund stands, in the house's words. Nothing here asks anything."""

from collections.abc import Mapping
from typing import Any

from comptoir.kernel.money import Money
from comptoir.kernel.payments.gateways.base import Outcome, RefundOutcome
from comptoir.kernel.payments.models import Payment, PaymentState, RefundState


def session_outcome(session: Mapping[str, Any]) -> Outcome:
    """https://docs.stripe.com/checkout/fulfillment: `complete` is not `paid`."""
    intent = session.get("payment_intent")
    outcome = intent_outcome(intent) if isinstance(intent, Mapping) else Outcome(PaymentState.OPEN)
    state = outcome.state
    if session["status"] == "expired":
        state = PaymentState.EXPIRED
    elif session["status"] == "open":
        state = PaymentState.OPEN
    elif session["payment_status"] != "paid" and state == PaymentState.OPEN:
        # Handed in, refused afterwards: the page is closed, so there is no second try on it.
        state = PaymentState.FAILED
    return Outcome(
        **{**vars(outcome), "state": state, "session": session["id"], "reference": id_of(intent)},
    )


def intent_outcome(intent: Mapping[str, Any]) -> Outcome:
    """https://docs.stripe.com/payments/paymentintents/lifecycle"""
    states = {
        "succeeded": PaymentState.PAID,
        "processing": PaymentState.PROCESSING,
        "canceled": PaymentState.EXPIRED,
    }
    # A card was refused, and no other tried yet. (A hosted page stays open then: see `session_outcome`.)
    refused = intent["status"] == "requires_payment_method" and intent.get("last_payment_error")
    charge = intent.get("latest_charge")
    charge = charge if isinstance(charge, Mapping) else {}
    booked = charge.get("balance_transaction")
    error = intent.get("last_payment_error") or {}
    return Outcome(
        state=PaymentState.FAILED if refused else states.get(intent["status"], PaymentState.OPEN),
        reference=intent["id"],
        charge=charge.get("id", ""),
        transfer=id_of(charge.get("transfer")),
        amount=Money(intent["amount_received"], intent["currency"].upper()),
        fee_minor=booked["fee"] if isinstance(booked, Mapping) else None,
        failure_code=error.get("decline_code") or error.get("code") or "",
        failure_message=error.get("message") or "",
    )


def refund_outcome(refund: Mapping[str, Any]) -> RefundOutcome:
    """https://docs.stripe.com/refunds#failed-refunds: `requires_action` is still on its way."""
    states = {
        "succeeded": RefundState.SUCCEEDED,
        "failed": RefundState.FAILED,
        "canceled": RefundState.FAILED,
    }
    return RefundOutcome(
        state=states.get(refund["status"], RefundState.PENDING),
        reference=refund["id"],
        amount_minor=refund["amount"],
        refund_id=(refund.get("metadata") or {}).get("refund", ""),
        failure_message=refund.get("failure_reason") or "",
    )


def id_of(thing: Any) -> str:
    """The id of something that Stripe gives either whole or by its id."""
    return thing["id"] if isinstance(thing, Mapping) else thing or ""


def metadata_of(thing: Any) -> dict[str, str]:
    """The SDK's objects look like dictionaries and are none."""
    return thing.metadata.to_dict() if thing.metadata else {}


def transfer_group(payment: Payment) -> str:
    return f"payment_{payment.id}"


def without_secrets(found: Any) -> Any:
    """A copy of Stripe's JSON with every `client_secret` blanked: who has one can pay with it and read the intent."""
    if isinstance(found, Mapping):
        return {
            name: "" if name == "client_secret" and value else without_secrets(value)
            for name, value in found.items()
        }
    return [without_secrets(each) for each in found] if isinstance(found, list) else found
