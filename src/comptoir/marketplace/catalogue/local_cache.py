"""What this process remembers of what it has made: whole pages, and the parts of pages that are the same for many.

Each thing is remembered under all that it is made of. For what shows the catalogue, its edition is among that, so
that nothing is ever out of date; what nobody asks for any more makes room when there are too many.
"""

import hashlib
from collections.abc import Callable
from typing import Any, TypeVar

from django.core.cache import caches

T = TypeVar("T")


def get_cached(cache_key: tuple[object, ...], *, cache: str) -> Any:
    """What was stored under this key, or None. `cache` names one of `CACHES`."""
    return caches[cache].get(_digest(cache_key))


def set_cached(cache_key: tuple[object, ...], thing: Any, *, cache: str) -> None:
    caches[cache].set(_digest(cache_key), thing)


def get_or_make(cache_key: tuple[object, ...], make: Callable[[], T], *, cache: str = "pages") -> T:
    """What is stored under this key; made and stored where there is nothing yet."""
    thing = get_cached(cache_key, cache=cache)
    if thing is None:
        thing = make()
        set_cached(cache_key, thing, cache=cache)
    return thing


def _digest(cache_key: tuple[object, ...]) -> str:
    return hashlib.sha256(repr(cache_key).encode()).hexdigest()
