"""Events: what happened to an object, as it was at that moment, sent to every endpoint that wants it."""

from typing import Any

from sandbox.state import Record
from sandbox.stripe.api.call import Call, Handler
from sandbox.stripe.api.pagination import paginate
from sandbox.stripe.api.rendering import render
from sandbox.stripe.api.schema import API_VERSION
from sandbox.stripe.webhooks import deliveries


def emit(
    call: Call,
    event_type: str,
    subject: Record,
    *,
    previous: dict[str, Any] | None = None,
    account: str | None = None,
) -> Record:
    """An event about `subject`; `account` is whose it is, where that is not the account of the call."""
    data: dict[str, Any] = {"object": render(call, subject)}
    if previous is not None:
        data["previous_attributes"] = previous
    return publish(call, event_type, data, account=account or call.account)


def publish(call: Call, event_type: str, data: dict[str, Any], *, account: str | None) -> Record:
    event = call.on_behalf_of(account).create(
        "event",
        "evt_",
        api_version=API_VERSION,
        data=data,
        livemode=False,
        pending_webhooks=0,
        request={"id": call.request_id, "idempotency_key": call.idempotency_key},
        type=event_type,
    )
    if account:
        event["account"] = account
    deliveries.send(call.world, event)
    return event


def retrieve(call: Call) -> Record:
    return call.find("event", call.path["id"])


def list_events(call: Call) -> dict[str, Any]:
    records = call.list_own("event")
    if "types" in call.params:
        records = [event for event in records if event["type"] in call.params["types"]]
    if "type" in call.params:
        records = [event for event in records if _is_of_type(event["type"], call.params["type"])]
    if "delivery_success" in call.params:
        wanted = call.params["delivery_success"]
        records = [event for event in records if (event["pending_webhooks"] == 0) == wanted]
    return paginate(call, records)


def _is_of_type(event_type: str, wanted: str) -> bool:
    return event_type.startswith(wanted[:-1]) if wanted.endswith("*") else event_type == wanted


OPERATIONS: dict[str, Handler] = {
    "GET /v1/events": list_events,
    "GET /v1/events/{id}": retrieve,
}
