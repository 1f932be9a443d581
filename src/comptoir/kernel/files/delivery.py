"""Giving files out: links that expire for private ones, lasting addresses for public variants."""

from django.conf import settings

from comptoir.kernel.files.filenames import safe_filename
from comptoir.kernel.files.installed_kinds import kinds
from comptoir.kernel.files.models import FileState, StoredFile
from comptoir.kernel.files.refusals import FileGone
from comptoir.kernel.files.storage import storage


def download_url(stored: StoredFile, *, filename: str, seconds: int = 300) -> str:
    """An address of the verified file that works for so long, and saves it as `filename`, made safe.

    Whoever has the address may use it: check first that the asker may have the file.
    """
    assert stored.state == FileState.STORED, f"{stored} was never verified"
    return storage().download_url(
        stored.private_key,
        filename=safe_filename(filename, endings=kinds()[stored.kind].content_types[stored.content_type]),
        content_type=stored.content_type,
        seconds=seconds,
    )


def contents(stored: StoredFile) -> bytes:
    """The verified file itself, for whoever makes something else of it. Reads the storage: not inside a transaction.

    Raises `FileGone` or `StorageUnavailable`.
    """
    assert stored.state == FileState.STORED, f"{stored} was never verified"
    try:
        return storage().read(stored.private_key, limit=stored.size)
    except KeyError as error:
        raise FileGone from error


def public_url(stored: StoredFile, variant: str = "card") -> str:
    """Where anybody finds a variant of a verified image: `card` (640 × 400) or `large` (up to 1280 wide)."""
    return storage().public_url(stored.variant_key(variant))


def absolute_public_url(stored: StoredFile, variant: str = "card") -> str:
    """The same with the name of this site, for those who read it elsewhere: search engines and programs."""
    url = public_url(stored, variant)
    return f"{settings.SITE_URL}{url}" if url.startswith("/") else url
