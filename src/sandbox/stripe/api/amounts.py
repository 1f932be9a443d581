"""Amounts and currencies: which ones Stripe takes, from how much to how much, and how its messages write them."""

from sandbox.stripe.api.errors import StripeError, invalid_request

MINIMUM_AMOUNTS = {
    "aed": 200, "aud": 50, "brl": 50, "cad": 50, "chf": 50, "czk": 1500, "dkk": 250, "eur": 50, "gbp": 30,
    "hkd": 400, "huf": 17500, "inr": 50, "jpy": 50, "mxn": 1000, "nok": 300, "nzd": 50, "pln": 200, "ron": 200,
    "sek": 300, "sgd": 50, "usd": 50, "kwd": 160, "xof": 300, "mad": 500,
}  # fmt: skip
MAXIMUM_AMOUNT = 99_999_999
EXPONENTS = {"jpy": 0, "xof": 0, "kwd": 3}
SYMBOLS = {"eur": "€", "usd": "$", "gbp": "£"}


def currency_of(value: str, *, param: str = "currency") -> str:
    currency = value.lower()
    if currency not in MINIMUM_AMOUNTS:
        supported = ", ".join(sorted(MINIMUM_AMOUNTS))
        raise invalid_request(
            f"Invalid currency: {value}. The sandbox supports these currencies: {supported}", param=param
        )
    return currency


def format_amount(amount: int, currency: str) -> str:
    exponent = EXPONENTS.get(currency, 2)
    sign, amount = ("-" if amount < 0 else ""), abs(amount)
    whole, rest = divmod(amount, 10**exponent)
    figure = f"{whole:,}" + (f".{rest:0{exponent}d}" if exponent else "")
    symbol = SYMBOLS.get(currency)
    return f"{sign}{symbol}{figure}" if symbol else f"{sign}{figure} {currency}"


def require_chargeable(amount: int, currency: str, *, param: str = "amount") -> None:
    if amount < 1:
        raise StripeError(
            "This value must be greater than or equal to 1.", code="parameter_invalid_integer", param=param
        )
    minimum = MINIMUM_AMOUNTS[currency]
    if amount < minimum:
        message = f"Amount must be at least {format_amount(minimum, currency)} {currency}"
        raise StripeError(message, code="amount_too_small", param=param)
    if amount > MAXIMUM_AMOUNT:
        message = f"Amount must be no more than {format_amount(MAXIMUM_AMOUNT, currency)} {currency}"
        raise StripeError(message, code="amount_too_large", param=param)


def require_positive(amount: int, *, param: str = "amount") -> None:
    if amount < 1:
        raise StripeError("Invalid positive integer", code="parameter_invalid_integer", param=param)


def in_proportion(part: int, whole: int, of: int) -> int:
    """`of` × part ÷ whole, rounded half up."""
    return (2 * of * part + whole) // (2 * whole)
