"""Amounts of money: integers in the minor unit of their currency. A float never comes near."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal, InvalidOperation
from functools import lru_cache

from babel.numbers import format_currency, get_currency_precision, is_currency
from django.utils.translation import get_language, to_locale
from django.utils.translation import gettext_lazy as _

from comptoir.kernel.errors import Invalid


class NotAnAmount(Invalid):
    code = "not_an_amount"
    message = _("Write the amount in digits, for example %(example)s.")


def exponent(currency: str) -> int:
    """Digits after the decimal point (ISO 4217 by way of CLDR): 2 for EUR, 0 for JPY, 3 for KWD.

    Raises `ValueError` for an unknown code.
    """
    if not is_currency(currency):
        raise ValueError(f"unknown currency {currency!r}")
    return get_currency_precision(currency)


@dataclass(frozen=True)
class Money:
    """`minor` units (cents, yen, fils) of `currency` (ISO 4217, upper case). Negative where money is owed."""

    minor: int
    currency: str

    def __post_init__(self) -> None:
        assert type(self.minor) is int, f"money is counted in integers, not {type(self.minor).__name__}"
        assert len(self.currency) == 3 and self.currency.isupper(), f"not a currency code: {self.currency!r}"

    @classmethod
    def parse(cls, text: str, currency: str) -> "Money":
        """What a person typed: `19.99`, `19,99`, `1 234,50`. Raises `NotAnAmount`."""
        compact = "".join(text.split()).replace(",", ".")
        try:
            minor = Decimal(compact).scaleb(exponent(currency))
        except InvalidOperation:
            minor = Decimal("NaN")
        if not minor.is_finite() or minor != minor.to_integral_value() or abs(minor) >= 10**15:
            raise NotAnAmount(example=format(Decimal(1999).scaleb(-exponent(currency)), "f"))
        return cls(int(minor), currency)

    def __add__(self, other: "Money") -> "Money":
        return Money(self.minor + self._same(other), self.currency)

    def __sub__(self, other: "Money") -> "Money":
        return Money(self.minor - self._same(other), self.currency)

    def __neg__(self) -> "Money":
        return Money(-self.minor, self.currency)

    def __lt__(self, other: "Money") -> bool:
        return self.minor < self._same(other)

    def __le__(self, other: "Money") -> bool:
        return self.minor <= self._same(other)

    def share(self, of_one: Decimal) -> "Money":
        """This part of the amount (`Decimal("0.15")` for 15 %), rounded half up, away from zero."""
        part = (self.minor * of_one).quantize(Decimal(1), rounding=ROUND_HALF_UP)
        return Money(int(part), self.currency)

    def allocate(self, weights: Sequence[int]) -> "list[Money]":
        """Divide by weight without losing a unit: the parts add up to the whole.

        Units left over by rounding down go to the largest remainders, the earlier part first among equals.
        """
        total = sum(weights)
        assert total > 0 and min(weights) >= 0, "weights are not negative, and some are positive"
        sign, amount = (-1, -self.minor) if self.minor < 0 else (1, self.minor)
        parts = [amount * weight // total for weight in weights]
        by_remainder = sorted(range(len(parts)), key=lambda i: -(amount * weights[i] % total))
        for i in by_remainder[: amount - sum(parts)]:
            parts[i] += 1
        return [Money(sign * part, self.currency) for part in parts]

    @property
    def decimal(self) -> Decimal:
        """The amount in major units: `Decimal("19.99")`."""
        return Decimal(self.minor).scaleb(-exponent(self.currency))

    def format(self, language: str | None = None) -> str:
        """As a reader of that language (by default the active one) writes it: `19,99 €`, `€19.99`."""
        locale = to_locale(language or get_language() or "en")
        return _written(self, locale)

    def __str__(self) -> str:
        return self.format()

    def _same(self, other: "Money") -> int:
        assert self.currency == other.currency, f"{self.currency} and {other.currency} do not add up"
        return other.minor


@lru_cache(maxsize=4096)
def _written(amount: Money, locale: str) -> str:
    # Babel reads the pattern of the currency anew each time, and a page or a mail writes the same few prices often.
    return format_currency(amount.decimal, amount.currency, locale=locale)
