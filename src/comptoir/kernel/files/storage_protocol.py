"""What a storage can do: what the disk and S3 both offer."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol


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
