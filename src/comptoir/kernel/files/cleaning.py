"""Uploads that nobody claimed within a day: their rows and their bytes go."""

from collections.abc import Iterable
from datetime import datetime, timedelta
from itertools import islice

from comptoir.kernel import clock
from comptoir.kernel.files.models import FileState, StoredFile
from comptoir.kernel.files.storage import storage
from comptoir.kernel.jobs import job, periodic

UNCLAIMED_FOR = timedelta(hours=24)
BATCH = 200


@periodic(every=timedelta(hours=1))
@job("files.clean")
def clean() -> None:
    """Forget what was announced and never verified. A verified file is never touched, whether it is used or not."""
    before = clock.now() - UNCLAIMED_FOR
    unverified = StoredFile.objects.exclude(state=FileState.STORED).filter(created_at__lt=before)
    while batch := list(unverified.order_by("created_at")[:BATCH]):
        pks = [stored.pk for stored in batch]
        # The state is asked again: a claim may verify one of them at this moment.
        unverified.filter(pk__in=pks).delete()
        kept = set(StoredFile.objects.filter(pk__in=pks).values_list("pk", flat=True))
        for stored in batch:
            if stored.pk not in kept:
                _remove_attempts(stored, before=before)
    # What nobody claimed, was sent once more after it was verified, or was cut off on its way.
    _remove(storage().keys_below("incoming/", before=before))


def _remove_attempts(stored: StoredFile, *, before: datetime) -> None:
    """What a claim has left that died between the bytes and the row."""
    for prefix in (stored.private_prefix, stored.public_prefix):
        _remove(storage().keys_below(prefix, before=before))


def _remove(keys: Iterable[str]) -> None:
    waiting = iter(keys)
    while some := list(islice(waiting, BATCH)):
        storage().remove(some)
