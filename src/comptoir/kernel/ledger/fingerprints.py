"""What a transfer says, in one short string: two postings under one key say the same or are refused."""

import hashlib
import json
from collections.abc import Iterable
from typing import Any
from uuid import UUID

# The codes of the debited and of the credited account, the currency, the amount in minor units.
EntryParts = tuple[str, str, str, int]


def fingerprint(
    workspace_id: UUID, kind: str, subject: str, subject_id: Any, entries: Iterable[EntryParts]
) -> str:
    """The SHA-256 of a transfer in hexadecimal: whose books, its kind, what it is about, every entry in its order."""
    said = [str(workspace_id), kind, subject, str(subject_id), [list(entry) for entry in entries]]
    canonical = json.dumps(said, ensure_ascii=False, separators=(",", ":"))
    return hashlib.sha256(canonical.encode()).hexdigest()
