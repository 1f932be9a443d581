"""Whether the books are sound. The database refuses most of this; the check does not take its word for it."""

from collections.abc import Iterator
from uuid import UUID

from django.db.models import Count, F, Prefetch, Q

from comptoir.kernel.ledger.chart import AccountName
from comptoir.kernel.ledger.fingerprints import fingerprint
from comptoir.kernel.ledger.models import Account, AccountKind, Entry, Transfer
from comptoir.kernel.ledger.posting import sum_of_entries

_BATCH = 500


def run() -> list[str]:
    """A sentence for each thing that is wrong with the books themselves."""
    return [
        *_incomplete(),
        *_fingerprint_mismatches(),
        *_mixed_currencies(),
        *_crossing_books(),
        *_not_positive(),
        *_balances(),
    ]


def _incomplete() -> Iterator[str]:
    wrong = Transfer.objects.annotate(found=Count("entries")).exclude(found=F("entry_count"))
    for transfer in wrong.iterator():
        yield f"transfer {transfer.key}: {transfer.entry_count} entries were posted, {transfer.found} are there"


def _mixed_currencies() -> Iterator[str]:
    wrong = Entry.objects.exclude(debit__currency=F("credit__currency"))
    for entry in wrong.select_related("transfer").iterator():
        yield f"transfer {entry.transfer.key}: entry {entry.position} mixes currencies"


def _crossing_books() -> Iterator[str]:
    within = Q(debit__workspace=F("transfer__workspace"), credit__workspace=F("transfer__workspace"))
    for entry in Entry.objects.exclude(within).select_related("transfer").iterator():
        yield f"transfer {entry.transfer.key}: entry {entry.position} crosses books"


def _not_positive() -> Iterator[str]:
    for entry in Entry.objects.filter(amount_minor__lte=0).select_related("transfer").iterator():
        yield f"transfer {entry.transfer.key}: entry {entry.position} has no positive amount"


def _fingerprint_mismatches() -> Iterator[str]:
    entries = Entry.objects.select_related("debit", "credit").order_by("position")
    transfers = Transfer.objects.filter(entry_count__gt=0).prefetch_related(Prefetch("entries", entries))
    for transfer in transfers.iterator(_BATCH):
        parts = [
            (entry.debit.code, entry.credit.code, entry.debit.currency, entry.amount_minor)
            for entry in transfer.entries.all()
        ]
        whose: UUID = transfer.workspace_id  # type: ignore[assignment] # never null
        said = fingerprint(whose, transfer.kind, transfer.subject, transfer.subject_id, parts)
        if parts and said != transfer.fingerprint:
            yield f"transfer {transfer.key}: it does not say what its fingerprint stands for"


def _balances() -> Iterator[str]:
    """The balance that is kept of a guarded account is the sum of its entries."""
    for account in Account.objects.select_related("balance").iterator():
        if AccountName(account.code, AccountKind(account.kind)).is_guarded:
            kept = account.balance.amount_minor if hasattr(account, "balance") else 0
            found = sum_of_entries(account)
            if kept != found:
                yield f"account {account}: its balance says {kept} in minor units, its entries {found}"
