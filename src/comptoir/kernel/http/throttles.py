"""How often one may ask. Counts per window of time, kept in the cache.

django-ninja's own rate throttles keep the request at hand on the throttle object, which threads share, take
a whole `X-Forwarded-For` for an address, and tell signed-in callers apart by `str(user)`, a name that two
people may have. Hence these few lines. A count is one atomic `incr`, in Redis and in memory; in memory each
process counts for itself, which is right for the embedded mode with its one process.
"""

import math
from abc import ABC, abstractmethod
from typing import ClassVar

from allauth.account.adapter import get_adapter
from django.conf import settings
from django.core.cache import cache
from django.http import HttpRequest
from ninja.throttling import BaseThrottle

from comptoir.kernel import clock
from comptoir.kernel.http.problems import TooManyRequests

_SECONDS = {"s": 1, "min": 60, "h": 3600, "day": 86400}


class _WindowThrottle(BaseThrottle, ABC):
    scope: ClassVar[str]

    def __init__(self, rate: str) -> None:
        count, _, period = rate.partition("/")
        self.limit, self.seconds = int(count), _SECONDS[period]

    @abstractmethod
    def subject(self, request: HttpRequest) -> str | None:
        """Whom to count, or nobody."""

    def allow_request(self, request: HttpRequest) -> bool:
        subject = self.subject(request)
        if subject is None:
            return True
        window = int(clock.now().timestamp()) // self.seconds
        key = f"throttle:{self.scope}:{subject}:{window}"
        if cache.add(key, 1, timeout=self.seconds):
            return self.limit >= 1
        try:
            return cache.incr(key) <= self.limit
        except ValueError:  # the window ended between the two calls
            return True

    def wait(self) -> float:
        """Seconds until the window ends."""
        return math.ceil(self.seconds - clock.now().timestamp() % self.seconds)


class AnonThrottle(_WindowThrottle):
    """Callers who are not signed in, by address."""

    scope = "anon"

    def subject(self, request: HttpRequest) -> str | None:
        return None if request.user.is_authenticated else _address(request)


class UserThrottle(_WindowThrottle):
    """Callers who are signed in, all their sessions and tokens together."""

    scope = "user"

    def subject(self, request: HttpRequest) -> str | None:
        return str(request.user.pk) if request.user.is_authenticated else None


class StrictThrottle(_WindowThrottle):
    """Everybody, on routes where a call moves money or tries a secret.

    `throttle=[*default_throttles(), StrictThrottle("20/min", scope="payments")]`; one scope may serve several.
    """

    def __init__(self, rate: str, *, scope: str) -> None:
        super().__init__(rate)
        self.scope = f"strict:{scope}"  # type: ignore[misc]

    def admit(self, request: HttpRequest) -> None:
        """For a page, which has no decorator that asks. Raises `TooManyRequests`."""
        if not self.allow_request(request):
            raise TooManyRequests(seconds=self.wait())

    def subject(self, request: HttpRequest) -> str:
        return f"u{request.user.pk}" if request.user.is_authenticated else _address(request)


def default_throttles() -> list[BaseThrottle]:
    """Both kinds: each lets the other's callers pass."""
    return [AnonThrottle(settings.API_RATE_ANON), UserThrottle(settings.API_RATE_AUTH)]


def _address(request: HttpRequest) -> str:
    return get_adapter().get_client_ip(request)
