"""Reading Stripe's objects, in the house's words. Nothing is asked here."""

from calendar import monthrange
from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime
from typing import Any

from comptoir.kernel.money import Money
from comptoir.kernel.payments.gateways.base import DisputeOutcome, MethodSeen, Outcome, RefundOutcome
from comptoir.kernel.payments.models import DisputeState, Payment, PaymentState, RefundState, Share

AUTHENTICATION_REQUIRED = "authentication_required"


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
    error = intent.get("last_payment_error") or {}
    state = states.get(intent["status"], PaymentState.OPEN)
    # A card was refused, and no other tried yet. (A hosted page stays open then: see `session_outcome`.)
    if intent["status"] == "requires_payment_method" and error:
        # https://docs.stripe.com/declines/codes: the payer has to confirm; another try without them is in vain.
        asks_for_payer = AUTHENTICATION_REQUIRED in (error.get("code"), error.get("decline_code"))
        state = PaymentState.REQUIRES_ACTION if asks_for_payer else PaymentState.FAILED
    charge = intent.get("latest_charge")
    # Of a card that was refused there is a charge as well.
    charge = charge if isinstance(charge, Mapping) and charge["status"] == "succeeded" else {}
    booked = charge.get("balance_transaction")
    return Outcome(
        state=state,
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
        taken_back=bool(refund.get("transfer_reversal")),
        failure_message=refund.get("failure_reason") or "",
    )


def dispute_outcome(dispute: Mapping[str, Any]) -> DisputeOutcome:
    """https://docs.stripe.com/api/disputes/object. Stripe books each movement as a balance transaction: the amount and
    its fee when it withdraws, the reverse when it gives back."""
    states = {
        "warning_needs_response": DisputeState.INQUIRY,
        "warning_under_review": DisputeState.INQUIRY,
        "warning_closed": DisputeState.CLOSED,
        "prevented": DisputeState.CLOSED,
        "needs_response": DisputeState.NEEDS_RESPONSE,
        "under_review": DisputeState.UNDER_REVIEW,
        "won": DisputeState.WON,
        "lost": DisputeState.LOST,
    }
    moved = dispute["balance_transactions"] or []
    currency = (moved[0] if moved else dispute)["currency"].upper()
    due = (dispute.get("evidence_details") or {}).get("due_by")
    return DisputeOutcome(
        state=states.get(dispute["status"], DisputeState.UNDER_REVIEW),
        reference=dispute["id"],
        amount=Money(dispute["amount"], dispute["currency"].upper()),
        withdrawn=Money(-sum(each["amount"] for each in moved), currency),
        fee=Money(sum(each["fee"] for each in moved), currency),
        movements=len(moved),
        reason=dispute["reason"] or "",
        evidence_due_at=datetime.fromtimestamp(due, UTC) if due else None,
    )


def method_seen(method: Mapping[str, Any]) -> MethodSeen:
    """https://docs.stripe.com/api/payment_methods/object"""
    details = method.get(method["type"]) or {}
    year, month = details.get("exp_year"), details.get("exp_month")
    return MethodSeen(
        reference=method["id"],
        kind=method["type"],
        customer=id_of(method.get("customer")),
        brand=details.get("brand") or details.get("bank_code") or "",
        last4=details.get("last4") or "",
        expires_on=date(year, month, monthrange(year, month)[1]) if year and month else None,
    )


def id_of(thing: Any) -> str:
    """The id of something that Stripe gives either whole or by its id."""
    return thing["id"] if isinstance(thing, Mapping) else thing or ""


def metadata_of(thing: Any) -> dict[str, str]:
    """The SDK's objects look like dictionaries and are none."""
    return thing.metadata.to_dict() if thing.metadata else {}


def transfer_group(payment: Payment) -> str:
    return f"payment_{payment.id}"


def transfers_itself(payment: Payment, shares: Sequence[Share]) -> bool:
    """A destination charge, when one seller has the whole of it; otherwise separate charges and transfers.
    https://docs.stripe.com/connect/charges"""
    return len(shares) == 1 and shares[0].gross_minor == payment.amount_minor


def without_secrets(found: Any) -> Any:
    """A copy of Stripe's JSON with every `client_secret` blanked: who has one can pay with it and read the intent."""
    if isinstance(found, Mapping):
        return {
            name: "" if name == "client_secret" and value else without_secrets(value)
            for name, value in found.items()
        }
    return [without_secrets(each) for each in found] if isinstance(found, list) else found
