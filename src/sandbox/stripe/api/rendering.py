"""Records as Stripe shows them: private fields left out, embedded lists filled in, `expand` carried out."""

from collections.abc import Callable
from typing import Any

from sandbox.state import Record
from sandbox.stripe.api.call import Call
from sandbox.stripe.api.errors import invalid_request
from sandbox.stripe.api.schema import expandable_fields

DEEPEST_EXPANSION = 4
OBJECT_OF_PREFIX = {
    "acct_": "account", "ch_": "charge", "py_": "charge", "cs_": "checkout.session", "cus_": "customer",
    "du_": "dispute", "fee_": "application_fee", "fr_": "fee_refund", "pi_": "payment_intent",
    "pm_": "payment_method", "po_": "payout", "prod_": "product", "price_": "price", "re_": "refund",
    "pyr_": "refund", "seti_": "setup_intent", "tr_": "transfer", "trr_": "transfer_reversal",
    "txn_": "balance_transaction",
}  # fmt: skip
Children = Callable[[Call, Record], list[Record]]


def _children_by(kind: str, parent: str) -> Children:
    return lambda call, record: [
        child for child in call.world.store.newest(kind) if child[parent] == record["id"]
    ]


ALWAYS_EMBEDDED: dict[str, dict[str, tuple[str, Children]]] = {
    "transfer": {
        "reversals": ("/v1/transfers/{id}/reversals", _children_by("transfer_reversal", "transfer"))
    },
    "application_fee": {"refunds": ("/v1/application_fees/{id}/refunds", _children_by("fee_refund", "fee"))},
}
EMBEDDED_ON_DEMAND: dict[str, dict[str, tuple[str, Children]]] = {
    "charge": {"refunds": ("/v1/charges/{id}/refunds", _children_by("refund", "charge"))},
    "checkout.session": {
        "line_items": ("/v1/checkout/sessions/{id}/line_items", lambda _, session: session["_line_items"])
    },
}


def render(call: Call, record: dict[str, Any], expand: list[str] | None = None) -> dict[str, Any]:
    rendered = _public(record)
    if rendered.get("object") == "list":
        rendered["data"] = [_with_embedded_lists(call, source) for source in record["data"]]
    elif "_kind" in record:
        rendered = _with_embedded_lists(call, record)
    for path in expand or []:
        segments = path.split(".")
        if len(segments) > DEEPEST_EXPANSION:
            raise invalid_request(
                f"You cannot expand more than {DEEPEST_EXPANSION} levels of a property. Property: {path}"
            )
        _expand(call, rendered, segments, path, {})
    return rendered


def _public(value: Any) -> Any:
    if isinstance(value, dict):
        return {
            name: dict(part) if name == "metadata" and part else _public(part)
            for name, part in value.items()
            if not name.startswith("_")
        }
    if isinstance(value, list):
        return [_public(part) for part in value]
    return value


def _with_embedded_lists(call: Call, record: Record) -> dict[str, Any]:
    rendered: dict[str, Any] = _public(record)
    for name, (url, children_of) in ALWAYS_EMBEDDED.get(record.get("object", ""), {}).items():
        rendered[name] = _embedded_list(call, record, url, children_of)
    return rendered


def _embedded_list(call: Call, record: Record, url: str, children_of: Children) -> dict[str, Any]:
    children = children_of(call, record)
    return {
        "object": "list",
        "data": [_with_embedded_lists(call, child) for child in children[:10]],
        "has_more": len(children) > 10,
        "total_count": len(children),
        "url": url.format(id=record["id"]),
    }


def _expand(call: Call, place: Any, segments: list[str], path: str, allowed: dict[str, Any]) -> None:
    """`allowed` is what can be expanded inside a part of an object; of a whole object, its schema says it."""
    if isinstance(place, list):
        for item in place:
            _expand(call, item, segments, path, allowed)
        return
    if not segments or not isinstance(place, dict):
        return
    name, rest = segments[0], segments[1:]
    kind = place.get("object", "")
    allowed = expandable_fields(kind) if kind else allowed
    on_demand = EMBEDDED_ON_DEMAND.get(kind, {}).get(name)
    if on_demand:
        place[name] = _embedded_list(call, call.get(kind, place["id"]), *on_demand)
    elif allowed.get(name) is True:
        place[name] = _expanded(call, place.get(name))
    elif not (rest and (name in allowed or kind == "list" or name in ALWAYS_EMBEDDED.get(kind, {}))):
        raise invalid_request(f"This property cannot be expanded ({path}).")
    inside = allowed.get(name)
    _expand(call, place.get(name), rest, path, inside if isinstance(inside, dict) else {})


def _expanded(call: Call, value: Any) -> Any:
    """The object that an id refers to, or the value itself where it refers to none."""
    record = _record_of(call, value) if isinstance(value, str) else None
    return value if record is None else _with_embedded_lists(call, record)


def _record_of(call: Call, record_id: str) -> Record | None:
    prefix = record_id.split("_", 1)[0] + "_"
    kind = OBJECT_OF_PREFIX.get(prefix)
    return call.world.store.get(kind, record_id) if kind else None
