"""Where bytes lie: what a storage can do, and which one this installation uses."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from typing import Protocol

from django.conf import settings


@dataclass(frozen=True)
class Form:
    """A form that a browser or a program posts, its fields first, then the file as `file`."""

    url: str
    fields: dict[str, str]


class Storage(Protocol):
    """Keys start with `incoming/` (as it was sent), `private/` (verified) or `public/` (for all to see).

    Raises `StorageUnavailable` when the other side does not answer.
    """

    def upload_form(self, key: str, *, content_type: str, size: int, expires_at: datetime) -> Form:
        """Permission to put one object of exactly this type and size at `key`, until then."""
        ...

    def size(self, key: str) -> int | None:
        """In bytes, or nothing when there is no such object."""
        ...

    def read(self, key: str, *, limit: int) -> bytes:
        """The object, or as much of it as shows that it is longer than `limit`. Raises `KeyError`."""
        ...

    def copy(self, source: str, target: str, *, content_type: str) -> bool:
        """False when there is no `source`."""
        ...

    def publish(self, key: str, data: bytes, *, content_type: str) -> None:
        """Write an object that anybody may fetch and that never changes."""
        ...

    def remove(self, keys: Sequence[str]) -> None:
        """Those that exist; at most 1,000 at once."""
        ...

    def download_url(self, key: str, *, filename: str, content_type: str, seconds: int) -> str: ...

    def public_url(self, key: str) -> str: ...

    def keys_below(self, prefix: str, *, before: datetime) -> Iterator[str]:
        """The keys that start with `prefix` (ending in a slash) and were written before that moment."""
        ...

    def problems(self) -> Iterator[str]:
        """A sentence for each thing that is wrong with the storage, and how to mend it."""
        ...


def storage() -> Storage:
    """S3 where a bucket is named, else the local disk."""
    if settings.S3_BUCKET:
        return _s3(settings.S3_BUCKET, settings.S3_REGION, settings.S3_ENDPOINT_URL, settings.S3_PUBLIC_URL)
    from comptoir.kernel.files.storage_local import LocalStorage

    return LocalStorage(settings.FILES_DIR)


@cache
def _s3(bucket: str, region: str, endpoint_url: str, public_url: str) -> Storage:
    # Imported here: boto3 takes half a second that an installation on local disk need not spend.
    from comptoir.kernel.files.storage_s3 import S3Storage

    return S3Storage(bucket=bucket, region=region, endpoint_url=endpoint_url, public_url=public_url)
