"""An attempt at a payment: the bank approves, declines or asks for 3-D Secure, and the intent and charge follow."""

from typing import Any

from sandbox.clock import DAY
from sandbox.state import Record
from sandbox.stripe.api.call import Call
from sandbox.stripe.api.errors import StripeError, invalid_request
from sandbox.stripe.api.rendering import render
from sandbox.stripe.connect.accounts import require_capability
from sandbox.stripe.payments import charges
from sandbox.stripe.payments.cards import DECLINES
from sandbox.stripe.payments.payment_methods import attach_to_customer, card_error, card_of
from sandbox.stripe.webhooks import events

BANK_DEBIT_DAYS = 3


def attempt_payment(
    call: Call,
    intent: Record,
    method: Record,
    *,
    off_session: bool = False,
    authenticated: bool = False,
    error_on_requires_action: bool = False,
) -> None:
    """Raises a card error, with `keeps_effects`, where the bank declines."""
    if call.account and not call.get("account", call.account)["charges_enabled"]:
        raise invalid_request("Your account cannot currently make charges: its onboarding is not complete.")
    if destination := (intent.get("transfer_data") or {}).get("destination"):
        require_capability(call, destination, "transfers", param="transfer_data[destination]")
    call.change(intent, payment_method=method["id"], next_action=None, last_payment_error=None)
    if method["type"] == "sepa_debit":
        _submit_bank_debit(call, intent, method)
    elif needs_authentication(method) and not authenticated:
        if off_session or error_on_requires_action:
            _decline(call, intent, method, "authentication_required")
        _ask_for_authentication(call, intent)
    elif refusal := _decline_code(method, off_session=off_session):
        _decline(call, intent, method, refusal, authenticated=authenticated)
    else:
        _charge_card(call, intent, method, authenticated=authenticated)


def needs_authentication(method: Record) -> bool:
    need = card_of(method).authentication
    return need == "always" or (need == "once" and not method["_set_up"])


def _decline_code(method: Record, *, off_session: bool) -> str | None:
    card = card_of(method)
    return None if card.declines_only_off_session and not off_session else card.decline


def _charge_card(call: Call, intent: Record, method: Record, *, authenticated: bool) -> None:
    _save_for_future_use(call, intent, method)
    charge = charges.create_charge(call, intent, method, authenticated=authenticated)
    if intent["capture_method"] == "manual":
        charges.authorise(call, charge)
        call.change(intent, status="requires_capture", amount_capturable=intent["amount"])
        events.emit(call, "payment_intent.amount_capturable_updated", intent)
    else:
        complete(call, intent, charge)


def complete(call: Call, intent: Record, charge: Record) -> None:
    charges.succeed(call, charge)
    call.change(intent, status="succeeded", amount_received=intent["amount"], processing=None)
    events.emit(call, "payment_intent.succeeded", intent)


def _save_for_future_use(call: Call, intent: Record, method: Record) -> None:
    if intent["setup_future_usage"]:
        call.change(method, _set_up=True)
        if intent["customer"]:
            attach_to_customer(call, method, intent["customer"])
    if not method["customer"]:
        call.change(method, _spent=True)


def _ask_for_authentication(call: Call, intent: Record) -> None:
    redirect = {"url": call.world.url(f"/3ds/{intent['id']}"), "return_url": intent["_return_url"]}
    call.change(
        intent, status="requires_action", next_action={"type": "redirect_to_url", "redirect_to_url": redirect}
    )
    events.emit(call, "payment_intent.requires_action", intent)


def _decline(call: Call, intent: Record, method: Record, reason: str, *, authenticated: bool = False) -> None:
    code, message = DECLINES[reason]
    charge = charges.create_charge(call, intent, method, authenticated=authenticated)
    charges.fail(call, charge, code=code, message=message, decline_code=reason)
    refusal = card_error(reason, charge=charge["id"])
    _record_failure(call, intent, method, refusal)
    refusal.keeps_effects = True
    refusal.error |= {"payment_intent": intent, "payment_method": method}
    raise refusal


def _record_failure(call: Call, intent: Record, method: Record, refusal: StripeError) -> None:
    error: dict[str, Any] = {**refusal.error, "payment_method": render(call, method)}
    call.change(
        intent,
        status="requires_payment_method",
        payment_method=None,
        last_payment_error=error,
        next_action=None,
    )
    events.emit(call, "payment_intent.payment_failed", intent)


def fail_authentication(call: Call, intent: Record) -> None:
    """The cardholder did not pass, or left, the bank's page."""
    method = call.get("payment_method", intent["payment_method"])
    refusal = StripeError(
        "We are unable to authenticate your payment method. Please choose a different payment method and try again.",
        kind="invalid_request_error",
        code="payment_intent_authentication_failure",
    )
    _record_failure(call, intent, method, refusal)


# Bank debits: ordered today, settled some days later


def _submit_bank_debit(call: Call, intent: Record, method: Record) -> None:
    _save_for_future_use(call, intent, method)
    charge = charges.create_charge(call, intent, method, authenticated=False)
    charges.mark_pending(call, charge, settles_at=call.now + BANK_DEBIT_DAYS * DAY)
    call.change(intent, status="processing")
    events.emit(call, "payment_intent.processing", intent)


def settle_bank_debit(call: Call, intent: Record, *, succeeds: bool) -> None:
    charge = call.get("charge", intent["latest_charge"])
    method = call.get("payment_method", charge["payment_method"])
    if succeeds:
        complete(call, intent, charge)
        return
    message = "The customer's account has insufficient funds to cover this payment."
    charges.fail(call, charge, code="insufficient_funds", message=message, decline_code=None)
    refusal = StripeError(
        message, kind="card_error", code="payment_method_provider_decline", charge=charge["id"]
    )
    _record_failure(call, intent, method, refusal)
