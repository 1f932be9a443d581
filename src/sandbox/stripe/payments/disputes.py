"""Disputes: a cardholder takes the money back through the bank, and the evidence decides who keeps it."""

from typing import Any

from sandbox.clock import DAY
from sandbox.state import Record
from sandbox.stripe.api.call import Call, Handler, merged_metadata
from sandbox.stripe.api.errors import invalid_request
from sandbox.stripe.api.pagination import paginate
from sandbox.stripe.api.rendering import render
from sandbox.stripe.balance import transactions
from sandbox.stripe.webhooks import events

FEE_MINOR = 2000
DAYS_TO_ANSWER = 9
OPEN_STATUSES = ("needs_response", "under_review")
OPEN_INQUIRIES = ("warning_needs_response", "warning_under_review")
EVIDENCE = (
    "access_activity_log", "billing_address", "cancellation_policy", "cancellation_policy_disclosure",
    "cancellation_rebuttal", "customer_communication", "customer_email_address", "customer_name",
    "customer_purchase_ip", "customer_signature", "duplicate_charge_documentation", "duplicate_charge_explanation",
    "duplicate_charge_id", "product_description", "receipt", "refund_policy", "refund_policy_disclosure",
    "refund_refusal_explanation", "service_date", "service_documentation", "shipping_address", "shipping_carrier",
    "shipping_date", "shipping_documentation", "shipping_tracking_number", "uncategorized_file", "uncategorized_text",
)  # fmt: skip
DECIDING_EVIDENCE = {"winning_evidence": "won", "losing_evidence": "lost"}


def open_dispute(
    call: Call,
    charge: Record,
    *,
    reason: str = "fraudulent",
    amount: int | None = None,
    inquiry: bool = False,
) -> Record:
    """The bank takes the disputed amount out of the balance at once, and Stripe its fee; an inquiry takes neither."""
    left = charge["amount_captured"] - charge["amount_refunded"]
    if charge["status"] != "succeeded" or charge["disputed"] or left <= 0:
        raise invalid_request(f"Charge {charge['id']} cannot be disputed.", param="charge")
    dispute = call.create(
        "dispute",
        "du_1",
        amount=min(amount or left, left),
        balance_transactions=[],
        charge=charge["id"],
        currency=charge["currency"],
        enhanced_eligibility_types=[],
        evidence={**dict.fromkeys(EVIDENCE), "enhanced_evidence": {}},
        evidence_details={
            "due_by": call.now + DAYS_TO_ANSWER * DAY,
            "enhanced_eligibility": {},
            "has_evidence": False,
            "past_due": False,
            "submission_count": 0,
            "submission_method": "not_submitted",
        },
        is_charge_refundable=inquiry,
        livemode=False,
        metadata={},
        payment_intent=charge["payment_intent"],
        payment_method_details={
            "type": "card",
            "card": {
                "brand": "visa",
                "case_type": "inquiry" if inquiry else "chargeback",
                "network": "visa",
                "network_reason_code": "83",
            },
        },
        reason=reason,
        status="warning_needs_response" if inquiry else "needs_response",
    )
    before = call.change(charge, disputed=True)
    events.emit(call, "charge.dispute.created", dispute)
    events.emit(call, "charge.updated", charge, previous=before)
    if not inquiry:
        _withdraw(call, dispute)
    return dispute


def _withdraw(call: Call, dispute: Record) -> None:
    _adjust_balance(call, dispute, -dispute["amount"], fee=FEE_MINOR)
    events.emit(call, "charge.dispute.funds_withdrawn", dispute)


def _adjust_balance(call: Call, dispute: Record, amount: int, *, fee: int) -> None:
    currency = dispute["currency"]
    fees = [{**transactions.stripe_fee(fee, currency), "description": "Dispute fee"}]
    booked = transactions.post(
        call,
        kind="adjustment",
        amount=amount,
        currency=currency,
        source=dispute["id"],
        fees=fees,
        description="Dispute",
    )
    call.change(dispute, balance_transactions=[*dispute["balance_transactions"], render(call, booked)])


def update(call: Call) -> Record:
    """Evidence is submitted unless said otherwise; Stripe's test texts decide the case at once."""
    dispute = call.find("dispute", call.path["id"])
    given = call.params.get("evidence") or {}
    changes: dict[str, Any] = {}
    if "metadata" in call.params:
        changes["metadata"] = merged_metadata(dispute, call.params)
    if given:
        if dispute["status"] not in OPEN_STATUSES + OPEN_INQUIRIES:
            raise invalid_request("This dispute is already closed.", param="evidence")
        submitted = call.params.get("submit", True)
        details = {**dispute["evidence_details"], "has_evidence": True}
        if submitted:
            count = details["submission_count"] + 1
            details |= {"submission_count": count, "submission_method": "manual"}
            is_inquiry = dispute["status"] in OPEN_INQUIRIES
            changes["status"] = "warning_under_review" if is_inquiry else "under_review"
        changes |= {"evidence": {**dispute["evidence"], **given}, "evidence_details": details}
    before = call.change(dispute, **changes)
    if before:
        events.emit(call, "charge.dispute.updated", dispute, previous=before)
    if given and dispute["status"] == "under_review":
        text = given.get("uncategorized_text")
        if text in DECIDING_EVIDENCE:
            decide(call, dispute, DECIDING_EVIDENCE[text])
    return dispute


def decide(call: Call, dispute: Record, status: Any) -> None:
    """The bank's decision: for whom, also after it was for the other; raises `StripeError` where it cannot be."""
    before = dispute["status"]
    if status == "won" and before in (*OPEN_STATUSES, "lost"):
        _adjust_balance(call, dispute, dispute["amount"], fee=-FEE_MINOR)
        call.change(dispute, status="won")
        events.emit(call, "charge.dispute.funds_reinstated", dispute)
        events.emit(call, "charge.dispute.closed", dispute)
    elif status == "lost" and before in (*OPEN_STATUSES, "won"):
        if before == "won":
            call.change(dispute, status="lost")
            _withdraw(call, dispute)
        lose(call, dispute)
    elif status == "warning_closed" and before in OPEN_INQUIRIES:
        call.change(dispute, status="warning_closed")
        events.emit(call, "charge.dispute.closed", dispute)
    else:
        raise invalid_request(f"A dispute that is {before} cannot be closed as {status!r}.", param="status")


def lose(call: Call, dispute: Record) -> None:
    details = dispute["evidence_details"]
    late = not details["submission_count"] and details["due_by"] <= call.now
    call.change(dispute, status="lost", evidence_details={**details, "past_due": late})
    events.emit(call, "charge.dispute.closed", dispute)


def close(call: Call) -> Record:
    dispute = call.find("dispute", call.path["id"])
    if dispute["status"] not in OPEN_STATUSES:
        raise invalid_request("This dispute is already closed.")
    lose(call, dispute)
    return dispute


def list_disputes(call: Call) -> dict[str, Any]:
    return paginate(call, call.list_own("dispute"), filters=("charge", "payment_intent"))


OPERATIONS: dict[str, Handler] = {
    "GET /v1/disputes": list_disputes,
    "GET /v1/disputes/{id}": lambda call: call.find("dispute", call.path["id"]),
    "POST /v1/disputes/{id}": update,
    "POST /v1/disputes/{id}/close": close,
}
