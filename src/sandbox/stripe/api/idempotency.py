"""Idempotency keys as Stripe keeps them: the first response is saved, errors too, and sent again for 24 hours."""

import hashlib
import json
from dataclasses import dataclass
from itertools import takewhile
from typing import Any

from sandbox.clock import DAY
from sandbox.stripe.api.errors import StripeError
from sandbox.world import World

MAX_KEY_LENGTH = 255
KEPT_SECONDS = DAY


@dataclass(frozen=True)
class SavedResponse:
    status: int
    body: str
    request_id: str


class IdempotencyKeys:
    """A key belongs to an account; two requests with one key at the same moment are refused."""

    def __init__(self, world: World):
        self._world = world
        self._in_progress: set[str] = set()

    def claim(self, key: str, *, account: str | None, request: Any) -> SavedResponse | None:
        """Returns the saved response, or None and reserves the key for this request."""
        if len(key) > MAX_KEY_LENGTH:
            raise StripeError(
                f"Idempotency keys can be at most {MAX_KEY_LENGTH} characters long.", kind="idempotency_error"
            )
        record_id = self._record_id(key, account)
        if record_id in self._in_progress:
            raise StripeError(
                "There is currently another in-progress request using this Idempotent Key (that probably means you "
                "submitted twice, and the other request is still going through): " + key,
                status=409,
                kind="idempotency_error",
                code="idempotency_key_in_use",
            )
        saved = self._world.store.get("_idempotency", record_id)
        if saved and saved["at"] + KEPT_SECONDS > self._world.clock.now():
            if saved["fingerprint"] != fingerprint(request):
                raise StripeError(
                    "Keys for idempotent requests can only be used with the same parameters they were first used "
                    f"with. Try using a key other than '{key}' if you meant to execute a different request.",
                    kind="idempotency_error",
                )
            return SavedResponse(saved["status"], saved["body"], saved["request_id"])
        self._in_progress.add(record_id)
        return None

    def save(self, key: str, response: SavedResponse, *, account: str | None, request: Any) -> None:
        record_id = self._record_id(key, account)
        previous = self._world.store.get("_idempotency", record_id)
        if previous:
            self._world.store.delete(previous)
        self._world.store.add(
            {
                "id": record_id,
                "_kind": "_idempotency",
                "fingerprint": fingerprint(request),
                "at": self._world.clock.now(),
                "status": response.status,
                "body": response.body,
                "request_id": response.request_id,
            }
        )

    def release(self, key: str, *, account: str | None) -> None:
        self._in_progress.discard(self._record_id(key, account))

    @staticmethod
    def _record_id(key: str, account: str | None) -> str:
        return f"idempotency:{account or 'platform'}:{key}"


def delete_expired(world: World) -> int:
    """Deletes the keys that are older than a day; they come oldest first. Returns how many there were."""
    limit = world.clock.now() - KEPT_SECONDS
    old = list(takewhile(lambda saved: saved["at"] <= limit, world.store.all("_idempotency")))
    for saved in old:
        world.store.delete(saved)
    return len(old)


def fingerprint(request: Any) -> str:
    return hashlib.sha256(json.dumps(request, sort_keys=True).encode()).hexdigest()
