"""What a shop sends to Stripe in these tests, so that a test only says what matters to it."""

from typing import Any

RETURN = "http://shop.test/return"
SUCCESS = "http://shop.test/success?session={CHECKOUT_SESSION_ID}"
CANCEL = "http://shop.test/cart"


def line(
    amount: int = 1999, *, name: str = "Lead scoring workflow", currency: str = "eur", quantity: int = 1
) -> Any:
    return {
        "quantity": quantity,
        "price_data": {"currency": currency, "unit_amount": amount, "product_data": {"name": name}},
    }


def session(*amounts: int, **params: Any) -> Any:
    """A Checkout session in payment mode that sells one line for each amount."""
    return {
        "mode": "payment",
        "line_items": [line(amount) for amount in amounts or (1999,)],
        "success_url": SUCCESS,
        "cancel_url": CANCEL,
        **params,
    }


def destination(account: str, *, fee: int) -> Any:
    """The split of a sale with one seller."""
    return {"payment_intent_data": {"application_fee_amount": fee, "transfer_data": {"destination": account}}}


def off_session(amount: int, *, customer: str, payment_method: str) -> Any:
    return {
        "amount": amount,
        "currency": "eur",
        "customer": customer,
        "payment_method": payment_method,
        "off_session": True,
        "confirm": True,
    }


def balance(api: Any, account: str | None = None, currency: str = "eur") -> int:
    """What an account has, available and pending."""
    answer = api.balance.retrieve({}, {"stripe_account": account} if account else {})
    return sum(part.amount for part in [*answer.available, *answer.pending] if part.currency == currency)
