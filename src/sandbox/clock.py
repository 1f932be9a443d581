"""The sandbox's own time: the wall clock, moved forward by hand so that a month can pass in a test."""

import time

from sandbox.state import Store

DAY = 86_400


class Clock:
    def __init__(self, store: Store):
        self._store = store

    @property
    def offset(self) -> int:
        return int(self._store.setting("clock_offset", 0))

    def now(self) -> int:
        """Seconds since the epoch, as Stripe dates everything."""
        return int(time.time()) + self.offset

    def advance(self, seconds: int) -> int:
        self._store.set_setting("clock_offset", self.offset + seconds)
        return self.now()
