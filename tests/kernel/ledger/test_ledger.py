"""The books: what is posted balances, stays, and is posted once."""

from collections.abc import Callable
from typing import Any
from uuid import UUID, uuid4

import pytest
from django.db import DatabaseError, IntegrityError, connection, transaction
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.django import TestCase

from comptoir.kernel.accounts.models import HOUSE_ID, Workspace
from comptoir.kernel.ledger import chart, check
from comptoir.kernel.ledger.models import Account, Entry, Transfer
from comptoir.kernel.ledger.posting import Line, PostedOtherwise, balance, post
from comptoir.kernel.money import Money

STRIPE = chart.gateway("stripe")
FEES = chart.fees("test")


def euros(minor: int) -> Money:
    return Money(minor, "EUR")


def a_sale(key: str = "sale:1", *, net: int = 850, fee: int = 150) -> Transfer:
    lines = [Line(STRIPE, chart.payee(uuid4()), euros(net)), Line(STRIPE, FEES, euros(fee))]
    return post(key, kind="test.sale", subject="test", subject_id=1, lines=lines)


@pytest.mark.django_db
def test_a_posting_moves_both_sides() -> None:
    seller = chart.payee(uuid4())
    earned = [Line(STRIPE, seller, euros(850)), Line(STRIPE, FEES, euros(150))]
    post("sale", kind="t", subject="t", subject_id=1, lines=earned)
    post("sent", kind="t", subject="t", subject_id=1, lines=[Line(seller, STRIPE, euros(850))])
    assert balance(STRIPE, "EUR") == euros(150)
    assert balance(FEES, "EUR") == euros(150)
    assert balance(seller, "EUR") == euros(0)
    assert balance(STRIPE, "USD") == Money(0, "USD")
    assert check.run() == []


@pytest.mark.django_db
def test_the_same_fact_is_posted_once() -> None:
    lines = [Line(STRIPE, FEES, euros(150))]
    first = post("fact", kind="t", subject="t", subject_id=1, lines=lines)
    again = post("fact", kind="t", subject="t", subject_id=1, lines=lines)
    assert first == again
    assert balance(FEES, "EUR") == euros(150)
    with pytest.raises(PostedOtherwise, match="posted otherwise"):
        post("fact", kind="t", subject="t", subject_id=1, lines=[Line(STRIPE, FEES, euros(151))])


SAID = {"kind": "t", "subject": "t", "subject_id": 1, "lines": [Line(STRIPE, FEES, euros(150))]}
OTHERWISE: dict[str, dict[str, Any]] = {
    "another kind": {"kind": "u"},
    "another subject": {"subject": "u"},
    "another subject's id": {"subject_id": 2},
    "another debit account": {"lines": [Line(chart.cash(), FEES, euros(150))]},
    "another credit account": {"lines": [Line(STRIPE, chart.revenue("test"), euros(150))]},
    "another currency": {"lines": [Line(STRIPE, FEES, Money(150, "USD"))]},
    "another workspace": {"workspace_id": UUID(int=5)},
    "the sides the other way round": {"lines": [Line(FEES, STRIPE, euros(150))]},
}


@pytest.mark.django_db
def test_each_workspace_has_books_of_its_own() -> None:
    studio = Workspace.objects.create(name="Studio")
    post("ours", **SAID)
    post("theirs", **SAID, workspace_id=studio.pk)
    post("theirs too", **SAID, workspace_id=studio.pk)

    assert balance(FEES, "EUR") == euros(150)
    assert balance(FEES, "EUR", workspace_id=studio.pk) == euros(300)
    assert Account.objects.filter(code=FEES.code).count() == 2
    assert check.run() == []


@pytest.mark.django_db
@pytest.mark.parametrize("other", OTHERWISE)
def test_a_key_that_comes_again_for_something_else_is_refused_loudly(other: str) -> None:
    Workspace.objects.create(pk=OTHERWISE["another workspace"]["workspace_id"], name="Studio")
    post("fact", **SAID)
    with pytest.raises(PostedOtherwise, match="posted otherwise"):
        post("fact", **{**SAID, **OTHERWISE[other]})
    assert Transfer.objects.count() == 1
    assert check.run() == []


FALSIFICATIONS: dict[str, Callable[[Transfer], object]] = {
    "change an amount": lambda t: t.entries.update(amount_minor=1),
    "remove an entry": lambda t: t.entries.all()[:1].get().delete(),
    "remove a transfer": lambda t: Transfer.objects.filter(pk=t.pk)._raw_delete("default"),
    "rename a transfer": lambda t: Transfer.objects.filter(pk=t.pk).update(key="other"),
    "change an account's currency": lambda t: Account.objects.update(currency="USD"),
    "add an entry later": lambda t: _copy_entry(t, position=2),
    "take a position again": lambda t: _copy_entry(t, position=0),
    "a negative amount": lambda t: _new_transfer_with(amount_minor=-5),
    "an amount of nothing": lambda t: _new_transfer_with(amount_minor=0),
    "from an account to itself": lambda t: _new_transfer_with(credit=Account.objects.get(code=STRIPE.code)),
    "from one workspace to another": lambda t: _new_transfer_with(credit=_account_of_another_workspace()),
    "in the books of another workspace": lambda t: _new_transfer_with(
        debit=_account_of_another_workspace(), credit=_account_of_another_workspace(code="fees:test")
    ),
    "two currencies in one entry": lambda t: _new_transfer_with(
        credit=Account.objects.create(code="fees:test", currency="USD", kind="revenue")
    ),
}


def _copy_entry(transfer: Transfer, *, position: int) -> None:
    entry = transfer.entries.first()
    assert entry
    entry.pk, entry.position = None, position
    entry.save(force_insert=True)


def _account_of_another_workspace(code: str = "gateway:stripe") -> Account:
    studio, _made = Workspace.objects.get_or_create(name="Studio")
    return Account.objects.create(workspace=studio, code=code, currency="EUR", kind="asset")


def _new_transfer_with(**wrong: object) -> None:
    transfer = Transfer.objects.create(key="new", kind="t", subject="t", subject_id="1", entry_count=1)
    accounts = {
        code: Account.objects.get(code=code, currency="EUR", workspace=HOUSE_ID)
        for code in (STRIPE.code, FEES.code)
    }
    right = {"debit": accounts[STRIPE.code], "credit": accounts[FEES.code], "amount_minor": 5}
    Entry.objects.create(transfer=transfer, position=0, **{**right, **wrong})


@pytest.mark.django_db
@pytest.mark.parametrize("how", FALSIFICATIONS)
def test_the_database_refuses_to_falsify_the_books(how: str) -> None:
    transfer = a_sale()
    with pytest.raises(DatabaseError), transaction.atomic():
        FALSIFICATIONS[how](transfer)
    assert balance(STRIPE, "EUR") == euros(1000)
    assert check.run() == []


@pytest.mark.django_db
@pytest.mark.postgres
def test_postgresql_refuses_to_empty_the_books() -> None:
    a_sale()
    with pytest.raises(IntegrityError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE; TRUNCATE ledger_entry CASCADE")
    assert Entry.objects.count() == 2


@pytest.mark.django_db
def test_the_check_finds_a_transfer_whose_entries_are_missing() -> None:
    Transfer.objects.create(key="hollow", kind="t", subject="t", subject_id="1", entry_count=2)
    assert check.run() == ["transfer hollow: 2 entries were posted, 0 are there"]


@pytest.mark.django_db
def test_the_check_finds_a_transfer_that_says_something_else_than_was_posted() -> None:
    transfer = Transfer.objects.create(
        key="swapped", kind="t", subject="t", subject_id="1", entry_count=1, fingerprint="0" * 64
    )
    a_sale()
    debit, credit = (Account.objects.get(code=name.code) for name in (STRIPE, FEES))
    Entry.objects.create(transfer=transfer, position=0, debit=debit, credit=credit, amount_minor=5)
    assert check.run() == ["transfer swapped: it does not say what its fingerprint stands for"]


class AnyPostings(TestCase):
    @settings(max_examples=25, deadline=None)
    @given(
        st.lists(
            st.tuples(
                st.integers(0, 4), st.integers(0, 4), st.integers(1, 10**12), st.sampled_from(["EUR", "JPY"])
            ).filter(lambda line: line[0] != line[1]),
            min_size=1,
            max_size=12,
        )
    )
    def test_all_accounts_together_hold_nothing(self, lines: list[tuple[int, int, int, str]]) -> None:
        """Whatever is posted, debits equal credits in each currency."""
        names = [chart.gateway(str(number)) for number in range(5)]
        post(
            "any",
            kind="t",
            subject="t",
            subject_id=1,
            lines=[Line(names[a], names[b], Money(amount, currency)) for a, b, amount, currency in lines],
        )
        for currency in ("EUR", "JPY"):
            assert sum(balance(name, currency).minor for name in names) == 0
        assert check.run() == []
