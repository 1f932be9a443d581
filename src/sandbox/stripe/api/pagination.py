"""Stripe's lists: newest first, paged by cursors, filtered by the fields that the call names."""

from collections.abc import Iterable
from typing import Any

from sandbox.state import Record
from sandbox.stripe.api.call import Call
from sandbox.stripe.api.errors import invalid_request, resource_missing

DEFAULT_PAGE_SIZE, MAX_PAGE_SIZE = 10, 100
COMPARISONS = {
    "gt": lambda value, bound: value > bound,
    "gte": lambda value, bound: value >= bound,
    "lt": lambda value, bound: value < bound,
    "lte": lambda value, bound: value <= bound,
}


def paginate(call: Call, records: Iterable[Record], *, filters: tuple[str, ...] = ()) -> dict[str, Any]:
    """One page of `records`, which come newest first; `filters` are the parameters that a field must equal."""
    wanted = {name: call.params[name] for name in filters if name in call.params}
    matching = [
        record
        for record in records
        if all(_id_of(record.get(name)) == value for name, value in wanted.items())
        and _created_within(call, record)
    ]
    data, has_more = _page(call, matching)
    return {"object": "list", "data": data, "has_more": has_more, "url": call.url}


def _id_of(value: Any) -> Any:
    return value["id"] if isinstance(value, dict) and "id" in value else value


def _created_within(call: Call, record: Record) -> bool:
    bounds = call.params.get("created")
    if isinstance(bounds, int):
        return bool(record["created"] == bounds)
    return all(COMPARISONS[name](record["created"], bound) for name, bound in (bounds or {}).items())


def _page(call: Call, records: list[Record]) -> tuple[list[Record], bool]:
    limit = call.params.get("limit", DEFAULT_PAGE_SIZE)
    if not 1 <= limit <= MAX_PAGE_SIZE:
        raise invalid_request(f"Invalid limit: must be between 1 and {MAX_PAGE_SIZE}", param="limit")
    if "starting_after" in call.params:
        rest = records[_index_of(records, call.params["starting_after"], "starting_after") + 1 :]
    elif "ending_before" in call.params:
        before = records[: _index_of(records, call.params["ending_before"], "ending_before")]
        return before[-limit:], len(before) > limit
    else:
        rest = records
    return rest[:limit], len(rest) > limit


def _index_of(records: list[Record], record_id: str, param: str) -> int:
    for place, record in enumerate(records):
        if record["id"] == record_id:
            return place
    raise resource_missing("object", record_id, param=param)
