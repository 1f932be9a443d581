"""Something that is to have happened in the demo, unless it has."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Generic, TypeVar

from comptoir.demo.sandbox import Sandbox

T = TypeVar("T")


@dataclass(frozen=True)
class Event(Generic[T]):
    days_ago: float
    thing: T
    has_happened: Callable[[T], bool]
    happen: Callable[[T, Sandbox], None]
