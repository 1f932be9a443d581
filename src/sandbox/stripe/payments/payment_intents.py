"""Payment intents: created, confirmed, captured, canceled; the attempt that a confirmation makes is in `attempts`."""

from typing import Any

from sandbox.state import Record
from sandbox.stripe.api.amounts import currency_of, format_amount, require_chargeable
from sandbox.stripe.api.call import Call, Handler, merged_metadata
from sandbox.stripe.api.errors import StripeError, invalid_request
from sandbox.stripe.api.pagination import paginate
from sandbox.stripe.connect.accounts import require_capability
from sandbox.stripe.payments import charges, payment_methods
from sandbox.stripe.payments.attempts import attempt_payment
from sandbox.stripe.webhooks import events

CONFIRMABLE = ("requires_payment_method", "requires_confirmation", "requires_action")
# Stripe cancels one that is processing "in rare cases"; a bank debit that is under way is none of them.
CANCELABLE = (*CONFIRMABLE, "requires_capture")
COPIED_PARAMS = (
    "application_fee_amount", "customer", "description", "on_behalf_of", "receipt_email", "setup_future_usage",
    "shipping", "statement_descriptor", "statement_descriptor_suffix", "transfer_group",
)  # fmt: skip
SECRET_LENGTH = 25


def create_intent(
    call: Call, *, amount: int, currency: str, session: str | None = None, **given: Any
) -> Record:
    """An intent from parameters that were checked; `session` is the Checkout session that it belongs to."""
    transfer_data = given.pop("transfer_data", None)
    automatic = given.pop("automatic_payment_methods", None) or {"enabled": True, "allow_redirects": "always"}
    intent = call.create(
        "payment_intent",
        "pi_3",
        amount=amount,
        amount_capturable=0,
        amount_details={"tip": {}},
        amount_received=0,
        automatic_payment_methods=automatic,
        capture_method=given.pop("capture_method", None) or "automatic_async",
        confirmation_method=given.pop("confirmation_method", None) or "automatic",
        currency=currency,
        livemode=False,
        metadata=given.pop("metadata", None) or {},
        payment_method_options=given.pop("payment_method_options", None) or {},
        payment_method_types=["card", "sepa_debit"] if currency == "eur" else ["card"],
        status="requires_payment_method",
        **{name: given.get(name) for name in COPIED_PARAMS},
        _session=session,
        _return_url=None,
    )
    if transfer_data:
        intent["transfer_data"] = transfer_data
    intent["client_secret"] = f"{intent['id']}_secret_{call.new_id('', SECRET_LENGTH)}"
    events.emit(call, "payment_intent.created", intent)
    return intent


def check_connect_params(
    call: Call, params: dict[str, Any], *, amount: int, currency: str, prefix: str = ""
) -> None:
    """Checks fees and destinations; `prefix` is the parameter they are nested in, for the message."""

    def named(*path: str) -> str:
        head, *rest = ([prefix] if prefix else []) + list(path)
        return head + "".join(f"[{part}]" for part in rest)

    transfer_data = params.get("transfer_data") or {}
    fee = params.get("application_fee_amount")
    if "destination" in transfer_data:
        require_capability(
            call, transfer_data["destination"], "transfers", param=named("transfer_data", "destination")
        )
    if params.get("on_behalf_of"):
        require_capability(call, params["on_behalf_of"], "card_payments", param=named("on_behalf_of"))
    if fee is not None and not transfer_data and not call.account:
        raise invalid_request(
            "Can only apply an application_fee_amount when the PaymentIntent is attempting a direct payment (using an "
            "OAuth key or Stripe-Account header) or destination payment (using `transfer_data[destination]`).",
            param=named("application_fee_amount"),
        )
    if fee is not None and transfer_data.get("amount") is not None:
        raise invalid_request(
            "You cannot pass both application_fee_amount and transfer_data[amount].",
            param=named("application_fee_amount"),
        )
    for value, where in (
        (fee, ("application_fee_amount",)),
        (transfer_data.get("amount"), ("transfer_data", "amount")),
    ):
        if value is not None and not 0 <= value <= amount:
            limit = format_amount(amount, currency)
            raise invalid_request(
                f"{where[-1]} ({format_amount(value, currency)}) must not exceed the amount ({limit}).",
                param=named(*where),
            )


def create(call: Call) -> Record:
    params = call.params
    currency = currency_of(params["currency"])
    require_chargeable(params["amount"], currency)
    check_connect_params(call, params, amount=params["amount"], currency=currency)
    if "customer" in params:
        call.find("customer", params["customer"], param="customer")
    if params.get("off_session") and not params.get("confirm"):
        raise invalid_request(
            "The parameter `off_session` cannot be passed without confirming: pass confirm=true.",
            param="off_session",
        )
    given = {name: value for name, value in params.items() if name not in ("amount", "currency")}
    intent = create_intent(call, amount=params["amount"], currency=currency, **given)
    _set_payment_method(call, intent)
    return _confirm(call, intent) if params.get("confirm") else intent


def _set_payment_method(call: Call, intent: Record) -> None:
    params = call.params
    if "payment_method" in params:
        method = payment_methods.resolve(call, params["payment_method"])
    elif "payment_method_data" in params:
        method = payment_methods.from_params(call, params["payment_method_data"])
    else:
        return
    require_usable(intent, method)
    call.change(intent, payment_method=method["id"], status="requires_confirmation")


def require_usable(intent: Record, method: Record) -> None:
    if method["customer"] and method["customer"] != intent["customer"]:
        raise invalid_request(
            f"The payment method {method['id']} belongs to a customer: it can only be used with that customer "
            "(pass its id as `customer`).",
            param="payment_method",
        )
    payment_methods.require_reusable(method)


def confirm(call: Call) -> Record:
    intent = call.find("payment_intent", call.path["id"], param="intent")
    if intent["status"] not in CONFIRMABLE:
        raise _unexpected_state(intent, "confirm", "confirmed", CONFIRMABLE)
    for name in ("receipt_email", "setup_future_usage", "shipping"):
        if name in call.params:
            call.change(intent, **{name: call.params[name]})
    _set_payment_method(call, intent)
    return _confirm(call, intent)


def _confirm(call: Call, intent: Record) -> Record:
    if not intent["payment_method"]:
        raise invalid_request(
            "You cannot confirm this PaymentIntent because it's missing a payment method. You can either update the "
            "PaymentIntent with a payment method and then confirm it again, or confirm it again directly with a "
            "payment method or ConfirmationToken.",
            code="payment_intent_unexpected_state",
        )
    automatic = intent["automatic_payment_methods"]
    on_session = not call.params.get("off_session")
    redirects = automatic["enabled"] and automatic.get("allow_redirects", "always") == "always"
    if on_session and redirects and "return_url" not in call.params and not intent["_return_url"]:
        raise invalid_request(
            "This PaymentIntent is configured to accept payment methods enabled in your Dashboard. Because some of "
            "these payment methods might redirect your customer off of your page, you must provide a `return_url`.",
            param="return_url",
        )
    if "return_url" in call.params:
        call.change(intent, _return_url=call.params["return_url"])
    attempt_payment(
        call,
        intent,
        call.get("payment_method", intent["payment_method"]),
        off_session=bool(call.params.get("off_session")),
        error_on_requires_action=bool(call.params.get("error_on_requires_action")),
    )
    return intent


def update(call: Call) -> Record:
    intent = call.find("payment_intent", call.path["id"], param="intent")
    params = call.params
    if intent["status"] not in CONFIRMABLE and set(params) - {"description", "metadata", "expand"}:
        raise _unexpected_state(intent, "update", "updated", CONFIRMABLE)
    amount: int = params["amount"] if "amount" in params else intent["amount"]
    currency = currency_of(params.get("currency") or intent["currency"])
    require_chargeable(amount, currency)
    transfer_data = {**intent.get("transfer_data", {}), **params.get("transfer_data", {})}
    merged = {**intent, **params, "transfer_data": transfer_data}
    check_connect_params(call, merged, amount=amount, currency=currency)
    changes: dict[str, Any] = {name: params[name] or None for name in COPIED_PARAMS if name in params}
    changes |= {"amount": amount, "currency": currency}
    if transfer_data:
        changes["transfer_data"] = transfer_data
    if "metadata" in params:
        changes["metadata"] = merged_metadata(intent, params)
    call.change(intent, **changes)
    _set_payment_method(call, intent)
    return intent


def cancel(call: Call) -> Record:
    intent = call.find("payment_intent", call.path["id"], param="intent")
    if intent["status"] not in CANCELABLE:
        raise _unexpected_state(intent, "cancel", "canceled", CANCELABLE)
    if intent["_session"]:
        session = call.get("checkout.session", intent["_session"])
        if session["status"] == "open":
            raise invalid_request(
                "You cannot cancel this PaymentIntent: expire its Checkout Session instead."
            )
    cancel_intent(call, intent, reason=call.params.get("cancellation_reason"))
    return intent


def cancel_intent(call: Call, intent: Record, *, reason: str | None) -> None:
    """Cancels the intent, and releases the money that a bank holds for it."""
    if intent["status"] == "requires_capture":
        charges.release_hold(call, call.get("charge", intent["latest_charge"]))
    call.change(
        intent,
        status="canceled",
        canceled_at=call.now,
        cancellation_reason=reason,
        amount_capturable=0,
        next_action=None,
    )
    events.emit(call, "payment_intent.canceled", intent)


def capture(call: Call) -> Record:
    intent = call.find("payment_intent", call.path["id"], param="intent")
    if intent["status"] != "requires_capture":
        raise _unexpected_state(intent, "capture", "captured", ("requires_capture",))
    amount = (
        call.params["amount_to_capture"]
        if "amount_to_capture" in call.params
        else intent["amount_capturable"]
    )
    if not 1 <= amount <= intent["amount_capturable"]:
        raise StripeError(
            f"The amount to capture must be between 1 and {intent['amount_capturable']}.",
            code="amount_too_large",
            param="amount_to_capture",
        )
    charges.succeed(call, call.get("charge", intent["latest_charge"]), amount=amount)
    call.change(intent, status="succeeded", amount_received=amount, amount_capturable=0)
    events.emit(call, "payment_intent.succeeded", intent)
    return intent


def _unexpected_state(intent: Record, verb: str, participle: str, allowed: tuple[str, ...]) -> StripeError:
    return StripeError(
        f"You cannot {verb} this PaymentIntent because it has a status of {intent['status']}. Only a PaymentIntent "
        f"with one of the following statuses may be {participle}: {', '.join(allowed)}.",
        code="payment_intent_unexpected_state",
        payment_intent=intent,
    )


def list_intents(call: Call) -> dict[str, Any]:
    return paginate(call, call.list_own("payment_intent"), filters=("customer",))


OPERATIONS: dict[str, Handler] = {
    "GET /v1/payment_intents": list_intents,
    "POST /v1/payment_intents": create,
    "GET /v1/payment_intents/{id}": lambda call: call.find("payment_intent", call.path["id"], param="intent"),
    "POST /v1/payment_intents/{id}": update,
    "POST /v1/payment_intents/{id}/cancel": cancel,
    "POST /v1/payment_intents/{id}/capture": capture,
    "POST /v1/payment_intents/{id}/confirm": confirm,
}
