"""Posting to the ledger, and reading balances from it."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import Q, Sum

from comptoir.kernel.ledger.chart import AccountName
from comptoir.kernel.ledger.models import Account, AccountKind, Entry, Transfer
from comptoir.kernel.money import Money


@dataclass(frozen=True)
class Line:
    """One amount, from the credited account to the debited one. Nothing is posted for an amount of zero."""

    debit: AccountName
    credit: AccountName
    amount: Money


def post(key: str, *, kind: str, subject: str, subject_id: Any, lines: Sequence[Line]) -> Transfer:
    """Record a fact about money, in the caller's transaction.

    `key` names the fact: posting it again answers the transfer that stands, and asserts that it says the same.
    Of two that race, the unique key lets one through; the other's transaction fails and is tried again.
    """
    lines = [line for line in lines if line.amount.minor]
    assert lines, f"nothing to post for {key}"
    standing = Transfer.objects.filter(key=key).first()
    if standing:
        assert _amounts(standing) == [line.amount.minor for line in lines], f"{key} was posted otherwise"
        return standing
    transfer = Transfer.objects.create(
        key=key, kind=kind, subject=subject, subject_id=str(subject_id), entry_count=len(lines)
    )
    accounts = _accounts(lines)
    Entry.objects.bulk_create(
        Entry(
            transfer=transfer,
            position=position,
            debit_id=accounts[line.debit.code, line.amount.currency],
            credit_id=accounts[line.credit.code, line.amount.currency],
            amount_minor=line.amount.minor,
        )
        for position, line in enumerate(lines)
    )
    return transfer


def balance(name: AccountName, currency: str) -> Money:
    """The balance on the account's own side: positive means we have it (asset), owe it (liability), earned it
    (revenue) or spent it (expense). Zero for an account that nothing was posted to."""
    account = Account.objects.filter(code=name.code, currency=currency).first()
    if account is None:
        return Money(0, currency)
    sums = Entry.objects.filter(Q(debit=account) | Q(credit=account)).aggregate(
        debits=Sum("amount_minor", filter=Q(debit=account), default=0),
        credits=Sum("amount_minor", filter=Q(credit=account), default=0),
    )
    debit_side = account.kind in (AccountKind.ASSET, AccountKind.EXPENSE)
    minor = sums["debits"] - sums["credits"]
    return Money(minor if debit_side else -minor, currency)


def _amounts(transfer: Transfer) -> list[int]:
    return list(transfer.entries.order_by("position").values_list("amount_minor", flat=True))


def _accounts(lines: Iterable[Line]) -> dict[tuple[str, str], int]:
    """The ids of all accounts that the lines name, opened where they do not exist, in two or three queries."""
    wanted = {(name.code, line.amount.currency): name for line in lines for name in (line.debit, line.credit)}
    found = _find(wanted)
    missing = wanted.keys() - found.keys()
    if missing:
        Account.objects.bulk_create(
            (
                Account(code=code, currency=currency, kind=wanted[code, currency].kind)
                for code, currency in sorted(missing)
            ),
            ignore_conflicts=True,
        )
        found = _find(wanted)
    return found


def _find(wanted: Iterable[tuple[str, str]]) -> dict[tuple[str, str], int]:
    codes = {code for code, _ in wanted}
    rows = Account.objects.filter(code__in=codes).values_list("code", "currency", "id")
    return {(code, currency): pk for code, currency, pk in rows}
