"""The one place where time comes from, so that a year of business can be played in seconds."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta

_offset = timedelta(0)
_frozen: datetime | None = None


def now() -> datetime:
    """The present moment, aware and in UTC."""
    return _frozen if _frozen is not None else datetime.now(UTC) + _offset


def on_the_wall() -> datetime:
    """The machine's own time, whatever a test plays: for what is about transport, as the age of a signature is."""
    return datetime.now(UTC)


def advance(by: timedelta) -> None:
    """Move the test clock forward. It keeps ticking unless it is frozen."""
    global _offset, _frozen
    if _frozen is not None:
        _frozen += by
    else:
        _offset += by


@contextmanager
def frozen(at: datetime) -> Iterator[None]:
    """Hold the clock at a moment; `advance` still moves it."""
    global _frozen
    assert at.tzinfo is not None, "a moment without a time zone is not a moment"
    before, _frozen = _frozen, at.astimezone(UTC)
    try:
        yield
    finally:
        _frozen = before


def reset() -> None:
    """Back to the real time."""
    global _offset, _frozen
    _offset, _frozen = timedelta(0), None
