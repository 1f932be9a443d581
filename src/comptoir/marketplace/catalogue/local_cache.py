"""What this process remembers of what it has made: whole pages, and the parts of pages that are the same for many.

Each thing is remembered under all that it is made of. For what shows the catalogue, its edition is among that, so
that nothing is ever out of date; what nobody asks for any more makes room when there are too many.
"""

import hashlib
from collections.abc import Callable
from typing import Any, TypeVar

from django.core.cache import caches

T = TypeVar("T")


def remembered(made_of: tuple[object, ...]) -> Any:
    """What was made of these before, or None."""
    return caches["pages"].get(_key(made_of))


def remember(made_of: tuple[object, ...], thing: Any) -> None:
    caches["pages"].set(_key(made_of), thing)


def made_once(made_of: tuple[object, ...], make: Callable[[], T]) -> T:
    """The same for the same: made at the first time."""
    thing = remembered(made_of)
    if thing is None:
        thing = make()
        remember(made_of, thing)
    return thing


def _key(made_of: tuple[object, ...]) -> str:
    return hashlib.sha256(repr(made_of).encode()).hexdigest()
