"""The form that a payer fills in on several pages: a payment method out of it, and what is wrong with its fields."""

from typing import Any

from sandbox.state import Record
from sandbox.stripe.api.call import Call
from sandbox.stripe.payments import payment_methods
from sandbox.wording import WORDING

FIELDS = {"number": "number", "exp_month": "exp", "exp_year": "exp", "cvc": "cvc"}


def payment_method_from(call: Call, given: dict[str, str]) -> Record:
    """The card, or the bank account, that the form describes."""
    billing: dict[str, Any] = {
        "email": given.get("email"),
        "name": given.get("name"),
        "address": {"country": "FR"},
    }
    if given.get("method", "card").startswith("delayed"):
        fails = given["method"] == "delayed_failing"
        return payment_methods.from_bank_account(
            call, iban=payment_methods.TEST_IBAN, billing=billing, fails=fails
        )
    month, year = payment_methods.parse_expiry(given.get("exp", ""))
    return payment_methods.from_card(
        call,
        number=given.get("number", ""),
        exp_month=month,
        exp_year=year,
        cvc=given.get("cvc", "").strip(),
        billing=billing,
    )


def errors_by_field(error: dict[str, Any]) -> dict[str, str]:
    """The field that the error is about, or "form", and the key of what to say about it."""
    key = error.get("code", "processing_error")
    if error.get("decline_code") == "insufficient_funds":
        key = "insufficient_funds"
    if key not in WORDING:
        key = "processing_error"
    return {FIELDS.get(error.get("param", ""), "form"): key}
