"""Payment methods: test cards and a test bank account, attached to a customer or used once."""

import re
from datetime import UTC, datetime
from typing import Any

from sandbox.state import Record
from sandbox.stripe.api.call import Call, Handler, merged_metadata
from sandbox.stripe.api.errors import StripeError, invalid_request, parameter_missing
from sandbox.stripe.api.pagination import paginate
from sandbox.stripe.payments.cards import DECLINES, TEST_CARDS, TEST_PAYMENT_METHODS, Card, luhn_valid
from sandbox.stripe.webhooks import events

EXPIRY = re.compile(r"\s*(\d{1,2})\s*[/\- ]?\s*(\d{2}|\d{4})\s*\Z")
TEST_IBAN = "FR1420041010050500013M02606"
EMPTY_ADDRESS = dict.fromkeys(("city", "country", "line1", "line2", "postal_code", "state"))
UNKNOWN_CARD = Card("", decline="test_mode_live_card")


def card_error(reason: str, *, param: str | None = None, **details: Any) -> StripeError:
    """The error that a declined card gives; `reason` is the decline code."""
    code, message = DECLINES[reason]
    decline_code = reason if code in ("card_declined", "authentication_required") else None
    return StripeError(
        message, status=402, kind="card_error", code=code, param=param, decline_code=decline_code, **details
    )


def from_card(
    call: Call, *, number: str, exp_month: int, exp_year: int, cvc: str, billing: dict[str, Any]
) -> Record:
    """Checks what a person can mistype, in the same order as Stripe."""
    digits = re.sub(r"[\s-]", "", number)
    if not digits.isdigit() or not 12 <= len(digits) <= 19 or not luhn_valid(digits):
        message = "Your card number is incorrect."
        raise StripeError(message, status=402, kind="card_error", code="incorrect_number", param="number")
    if not 1 <= exp_month <= 12:
        message = "Your card's expiration month is invalid."
        raise StripeError(
            message, status=402, kind="card_error", code="invalid_expiry_month", param="exp_month"
        )
    if not _is_in_future(call, exp_month, exp_year):
        message = "Your card's expiration year is invalid."
        raise StripeError(
            message, status=402, kind="card_error", code="invalid_expiry_year", param="exp_year"
        )
    if not cvc.isdigit() or len(cvc) not in (3, 4):
        message = "Your card's security code is invalid."
        raise StripeError(message, status=402, kind="card_error", code="invalid_cvc", param="cvc")
    return _card_method(call, digits, exp_month=exp_month, exp_year=exp_year, billing=billing)


def _is_in_future(call: Call, month: int, year: int) -> bool:
    today = datetime.fromtimestamp(call.now, UTC)
    return (today.year, today.month) <= (year, month) and year <= today.year + 50


def parse_expiry(text: str) -> tuple[int, int]:
    """`12/34` or `12/2034`; (0, 0), which no card has, where it is neither."""
    match = EXPIRY.match(text)
    if not match:
        return 0, 0
    year = int(match[2])
    return int(match[1]), year + 2000 if year < 100 else year


def _card_method(
    call: Call, number: str, *, exp_month: int, exp_year: int, billing: dict[str, Any]
) -> Record:
    card = TEST_CARDS.get(number, UNKNOWN_CARD)
    details = {
        "brand": card.brand,
        "checks": {"address_line1_check": None, "address_postal_code_check": None, "cvc_check": "pass"},
        "country": "FR",
        "display_brand": card.brand,
        "exp_month": exp_month,
        "exp_year": exp_year,
        "fingerprint": f"sandbox{number[-9:]}",
        "funding": "credit",
        "generated_from": None,
        "last4": number[-4:],
        "networks": {"available": [card.brand], "preferred": None},
        "regulated_status": "unregulated",
        "three_d_secure_usage": {"supported": True},
        "wallet": None,
    }
    return _method(call, "card", details, billing, _number=number, _set_up=False)


def from_bank_account(call: Call, *, iban: str, billing: dict[str, Any], fails: bool = False) -> Record:
    """A SEPA direct debit, which succeeds or fails some days after it was confirmed."""
    details = {
        "bank_code": iban[4:9],
        "branch_code": iban[9:14],
        "country": iban[:2],
        "fingerprint": f"sandbox{iban[-9:]}",
        "generated_from": {"charge": None, "setup_attempt": None},
        "last4": iban[-4:],
    }
    return _method(call, "sepa_debit", details, billing, _fails=fails, _set_up=True)


def _method(
    call: Call, kind: str, details: dict[str, Any], billing: dict[str, Any], **private: Any
) -> Record:
    return call.create(
        "payment_method",
        "pm_1",
        allow_redisplay="unspecified",
        billing_details=billing_details(billing),
        livemode=False,
        metadata={},
        type=kind,
        **{kind: details},
        **private,
    )


def billing_details(given: dict[str, Any]) -> dict[str, Any]:
    address = {**EMPTY_ADDRESS, **(given.get("address") or {})}
    return {
        "address": address,
        "email": given.get("email") or None,
        "name": given.get("name") or None,
        "phone": given.get("phone") or None,
        "tax_id": None,
    }


def card_of(method: Record) -> Card:
    return TEST_CARDS.get(method.get("_number", ""), UNKNOWN_CARD)


def decline_on_setup(method: Record) -> str | None:
    """Why the bank refuses to have this card saved for later; None where it agrees."""
    card = card_of(method)
    if method["type"] != "card" or card.declines_only_off_session or card.authentication:
        return None
    return card.decline


def resolve(call: Call, name: str, *, param: str = "payment_method") -> Record:
    """A payment method by id; the names of Stripe's test cards (`pm_card_visa`) each time make a new one."""
    if name not in TEST_PAYMENT_METHODS:
        return call.find("payment_method", name, param=param)
    return _card_method(call, TEST_PAYMENT_METHODS[name], exp_month=12, exp_year=2040, billing={})


def from_params(call: Call, data: dict[str, Any]) -> Record:
    """A payment method from `payment_method_data` or the parameters of its creation."""
    type_, billing = data.get("type", "card"), data.get("billing_details") or {}
    if type_ == "sepa_debit":
        return from_bank_account(
            call, iban=data.get("sepa_debit", {}).get("iban", TEST_IBAN), billing=billing
        )
    if type_ != "card":
        raise invalid_request(
            f"The sandbox knows the payment method types card and sepa_debit, not {type_}.", param="type"
        )
    card = data.get("card")
    if not isinstance(card, dict):
        raise parameter_missing("card")
    if "token" in card:
        named = "pm_card_" + card["token"].removeprefix("tok_")
        return resolve(call, named, param="card[token]")
    for field in ("number", "exp_month", "exp_year"):
        if field not in card:
            raise parameter_missing(f"card[{field}]")
    return from_card(
        call,
        number=card["number"],
        exp_month=card["exp_month"],
        exp_year=card["exp_year"],
        cvc=card.get("cvc", "123"),
        billing=billing,
    )


def create(call: Call) -> Record:
    method = from_params(call, call.params)
    call.change(method, metadata=call.params.get("metadata") or {})
    return method


def attach_to_customer(call: Call, method: Record, customer_id: str) -> None:
    """Does nothing where it is attached already."""
    if method["customer"] == customer_id:
        return
    call.change(method, customer=customer_id)
    events.emit(call, "payment_method.attached", method)


def require_reusable(method: Record) -> None:
    if not method["customer"] and (method.get("_spent") or method.get("_detached")):
        raise invalid_request(
            "This PaymentMethod was previously used without being attached to a Customer or was detached from a "
            "Customer, and may not be used again.",
            param="payment_method",
        )


def attach(call: Call) -> Record:
    method = resolve(call, call.path["id"])
    if "customer" not in call.params:
        raise parameter_missing("customer")
    customer = call.find("customer", call.params["customer"], param="customer")
    if method["customer"] not in (None, customer["id"]):
        raise invalid_request(
            "The payment method you provided has already been attached to a customer.",
            code="resource_already_exists",
        )
    require_reusable(method)
    if decline_code := decline_on_setup(method):
        raise card_error(decline_code)
    attach_to_customer(call, method, customer["id"])
    return method


def detach(call: Call) -> Record:
    method = call.find("payment_method", call.path["id"])
    if not method["customer"]:
        message = "The payment method you provided is not attached to a customer so detachment is impossible."
        raise invalid_request(message)
    before = call.change(method, customer=None, _detached=True)
    events.emit(call, "payment_method.detached", method, previous=before)
    return method


def update(call: Call) -> Record:
    method = call.find("payment_method", call.path["id"])
    changes: dict[str, Any] = {}
    if "billing_details" in call.params:
        changes["billing_details"] = billing_details(
            {**method["billing_details"], **call.params["billing_details"]}
        )
    if "metadata" in call.params:
        changes["metadata"] = merged_metadata(method, call.params)
    if "card" in call.params:
        changes["card"] = {**method["card"], **call.params["card"]}
    before = call.change(method, **changes)
    if before and method["customer"]:
        events.emit(call, "payment_method.updated", method, previous=before)
    return method


def list_methods(call: Call) -> dict[str, Any]:
    return paginate(call, call.list_own("payment_method"), filters=("customer", "type"))


def list_of_customer(call: Call) -> dict[str, Any]:
    customer = call.find("customer", call.path["id"])
    kept = [method for method in call.list_own("payment_method") if method["customer"] == customer["id"]]
    return paginate(call, kept, filters=("type",))


def retrieve_of_customer(call: Call) -> Record:
    call.find("customer", call.path["customerId"], param="customer")
    return call.find("payment_method", call.path["id"])


OPERATIONS: dict[str, Handler] = {
    "GET /v1/payment_methods": list_methods,
    "POST /v1/payment_methods": create,
    "GET /v1/payment_methods/{id}": lambda call: call.find("payment_method", call.path["id"]),
    "POST /v1/payment_methods/{id}": update,
    "POST /v1/payment_methods/{id}/attach": attach,
    "POST /v1/payment_methods/{id}/detach": detach,
    "GET /v1/customers/{id}/payment_methods": list_of_customer,
    "GET /v1/customers/{customerId}/payment_methods/{id}": retrieve_of_customer,
}
