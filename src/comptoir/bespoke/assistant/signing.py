"""Signatures of our own, both ways: HMAC-SHA256 over `timestamp.body`, in two headers, good for five minutes.

X-Comptoir-Timestamp: 1767225600
X-Comptoir-Signature: sha256=<hex of HMAC(secret, timestamp + "." + raw body)>
"""

import hashlib
import hmac
from collections.abc import Mapping, Sequence
from datetime import timedelta

from comptoir.kernel import clock

TIMESTAMP, SIGNATURE = "X-Comptoir-Timestamp", "X-Comptoir-Signature"
TOLERANCE = timedelta(seconds=300)
_DIGITS_AT_MOST = 12


def headers(body: bytes, *, secret: str) -> dict[str, str]:
    """The two headers that go with this body, signed now."""
    timestamp = str(int(clock.on_the_wall().timestamp()))
    return {TIMESTAMP: timestamp, SIGNATURE: _signature(body, timestamp=timestamp, secret=secret)}


def is_signed(body: bytes, given: Mapping[str, str], *, secrets: Sequence[str]) -> bool:
    """Whether one of these secrets signed the body, within five minutes of now in either direction."""
    timestamp, signature = given.get(TIMESTAMP, ""), given.get(SIGNATURE, "")
    if not (timestamp.isascii() and timestamp.isdecimal() and len(timestamp) <= _DIGITS_AT_MOST):
        return False
    age = clock.on_the_wall().timestamp() - int(timestamp)
    if abs(age) > TOLERANCE.total_seconds():
        return False
    expected = [_signature(body, timestamp=timestamp, secret=secret) for secret in secrets]
    return any(hmac.compare_digest(signature.encode(), one.encode()) for one in expected)


def _signature(body: bytes, *, timestamp: str, secret: str) -> str:
    signed = timestamp.encode() + b"." + body
    return f"sha256={hmac.new(secret.encode(), signed, hashlib.sha256).hexdigest()}"
