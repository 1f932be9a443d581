"""What this process remembers of what it has made: whole pages, and the parts of pages that are the same for many.

Each thing is remembered under all that it is made of. For what shows the catalogue, its edition is among that, so
that nothing is ever out of date; what nobody asks for any more makes room when there are too many.
"""

import hashlib
from collections.abc import Callable
from typing import Any, TypeVar

from django.core.cache import caches

T = TypeVar("T")


def get_cached(cache_key: tuple[object, ...]) -> Any:
    """What was stored under this key, or None."""
    return caches["pages"].get(_digest(cache_key))


def set_cached(cache_key: tuple[object, ...], thing: Any) -> None:
    caches["pages"].set(_digest(cache_key), thing)


def get_or_make(cache_key: tuple[object, ...], make: Callable[[], T]) -> T:
    """What is stored under this key; made and stored where there is nothing yet."""
    thing = get_cached(cache_key)
    if thing is None:
        thing = make()
        set_cached(cache_key, thing)
    return thing


def _digest(cache_key: tuple[object, ...]) -> str:
    return hashlib.sha256(repr(cache_key).encode()).hexdigest()
