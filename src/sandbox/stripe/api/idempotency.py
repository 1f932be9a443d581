"""Idempotency keys as Stripe keeps them: the first answer is saved, errors too, and given again for 24 hours."""

import hashlib
import json
from dataclasses import dataclass
from itertools import takewhile
from typing import Any

from sandbox.clock import DAY
from sandbox.stripe.api.errors import StripeError
from sandbox.world import World

LONGEST_KEY = 255
KEPT_SECONDS = DAY


@dataclass(frozen=True)
class SavedAnswer:
    status: int
    body: str
    request_id: str


class Keys:
    """Keys belong to an account; two requests with one key at the same moment are refused."""

    def __init__(self, world: World):
        self._world = world
        self._busy: set[str] = set()

    def begin(self, key: str, *, account: str | None, request: Any) -> SavedAnswer | None:
        """The saved answer, or None once the key is taken for this request."""
        if len(key) > LONGEST_KEY:
            raise StripeError(
                f"Idempotency keys can be at most {LONGEST_KEY} characters long.", kind="idempotency_error"
            )
        place = self._place(key, account)
        if place in self._busy:
            raise StripeError(
                "There is currently another in-progress request using this Idempotent Key (that probably means you "
                "submitted twice, and the other request is still going through): " + key,
                status=409,
                kind="idempotency_error",
                code="idempotency_key_in_use",
            )
        saved = self._world.store.get("_idempotency", place)
        if saved and saved["at"] + KEPT_SECONDS > self._world.clock.now():
            if saved["fingerprint"] != fingerprint(request):
                raise StripeError(
                    "Keys for idempotent requests can only be used with the same parameters they were first used "
                    f"with. Try using a key other than '{key}' if you meant to execute a different request.",
                    kind="idempotency_error",
                )
            return SavedAnswer(saved["status"], saved["body"], saved["request_id"])
        self._busy.add(place)
        return None

    def save(self, key: str, answer: SavedAnswer, *, account: str | None, request: Any) -> None:
        place = self._place(key, account)
        previous = self._world.store.get("_idempotency", place)
        if previous:
            self._world.store.delete(previous)
        self._world.store.add(
            {
                "id": place,
                "_kind": "_idempotency",
                "fingerprint": fingerprint(request),
                "at": self._world.clock.now(),
                "status": answer.status,
                "body": answer.body,
                "request_id": answer.request_id,
            }
        )

    def end(self, key: str, *, account: str | None) -> None:
        self._busy.discard(self._place(key, account))

    @staticmethod
    def _place(key: str, account: str | None) -> str:
        return f"idempotency:{account or 'platform'}:{key}"


def forget(world: World) -> int:
    """Lets go of the keys that are older than a day; they come oldest first."""
    limit = world.clock.now() - KEPT_SECONDS
    old = list(takewhile(lambda saved: saved["at"] <= limit, world.store.all("_idempotency")))
    for saved in old:
        world.store.delete(saved)
    return len(old)


def fingerprint(request: Any) -> str:
    return hashlib.sha256(json.dumps(request, sort_keys=True).encode()).hexdigest()
