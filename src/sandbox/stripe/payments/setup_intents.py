"""Setup intents: a payment method set up for later payments, without taking money."""

from typing import Any

from sandbox.state import Record
from sandbox.stripe.api.call import Call, Handler, merged_metadata
from sandbox.stripe.api.errors import StripeError, invalid_request
from sandbox.stripe.api.pagination import paginate
from sandbox.stripe.api.rendering import render
from sandbox.stripe.payments import payment_methods
from sandbox.stripe.payments.attempts import needs_authentication
from sandbox.stripe.payments.payment_methods import card_error
from sandbox.stripe.webhooks import events

CONFIRMABLE = ("requires_payment_method", "requires_confirmation", "requires_action")
SECRET_LENGTH = 25


def create_intent(call: Call, *, session: str | None = None, **given: Any) -> Record:
    intent = call.create(
        "setup_intent",
        "seti_1",
        automatic_payment_methods=given.get("automatic_payment_methods")
        or {"enabled": True, "allow_redirects": "always"},
        customer=given.get("customer"),
        description=given.get("description"),
        livemode=False,
        metadata=given.get("metadata") or {},
        on_behalf_of=given.get("on_behalf_of"),
        payment_method_types=["card", "sepa_debit"],
        status="requires_payment_method",
        usage=given.get("usage") or "off_session",
        _session=session,
        _return_url=given.get("return_url"),
    )
    intent["client_secret"] = f"{intent['id']}_secret_{call.new_id('', SECRET_LENGTH)}"
    events.emit(call, "setup_intent.created", intent)
    return intent


def create(call: Call) -> Record:
    if "customer" in call.params:
        call.find("customer", call.params["customer"], param="customer")
    intent = create_intent(call, **call.params)
    _set_payment_method(call, intent)
    return _confirm(call, intent) if call.params.get("confirm") else intent


def _set_payment_method(call: Call, intent: Record) -> None:
    if "payment_method" in call.params:
        method = payment_methods.resolve(call, call.params["payment_method"])
    elif "payment_method_data" in call.params:
        method = payment_methods.from_params(call, call.params["payment_method_data"])
    else:
        return
    call.change(intent, payment_method=method["id"], status="requires_confirmation")


def confirm(call: Call) -> Record:
    intent = call.find("setup_intent", call.path["id"], param="intent")
    if intent["status"] not in CONFIRMABLE:
        raise _unexpected_state(intent, "confirm")
    _set_payment_method(call, intent)
    return _confirm(call, intent)


def _confirm(call: Call, intent: Record) -> Record:
    if not intent["payment_method"]:
        message = "You cannot confirm this SetupIntent because it's missing a payment method."
        raise invalid_request(message, code="setup_intent_unexpected_state")
    if "return_url" in call.params:
        call.change(intent, _return_url=call.params["return_url"])
    attempt_setup(call, intent, call.get("payment_method", intent["payment_method"]))
    return intent


def attempt_setup(call: Call, intent: Record, method: Record, *, authenticated: bool = False) -> None:
    call.change(intent, payment_method=method["id"], next_action=None, last_setup_error=None)
    if method["type"] == "card" and needs_authentication(method) and not authenticated:
        redirect = {"url": call.world.url(f"/3ds/{intent['id']}"), "return_url": intent["_return_url"]}
        call.change(
            intent,
            status="requires_action",
            next_action={"type": "redirect_to_url", "redirect_to_url": redirect},
        )
        events.emit(call, "setup_intent.requires_action", intent)
    elif decline_code := payment_methods.decline_on_setup(method):
        refusal = card_error(decline_code)
        fail(call, intent, refusal)
        refusal.keeps_effects = True
        refusal.error |= {"setup_intent": intent, "payment_method": method}
        raise refusal
    else:
        _succeed(call, intent, method)


def _succeed(call: Call, intent: Record, method: Record) -> None:
    call.change(method, _set_up=True)
    if intent["customer"]:
        payment_methods.attach_to_customer(call, method, intent["customer"])
    call.change(intent, status="succeeded")
    events.emit(call, "setup_intent.succeeded", intent)


def fail_authentication(call: Call, intent: Record) -> None:
    message = (
        "The payment method could not be authenticated. Choose a different payment method and try again."
    )
    fail(call, intent, StripeError(message, code="setup_intent_authentication_failure"))


def fail(call: Call, intent: Record, refusal: StripeError) -> None:
    method = call.get("payment_method", intent["payment_method"])
    error = {**refusal.error, "payment_method": render(call, method)}
    call.change(
        intent,
        status="requires_payment_method",
        payment_method=None,
        last_setup_error=error,
        next_action=None,
    )
    events.emit(call, "setup_intent.setup_failed", intent)


def update(call: Call) -> Record:
    intent = call.find("setup_intent", call.path["id"], param="intent")
    changes: dict[str, Any] = {
        name: call.params[name] for name in ("customer", "description") if name in call.params
    }
    if "metadata" in call.params:
        changes["metadata"] = merged_metadata(intent, call.params)
    call.change(intent, **changes)
    _set_payment_method(call, intent)
    return intent


def cancel(call: Call) -> Record:
    intent = call.find("setup_intent", call.path["id"], param="intent")
    if intent["status"] not in CONFIRMABLE:
        raise _unexpected_state(intent, "cancel")
    reason = call.params.get("cancellation_reason")
    call.change(intent, status="canceled", cancellation_reason=reason, next_action=None)
    events.emit(call, "setup_intent.canceled", intent)
    return intent


def _unexpected_state(intent: Record, verb: str) -> StripeError:
    return StripeError(
        f"You cannot {verb} this SetupIntent because it has a status of {intent['status']}.",
        code="setup_intent_unexpected_state",
        setup_intent=intent,
    )


def list_intents(call: Call) -> dict[str, Any]:
    return paginate(call, call.list_own("setup_intent"), filters=("customer", "payment_method"))


OPERATIONS: dict[str, Handler] = {
    "GET /v1/setup_intents": list_intents,
    "POST /v1/setup_intents": create,
    "GET /v1/setup_intents/{id}": lambda call: call.find("setup_intent", call.path["id"], param="intent"),
    "POST /v1/setup_intents/{id}": update,
    "POST /v1/setup_intents/{id}/cancel": cancel,
    "POST /v1/setup_intents/{id}/confirm": confirm,
}
