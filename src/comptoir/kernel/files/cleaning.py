"""Uploads that came to nothing: their rows and their bytes go.

What nobody claimed goes a day after it was announced; what was claimed and belongs to nothing, a week after that:
a form that was refused, a picture in whose place there is another.
"""

from collections.abc import Iterable
from datetime import timedelta
from itertools import islice

from django.db import transaction
from django.db.models import Exists, ForeignObjectRel, OuterRef, QuerySet
from django.db.models.functions import Coalesce

from comptoir.kernel import clock
from comptoir.kernel.files.models import FileState, StoredFile
from comptoir.kernel.files.storage import storage
from comptoir.kernel.jobs import enqueue, job, periodic

UNCLAIMED_FOR = timedelta(hours=24)
UNATTACHED_FOR = timedelta(days=7)
BATCH = 200


@periodic(every=timedelta(hours=1))
@job("files.clean")
def clean() -> None:
    """Forget what was announced and never verified, and what was verified and never put to use."""
    now = clock.now()
    _forget(StoredFile.objects.exclude(state=FileState.STORED).filter(created_at__lt=now - UNCLAIMED_FOR))
    last_claimed = Coalesce("claimed_again_at", "verified_at")
    _forget(_unattached().alias(claimed_at=last_claimed).filter(claimed_at__lt=now - UNATTACHED_FOR))
    # What nobody claimed, was sent once more after it was verified, or was cut off on its way.
    _remove(storage().keys_below("incoming/", before=now - UNCLAIMED_FOR))


@job("files.remove")
def remove(*, prefixes: list[str]) -> None:
    """The bytes of rows that are gone, with what a claim has left that died between the bytes and the row."""
    for prefix in prefixes:
        _remove(storage().keys_below(prefix, before=clock.now() - UNCLAIMED_FOR))


def _unattached() -> QuerySet[StoredFile]:
    """Verified files that no row of any product names. Who those may be, the foreign keys tell."""
    files = StoredFile.objects.filter(state=FileState.STORED)
    for link in StoredFile._meta.get_fields(include_hidden=True):
        if isinstance(link, ForeignObjectRel):
            named = link.field.model._base_manager.filter(**{link.field.name: OuterRef("pk")})
            files = files.exclude(Exists(named))
    return files


def _forget(files: QuerySet[StoredFile]) -> None:
    """Rows first, and the removal of their bytes with them as a job: nothing that is named is ever without bytes.

    The lock asks of each row once more: it may be claimed at this moment.
    """
    while True:
        with transaction.atomic():
            batch = list(files.order_by("pk").select_for_update()[:BATCH])
            if not batch:
                return
            StoredFile.objects.filter(pk__in=[stored.pk for stored in batch]).delete()
            prefixes = [
                prefix for stored in batch for prefix in (stored.private_prefix, stored.public_prefix)
            ]
            enqueue("files.remove", prefixes=prefixes)


def _remove(keys: Iterable[str]) -> None:
    waiting = iter(keys)
    while some := list(islice(waiting, BATCH)):
        storage().remove(some)
