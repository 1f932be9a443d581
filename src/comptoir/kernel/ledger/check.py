"""Whether the books are sound. The database refuses most of this; the check does not take its word for it."""

from collections.abc import Iterator

from django.db.models import Count, F

from comptoir.kernel.ledger.models import Entry, Transfer


def run() -> list[str]:
    """A sentence for each thing that is wrong with the books themselves."""
    return [*_incomplete(), *_mixed_currencies(), *_not_positive()]


def _incomplete() -> Iterator[str]:
    wrong = Transfer.objects.annotate(found=Count("entries")).exclude(found=F("entry_count"))
    for transfer in wrong.iterator():
        yield f"transfer {transfer.key}: {transfer.entry_count} entries were posted, {transfer.found} are there"


def _mixed_currencies() -> Iterator[str]:
    wrong = Entry.objects.exclude(debit__currency=F("credit__currency"))
    for entry in wrong.select_related("transfer").iterator():
        yield f"transfer {entry.transfer.key}: entry {entry.position} mixes currencies"


def _not_positive() -> Iterator[str]:
    for entry in Entry.objects.filter(amount_minor__lte=0).select_related("transfer").iterator():
        yield f"transfer {entry.transfer.key}: entry {entry.position} has no positive amount"
