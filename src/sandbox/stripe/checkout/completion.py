"""The completion of a Checkout session: paid, set up, or nothing to pay; and the bank debit that is settled later."""

from typing import Any

from sandbox.state import Record
from sandbox.stripe.api.call import Call
from sandbox.stripe.checkout.sessions import customer_details
from sandbox.stripe.payments import customers, payment_intents, setup_intents
from sandbox.stripe.payments.attempts import attempt_payment, settle_bank_debit
from sandbox.stripe.webhooks import events

INTENT_PARAMS = (
    "application_fee_amount", "capture_method", "description", "on_behalf_of", "receipt_email", "setup_future_usage",
    "shipping", "statement_descriptor", "statement_descriptor_suffix", "transfer_data", "transfer_group",
)  # fmt: skip


def pay(
    call: Call, session: Record, method: Record | None, *, email: str | None, name: str | None
) -> Record | None:
    """Returns the intent after the attempt, or None where nothing was to be paid. Raises what the bank refuses."""
    known = session["customer_email"] or email
    if session["customer"]:
        known = call.get("customer", session["customer"])["email"] or known
    country = method["billing_details"]["address"]["country"] if method else None
    call.change(session, customer_details=customer_details(email=known, name=name, country=country))
    _create_customer(call, session)
    if method is None:
        complete_session(call, session, "no_payment_required")
        return None
    intent = intent_of_session(call, session)
    if session["mode"] == "setup":
        setup_intents.attempt_setup(call, intent, method)
    else:
        attempt_payment(call, intent, method)
    complete_from_intent(call, session, intent)
    return intent


def _create_customer(call: Call, session: Record) -> None:
    data = session["_payment_intent_data"]
    if session["customer"] or not (
        session["customer_creation"] == "always" or data.get("setup_future_usage")
    ):
        return
    details = session["customer_details"]
    customer = customers.create_customer(call, email=details["email"], name=details["name"])
    call.change(session, customer=customer["id"])


def intent_of_session(call: Call, session: Record) -> Record:
    """The session's intent; a payment intent is only created once somebody tries to pay."""
    if session["mode"] == "setup":
        return call.get("setup_intent", session["setup_intent"])
    if session["payment_intent"]:
        return call.get("payment_intent", session["payment_intent"])
    data: dict[str, Any] = session["_payment_intent_data"]
    intent = payment_intents.create_intent(
        call,
        amount=session["amount_total"],
        currency=session["currency"],
        session=session["id"],
        customer=session["customer"],
        metadata=data.get("metadata"),
        **{key: data[key] for key in INTENT_PARAMS if key in data},
    )
    call.change(session, payment_intent=intent["id"])
    return intent


def complete_from_intent(call: Call, session: Record, intent: Record) -> None:
    """Completes the session if its intent has succeeded, or only waits for a bank or for its capture."""
    if session["status"] != "open":
        return
    if intent["status"] == "succeeded":
        complete_session(call, session, "no_payment_required" if session["mode"] == "setup" else "paid")
    elif intent["status"] in ("processing", "requires_capture"):
        complete_session(call, session, "unpaid")


def complete_session(call: Call, session: Record, payment_status: str) -> None:
    call.change(session, status="complete", payment_status=payment_status, url=None)
    events.emit(call, "checkout.session.completed", session)


def settle(call: Call, intent: Record, *, succeeds: bool) -> None:
    """Settles a bank debit, and tells the Checkout session that it belongs to."""
    settle_bank_debit(call, intent, succeeds=succeeds)
    if not intent["_session"]:
        return
    session = call.get("checkout.session", intent["_session"])
    if succeeds:
        call.change(session, payment_status="paid")
    type_ = (
        "checkout.session.async_payment_succeeded" if succeeds else "checkout.session.async_payment_failed"
    )
    events.emit(call, type_, session)


def success_url(session: Record) -> str:
    return str(session["success_url"]).replace("{CHECKOUT_SESSION_ID}", session["id"])
