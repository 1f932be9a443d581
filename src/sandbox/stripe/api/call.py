"""A call of the API: by a request, by a person on a hosted page, or because its time has come."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from sandbox.state import Record
from sandbox.stripe.api.errors import resource_missing
from sandbox.stripe.api.schema import empty_fields
from sandbox.world import World

Params = dict[str, Any]


@dataclass
class Call:
    """`account` is the connected account that the call is made for (Stripe-Account), None for the platform."""

    world: World
    account: str | None = None
    params: Params = field(default_factory=dict)
    path: dict[str, str] = field(default_factory=dict)
    url: str = ""
    request_id: str | None = None
    idempotency_key: str | None = None

    @property
    def now(self) -> int:
        return self.world.clock.now()

    def new_id(self, prefix: str, length: int = 24) -> str:
        return self.world.store.new_id(prefix, length)

    def create(self, kind: str, prefix: str, **body: Any) -> Record:
        """A new object with every field that its schema wants: what is not given is null."""
        record = {
            "id": self.new_id(prefix),
            "object": kind,
            "created": self.now,
            **empty_fields(kind),
            **body,
            "_kind": kind,
            "_account": self.account,
        }
        return self.world.store.add(record)

    def find(self, kind: str, record_id: str, *, param: str = "id") -> Record:
        """An object of the account that the call is made for; refused as missing where it belongs to another."""
        record = self.world.store.get(kind, record_id)
        if record is None or record["_account"] != self.account:
            raise resource_missing(kind, record_id, param=param)
        return record

    def get(self, kind: str, record_id: str) -> Record:
        """An object that another one refers to, whichever account it belongs to."""
        record = self.world.store.get(kind, record_id)
        if record is None:
            raise resource_missing(kind, record_id)
        return record

    def list_own(self, kind: str) -> list[Record]:
        """The objects of the account that the call is made for, newest first, as Stripe lists everything."""
        return [record for record in self.world.store.newest(kind) if record["_account"] == self.account]

    def change(self, record: Record, **changes: Any) -> dict[str, Any]:
        """Changes the object; returns what its changed fields were before, for the event."""
        before = {name: record.get(name) for name, value in changes.items() if record.get(name) != value}
        record.update(changes)
        self.world.store.save(record)
        return {name: value for name, value in before.items() if not name.startswith("_")}

    def on_behalf_of(self, account: str | None) -> "Call":
        """The same call, made for another account."""
        return Call(self.world, account, request_id=self.request_id, idempotency_key=self.idempotency_key)


Handler = Callable[[Call], dict[str, Any]]


def merged_metadata(record: Record, params: Params) -> dict[str, str]:
    """Metadata is merged key by key: an empty value removes its key, and an empty string in its place removes all."""
    change = params.get("metadata", {})
    if change == "":
        return {}
    merged = {**(record.get("metadata") or {}), **change}
    return {key: value for key, value in merged.items() if value != ""}
