"""Posting to the ledger, and reading balances from it."""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.db.models import Q, QuerySet, Sum

from comptoir.kernel.accounts.models import HOUSE_ID
from comptoir.kernel.ledger import guarded
from comptoir.kernel.ledger.chart import AccountName
from comptoir.kernel.ledger.fingerprints import fingerprint
from comptoir.kernel.ledger.models import Account, AccountKind, Balance, Entry, Transfer
from comptoir.kernel.money import Money

# Whose books, the code, the currency.
AccountKey = tuple[UUID, str, str]


@dataclass(frozen=True)
class Line:
    """One amount, from the credited account to the debited one. Nothing is posted for an amount of zero."""

    debit: AccountName
    credit: AccountName
    amount: Money


@dataclass(frozen=True)
class Posting:
    """A fact about money, known by its `key`; `kind` names it, and `subject` with `subject_id` what it is about.

    It is posted in the books of one workspace: the house's, where no other is named.
    """

    key: str
    kind: str
    subject: str
    subject_id: Any
    lines: Sequence[Line]
    workspace_id: UUID = HOUSE_ID

    def entries(self) -> list[Line]:
        entries = [line for line in self.lines if line.amount.minor]
        assert entries, f"nothing to post for {self.key}"
        return entries

    def fingerprint(self) -> str:
        """What a transfer of this posting keeps, and every repeat of its key must equal."""
        parts = [
            (line.debit.code, line.credit.code, line.amount.currency, line.amount.minor)
            for line in self.entries()
        ]
        return fingerprint(self.workspace_id, self.kind, self.subject, self.subject_id, parts)


class PostedOtherwise(Exception):
    """A key that was posted comes again and stands for something else. Nothing was posted; a person has to look."""


def post(
    key: str,
    *,
    kind: str,
    subject: str,
    subject_id: Any,
    lines: Sequence[Line],
    workspace_id: UUID = HOUSE_ID,
) -> Transfer:
    """Record one fact about money, as `post_all` does."""
    posting = Posting(
        key, kind=kind, subject=subject, subject_id=subject_id, lines=lines, workspace_id=workspace_id
    )
    return post_all([posting])[0]


def post_all(postings: Sequence[Posting]) -> list[Transfer]:
    """Record facts about money, in the caller's transaction, in four queries however many they are, and a few more
    where one touches a guarded account.

    For a fact that was posted before, returns the transfer that stands. Raises `PostedOtherwise` where that one says
    something else, and `InsufficientBalance` where a guarded account would go below zero. Of two
    that race, the unique key lets one through; the other's transaction fails and is tried again.
    """
    existing = {each.key: each for each in Transfer.objects.filter(key__in=[each.key for each in postings])}
    for posting in postings:
        if posting.key in existing and existing[posting.key].fingerprint != posting.fingerprint():
            raise PostedOtherwise(f"{posting.key} was posted otherwise")
    new = [posting for posting in postings if posting.key not in existing]
    if new:
        existing |= {transfer.key: transfer for transfer in _add(new)}
    return [existing[posting.key] for posting in postings]


def _add(postings: Sequence[Posting]) -> list[Transfer]:
    transfers = Transfer.objects.bulk_create(
        Transfer(
            workspace_id=posting.workspace_id,
            key=posting.key,
            kind=posting.kind,
            subject=posting.subject,
            subject_id=str(posting.subject_id),
            fingerprint=posting.fingerprint(),
            entry_count=len(posting.entries()),
        )
        for posting in postings
    )
    accounts = _accounts(postings)
    Entry.objects.bulk_create(
        Entry(
            transfer=transfer,
            position=position,
            debit_id=accounts[posting.workspace_id, line.debit.code, line.amount.currency],
            credit_id=accounts[posting.workspace_id, line.credit.code, line.amount.currency],
            amount_minor=line.amount.minor,
        )
        for posting, transfer in zip(postings, transfers, strict=True)
        for position, line in enumerate(posting.entries())
    )
    guarded.apply(_guarded_changes(postings, accounts))
    return transfers


def _guarded_changes(
    postings: Sequence[Posting], accounts: Mapping[AccountKey, int]
) -> Iterator[guarded.Change]:
    for posting in postings:
        for line in posting.entries():
            for name, grows in (
                (line.debit, line.debit.grows_by_debit),
                (line.credit, not line.credit.grows_by_debit),
            ):
                if name.is_guarded:
                    by = line.amount.minor if grows else -line.amount.minor
                    yield guarded.Change(
                        accounts[posting.workspace_id, name.code, line.amount.currency],
                        Money(by, line.amount.currency),
                    )


def balance(name: AccountName, currency: str, *, workspace_id: UUID = HOUSE_ID) -> Money:
    """The balance in a workspace's books, on the account's own side: positive means we have it (asset), owe it
    (liability), earned it (revenue) or spent it (expense). Zero for an account that nothing was posted to."""
    if name.is_guarded:
        kept = Balance.objects.filter(
            account__workspace=workspace_id, account__code=name.code, account__currency=currency
        )
        return Money(kept.values_list("amount_minor", flat=True).first() or 0, currency)
    account = Account.objects.filter(workspace=workspace_id, code=name.code, currency=currency).first()
    return Money(sum_of_entries(account) if account else 0, currency)


def balance_about(
    subjects: Mapping[str, Collection[Any]],
    name: AccountName,
    currency: str,
    *,
    workspace_id: UUID = HOUSE_ID,
) -> Money:
    """What of that balance is by transfers about these subjects: the ids of each kind."""
    account = Account.objects.filter(workspace=workspace_id, code=name.code, currency=currency).first()
    if account is None:
        return Money(0, currency)
    about = Q()
    for subject, ids in subjects.items():
        about |= Q(transfer__subject=subject, transfer__subject_id__in=[str(pk) for pk in ids])
    return Money(_sum(account, Entry.objects.filter(about)), currency)


def sum_of_entries(account: Account) -> int:
    """The balance of an account in minor units, added up from all its entries."""
    return _sum(account, Entry.objects.all())


def _sum(account: Account, entries: QuerySet[Entry]) -> int:
    sums = entries.filter(Q(debit=account) | Q(credit=account)).aggregate(
        debits=Sum("amount_minor", filter=Q(debit=account), default=0),
        credits=Sum("amount_minor", filter=Q(credit=account), default=0),
    )
    minor = int(sums["debits"] - sums["credits"])
    return minor if AccountName(account.code, AccountKind(account.kind)).grows_by_debit else -minor


def _accounts(postings: Iterable[Posting]) -> dict[AccountKey, int]:
    """The ids of all accounts that the postings name, opened where they do not exist, in two or three queries."""
    wanted = {
        (posting.workspace_id, name.code, line.amount.currency): name
        for posting in postings
        for line in posting.entries()
        for name in (line.debit, line.credit)
    }
    found = _find(wanted)
    missing = wanted.keys() - found.keys()
    if missing:
        Account.objects.bulk_create(
            (
                Account(workspace_id=workspace, code=code, currency=currency, kind=wanted[key].kind)
                for key in sorted(missing)
                for workspace, code, currency in [key]
            ),
            ignore_conflicts=True,
        )
        found = _find(wanted)
    return found


def _find(wanted: Iterable[AccountKey]) -> dict[AccountKey, int]:
    workspaces, codes = {each[0] for each in wanted}, {each[1] for each in wanted}
    rows = Account.objects.filter(workspace__in=workspaces, code__in=codes)
    found = rows.values_list("workspace_id", "code", "currency", "id")
    return {(workspace, code, currency): pk for workspace, code, currency, pk in found}
