"""Checkout sessions: created with what is sold, listed, and expired."""

from typing import Any

from sandbox.clock import DAY
from sandbox.state import Record
from sandbox.stripe.api.amounts import MINIMUM_AMOUNTS, currency_of, format_amount
from sandbox.stripe.api.call import Call, Handler, merged_metadata
from sandbox.stripe.api.errors import StripeError, invalid_request, parameter_missing
from sandbox.stripe.api.pagination import paginate
from sandbox.stripe.checkout.line_items import create_line_items
from sandbox.stripe.payments import setup_intents
from sandbox.stripe.payments.customers import require_email
from sandbox.stripe.payments.payment_intents import cancel_intent, check_connect_params
from sandbox.stripe.webhooks import events

MIN_LIFETIME, MAX_LIFETIME = 30 * 60, DAY
EXPIRY_TOLERANCE = 60
UNSUPPORTED_PARAMS = (
    "after_expiration", "allow_promotion_codes", "automatic_tax", "consent_collection", "custom_fields", "discounts",
    "invoice_creation", "managed_payments", "name_collection", "optional_items", "phone_number_collection",
    "shipping_address_collection", "shipping_options", "subscription_data", "tax_id_collection",
)  # fmt: skip


def create(call: Call) -> Record:
    params = call.params
    mode = params.get("mode") or ("setup" if "line_items" not in params else "payment")
    _check(call, mode)
    items = create_line_items(call) if mode == "payment" else []
    total = sum(item["amount_total"] for item in items)
    currency = items[0]["currency"] if items else currency_of(params["currency"])
    if mode == "payment":
        _check_payment(call, total, currency)
    session = call.create(
        "checkout.session",
        "cs_test_a1",
        adaptive_pricing={"enabled": params.get("adaptive_pricing", {}).get("enabled", False)},
        amount_subtotal=total if mode == "payment" else None,
        amount_total=total if mode == "payment" else None,
        automatic_tax={"enabled": False, "liability": None, "provider": None, "status": None},
        billing_address_collection=params.get("billing_address_collection"),
        cancel_url=params.get("cancel_url"),
        client_reference_id=params.get("client_reference_id"),
        currency=currency,
        custom_fields=[],
        custom_text=dict.fromkeys(
            ("after_submit", "shipping_address", "submit", "terms_of_service_acceptance")
        ),
        customer=params.get("customer"),
        customer_creation=params.get("customer_creation", "if_required") if mode == "payment" else None,
        customer_details=_initial_customer_details(call),
        customer_email=params.get("customer_email"),
        expires_at=_expiry(call),
        livemode=False,
        locale=params.get("locale"),
        metadata=params.get("metadata") or {},
        mode=mode,
        payment_method_collection="if_required" if mode == "payment" else "always",
        payment_method_options={},
        payment_method_types=["card", "sepa_debit"] if currency == "eur" else ["card"],
        payment_status="unpaid" if total else "no_payment_required",
        phone_number_collection={"enabled": False},
        shipping_options=[],
        status="open",
        submit_type=params.get("submit_type"),
        success_url=params["success_url"],
        total_details={"amount_discount": 0, "amount_shipping": 0, "amount_tax": 0}
        if mode == "payment"
        else None,
        ui_mode="hosted_page",
        _line_items=items,
        _payment_intent_data=params.get("payment_intent_data") or {},
        _settled=None,
    )
    call.change(session, url=call.world.url(f"/checkout/{session['id']}"))
    if mode == "setup":
        data = params.get("setup_intent_data") or {}
        intent = setup_intents.create_intent(
            call, session=session["id"], customer=session["customer"], **data
        )
        call.change(session, setup_intent=intent["id"])
    return session


def _check(call: Call, mode: str) -> None:
    params = call.params
    for name in UNSUPPORTED_PARAMS:
        if name in params:
            raise invalid_request(
                f"The sandbox does not imitate the parameter {name} of Checkout.", param=name
            )
    if mode == "subscription":
        raise invalid_request(
            "The sandbox imitates the modes payment and setup, not subscription.", param="mode"
        )
    if params.get("ui_mode", "hosted_page") != "hosted_page":
        raise invalid_request("The sandbox imitates the ui_mode hosted_page alone.", param="ui_mode")
    if "success_url" not in params:
        raise parameter_missing("success_url")
    for name in ("success_url", "cancel_url"):
        if name in params and not params[name].startswith(("http://", "https://")):
            raise invalid_request("Not a valid URL", param=name, code="url_invalid")
    if "customer" in params and "customer_email" in params:
        raise invalid_request(
            "You may only specify one of these parameters: customer, customer_email.", param="customer"
        )
    if "customer" in params and "customer_creation" in params:
        message = "You may only specify one of these parameters: customer, customer_creation."
        raise invalid_request(message, param="customer_creation")
    if "customer" in params:
        customer = call.find("customer", params["customer"], param="customer")
        if customer.get("_deleted"):
            raise invalid_request(
                f"No such customer: '{customer['id']}'", param="customer", code="resource_missing"
            )
    if "customer_email" in params:
        require_email(params["customer_email"], param="customer_email")
    if mode == "payment" and not params.get("line_items"):
        raise parameter_missing("line_items")
    if mode == "setup" and "currency" not in params:
        raise parameter_missing("currency")
    if mode == "setup" and "payment_intent_data" in params:
        message = "You can not pass `payment_intent_data` in `setup` mode."
        raise invalid_request(message, param="payment_intent_data")


def _expiry(call: Call) -> int:
    """By the sandbox's clock, or by the wall clock: a shop does not know that the sandbox's was moved."""
    wanted = call.params.get("expires_at", call.now + MAX_LIFETIME)
    for moment in (wanted, wanted + call.world.clock.offset):
        if MIN_LIFETIME - EXPIRY_TOLERANCE <= moment - call.now <= MAX_LIFETIME + EXPIRY_TOLERANCE:
            return int(moment)
    bound = "at least 30 minutes" if wanted < call.now + MIN_LIFETIME else "less than 24 hours"
    message = f"The `expires_at` timestamp must be {bound} from Checkout Session creation."
    raise invalid_request(message, param="expires_at")


def _check_payment(call: Call, total: int, currency: str) -> None:
    smallest = MINIMUM_AMOUNTS[currency]
    if 0 < total < smallest:
        message = "The Checkout Session's total amount due must add up to at least "
        raise StripeError(f"{message}{format_amount(smallest, currency)} {currency}", code="amount_too_small")
    data = call.params.get("payment_intent_data") or {}
    check_connect_params(call, data, amount=total, currency=currency, prefix="payment_intent_data")


def _initial_customer_details(call: Call) -> dict[str, Any] | None:
    """What is known before the payer has filled in the page."""
    email = call.params.get("customer_email")
    if "customer" in call.params:
        email = call.get("customer", call.params["customer"])["email"]
    return customer_details(email=email) if email else None


def customer_details(
    *, email: str | None, name: str | None = None, country: str | None = None
) -> dict[str, Any]:
    address = {
        **dict.fromkeys(("city", "country", "line1", "line2", "postal_code", "state")),
        "country": country,
    }
    return {
        "address": address if country else None,
        "business_name": None,
        "email": email,
        "individual_name": None,
        "name": name,
        "phone": None,
        "tax_exempt": "none",
        "tax_ids": [],
    }


def retrieve(call: Call) -> Record:
    return call.find("checkout.session", call.path["id"])


def update(call: Call) -> Record:
    session = retrieve(call)
    if "metadata" in call.params:
        call.change(session, metadata=merged_metadata(session, call.params))
    return session


def expire(call: Call) -> Record:
    session = retrieve(call)
    if session["status"] != "open":
        message = (
            'Only Checkout Sessions with a status in ["open"] can be expired. This session has a status of '
        )
        raise invalid_request(f"{message}{session['status']}.")
    expire_session(call, session)
    return session


def expire_session(call: Call, session: Record) -> None:
    """Ends the session unpaid, and cancels its payment intent."""
    call.change(session, status="expired", url=None)
    if session["payment_intent"]:
        intent = call.get("payment_intent", session["payment_intent"])
        if intent["status"] not in ("succeeded", "canceled", "processing"):
            cancel_intent(call, intent, reason="abandoned")
    events.emit(call, "checkout.session.expired", session)


def list_sessions(call: Call) -> dict[str, Any]:
    sessions = call.list_own("checkout.session")
    if email := (call.params.get("customer_details") or {}).get("email"):
        sessions = [
            session for session in sessions if (session["customer_details"] or {}).get("email") == email
        ]
    return paginate(
        call, sessions, filters=("customer", "payment_intent", "payment_link", "status", "subscription")
    )


def list_line_items(call: Call) -> dict[str, Any]:
    """In the order of the session, where other lists are newest first."""
    return paginate(call, retrieve(call)["_line_items"])


OPERATIONS: dict[str, Handler] = {
    "GET /v1/checkout/sessions": list_sessions,
    "POST /v1/checkout/sessions": create,
    "GET /v1/checkout/sessions/{id}": retrieve,
    "POST /v1/checkout/sessions/{id}": update,
    "POST /v1/checkout/sessions/{id}/expire": expire,
    "GET /v1/checkout/sessions/{id}/line_items": list_line_items,
}
