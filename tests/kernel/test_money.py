"""Money: integers that add up, divide without loss, and read as people write them."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from comptoir.kernel.money import Money, NotAnAmount, exponent

minor = st.integers(min_value=-(10**13), max_value=10**13)
weights = st.lists(st.integers(min_value=0, max_value=10**6), min_size=1, max_size=30).filter(any)


@given(minor, weights)
def test_parts_add_up_to_the_whole(amount: int, shares: list[int]) -> None:
    parts = Money(amount, "EUR").allocate(shares)
    assert sum(part.minor for part in parts) == amount


@given(minor, weights)
def test_no_part_is_a_whole_unit_away_from_its_exact_share(amount: int, shares: list[int]) -> None:
    for part, weight in zip(Money(amount, "EUR").allocate(shares), shares, strict=True):
        assert abs(part.minor * sum(shares) - amount * weight) < sum(shares)


@given(st.integers(min_value=0, max_value=10**13))
def test_a_share_and_the_rest_lose_nothing(amount: int) -> None:
    price = Money(amount, "EUR")
    fee = price.share(Decimal("0.15"))
    assert fee + (price - fee) == price
    assert abs(fee.minor * 100 - amount * 15) <= 50


@pytest.mark.parametrize(
    ("price", "fee"), [(1999, 300), (3001, 450), (10, 2), (3, 0), (4, 1), (-10, -2), (0, 0), (50, 8)]
)
def test_fees_are_rounded_half_up(price: int, fee: int) -> None:
    assert Money(price, "EUR").share(Decimal("0.15")).minor == fee


@pytest.mark.parametrize(
    ("text", "currency", "expected"),
    [
        ("19.99", "EUR", 1999),
        ("19,99", "EUR", 1999),
        ("1 234,5", "EUR", 123450),
        ("1\u202f234,50", "EUR", 123450),
        ("500", "JPY", 500),
        ("1.234", "KWD", 1234),
        ("-3", "EUR", -300),
    ],
)
def test_what_a_person_types(text: str, currency: str, expected: int) -> None:
    assert Money.parse(text, currency).minor == expected


@pytest.mark.parametrize("text", ["", "abc", "19.999", "1.2.3", "NaN", "Infinity", "1e30", "€5", "--1"])
def test_what_is_not_an_amount_is_refused(text: str) -> None:
    with pytest.raises(NotAnAmount):
        Money.parse(text, "EUR")


@given(st.integers(min_value=-(10**12), max_value=10**12), st.sampled_from(["EUR", "JPY", "KWD"]))
def test_what_is_written_in_digits_is_read_back(amount: int, currency: str) -> None:
    money = Money(amount, currency)
    assert Money.parse(format(money.decimal, "f"), currency) == money


def test_each_currency_has_its_own_decimals() -> None:
    assert [exponent(code) for code in ("EUR", "JPY", "KWD")] == [2, 0, 3]
    assert Money(1999, "JPY").decimal == Decimal(1999)
    assert Money(1999, "KWD").decimal == Decimal("1.999")


def test_a_reader_finds_their_own_notation() -> None:
    assert Money(123450, "EUR").format("fr") == "1\u202f234,50\xa0€"
    assert Money(123450, "EUR").format("en") == "€1,234.50"
    assert Money(500, "JPY").format("en") == "¥500"


def test_currencies_do_not_mix_and_floats_do_not_enter() -> None:
    with pytest.raises(AssertionError):
        Money(1, "EUR") + Money(1, "USD")
    with pytest.raises(AssertionError):
        Money(1.5, "EUR")  # type: ignore[arg-type]
    with pytest.raises(ValueError, match="ZZZ"):
        exponent("ZZZ")
