"""Store credit: its balance is one row that no posting takes below zero, whoever posts beside it."""

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from uuid import UUID, uuid4

import pytest
from django.db import IntegrityError, connection, transaction
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.django import TestCase

from comptoir.kernel.ledger import chart, check
from comptoir.kernel.ledger.guarded import InsufficientBalance
from comptoir.kernel.ledger.models import Balance, Transfer
from comptoir.kernel.ledger.posting import Line, balance, post, sum_of_entries
from comptoir.kernel.money import Money

CUSTOMER = UUID(int=7)
CREDIT = chart.customer_credit(CUSTOMER)


def euros(minor: int) -> Money:
    return Money(minor, "EUR")


def give(minor: int, key: str = "") -> Transfer:
    return _post(key, "given", Line(chart.revenue("test"), CREDIT, euros(minor)))


def spend(minor: int, key: str = "") -> Transfer:
    return _post(key, "spent", Line(CREDIT, chart.receivable(), euros(minor)))


def _post(key: str, kind: str, line: Line) -> Transfer:
    with transaction.atomic():
        return post(key or str(uuid4()), kind=kind, subject="customer", subject_id=CUSTOMER, lines=[line])


@pytest.mark.django_db
def test_credit_is_given_and_spent_and_its_balance_read_from_one_row(django_assert_num_queries) -> None:
    give(500)
    spend(180)
    with django_assert_num_queries(1):
        assert balance(CREDIT, "EUR") == euros(320)
    assert balance(CREDIT, "USD") == Money(0, "USD")
    assert check.run() == []


@pytest.mark.django_db
def test_a_posting_below_zero_is_refused_and_leaves_nothing() -> None:
    give(500)
    with pytest.raises(InsufficientBalance, match=r"€5\.00") as refused:
        spend(501, "too much")
    assert refused.value.code == "insufficient_balance"
    assert not Transfer.objects.filter(key="too much").exists()
    assert balance(CREDIT, "EUR") == euros(500)
    spend(500)
    assert balance(CREDIT, "EUR") == euros(0)


@pytest.mark.django_db
def test_credit_that_was_never_given_cannot_be_spent() -> None:
    with pytest.raises(InsufficientBalance):
        spend(1)
    assert Balance.objects.count() == 0


@pytest.mark.django_db
def test_a_posting_that_comes_again_changes_no_balance() -> None:
    give(500, "gift")
    give(500, "gift")
    assert balance(CREDIT, "EUR") == euros(500)


@pytest.mark.django_db
def test_the_check_finds_a_balance_that_is_not_the_sum_of_its_entries() -> None:
    give(500)
    Balance.objects.update(amount_minor=501)
    assert check.run() == [f"account {CREDIT.code} EUR: its balance says 501 in minor units, its entries 500"]


@pytest.mark.django_db
def test_the_database_itself_refuses_a_balance_below_zero() -> None:
    give(500)
    with pytest.raises(IntegrityError), transaction.atomic():
        Balance.objects.update(amount_minor=-1)


@pytest.mark.django_db(transaction=True)
def test_of_many_who_spend_at_once_only_as_many_succeed_as_there_is_credit_for() -> None:
    give(100)
    together = Barrier(8, timeout=30)

    def spend_once(_number: int) -> bool:
        try:
            together.wait()
            spend(30)
            return True
        except InsufficientBalance:
            return False
        finally:
            connection.close()

    with ThreadPoolExecutor(8) as threads:
        succeeded = sum(threads.map(spend_once, range(8)))

    assert succeeded == 3
    assert balance(CREDIT, "EUR") == euros(10)
    assert check.run() == []


class AnyGivingAndSpending(TestCase):
    @settings(max_examples=25, deadline=None)
    @given(st.lists(st.tuples(st.booleans(), st.integers(1, 100)), min_size=1, max_size=12))
    def test_the_balance_is_what_was_given_less_what_was_spent(self, moves: list[tuple[bool, int]]) -> None:
        expected = 0
        for is_gift, minor in moves:
            if is_gift:
                give(minor)
                expected += minor
            elif minor <= expected:
                spend(minor)
                expected -= minor
            else:
                with pytest.raises(InsufficientBalance):
                    spend(minor)
        assert balance(CREDIT, "EUR") == euros(expected)
        assert all(sum_of_entries(row.account) == row.amount_minor for row in Balance.objects.all())
