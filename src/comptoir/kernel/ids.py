"""Identifiers that may be shown: opaque, unguessable, and in the order of time (UUIDv7, RFC 9562 §5.7)."""

import secrets
import uuid
from datetime import datetime

from comptoir.kernel import clock

_VERSION_AND_VARIANT = (0x7 << 76) | (0b10 << 62)
_LOWEST_62 = (1 << 62) - 1


def new_id() -> uuid.UUID:
    """A fresh UUIDv7: 48 bits of milliseconds, then 74 random bits."""
    milliseconds, random = int(clock.now().timestamp() * 1000), secrets.randbits(74)
    return uuid.UUID(
        int=(milliseconds << 80) | (random >> 62 << 64) | _VERSION_AND_VARIANT | (random & _LOWEST_62)
    )


def first_at(moment: datetime) -> uuid.UUID:
    """Above every id that was made before that moment, and below all that were made since."""
    return uuid.UUID(int=int(moment.timestamp() * 1000) << 80)


def is_uuid(text: str) -> bool:
    """Whether a text from outside can be the id of a row of ours."""
    try:
        uuid.UUID(text)
    except ValueError:
        return False
    return True
