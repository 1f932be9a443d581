"""Events: what happened, as it was at that moment, told to every endpoint that wants to hear it."""

import hashlib
import hmac
import json
import time
from typing import Any

from sandbox.state import Record
from sandbox.stripe import API_VERSION
from sandbox.stripe.api.call import Call, Handler
from sandbox.stripe.api.pagination import paginate
from sandbox.stripe.api.rendering import render
from sandbox.webhook_sender import WebhookRequest
from sandbox.world import World

SERVICE = "stripe"
CONFIGURED = "configured"


def emit(
    call: Call,
    event_type: str,
    subject: Record,
    *,
    previous: dict[str, Any] | None = None,
    account: str | None = None,
) -> Record:
    """`account` where the event is a connected account's own, though the platform's request caused it."""
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
    send(call.world, event)
    return event


def send(world: World, event: Record) -> list[Record]:
    """Hands the event to the sender, once for each endpoint that wants it."""
    deliveries = [
        world.webhooks.post(SERVICE, event=event["id"], event_type=event["type"], endpoint=endpoint)
        for endpoint in listeners(world, event)
    ]
    event["pending_webhooks"] += len(deliveries)
    world.store.save(event)
    return deliveries


def listeners(world: World, event: Record) -> list[str]:
    found = [CONFIGURED] if world.configuration.webhook_url else []
    for endpoint in world.store.all("webhook_endpoint"):
        hears_connect = endpoint["_connect"] == bool(event["_account"])
        hears_type = {"*", event["type"]} & set(endpoint["enabled_events"])
        if endpoint["status"] == "enabled" and hears_connect and hears_type:
            found.append(endpoint["id"])
    return found


def attend(world: World) -> None:
    """Tells the sender of webhooks how Stripe's webhooks are written and what their arrival changes."""
    world.webhooks.serve(
        SERVICE,
        write=lambda delivery: write_request(world, delivery),
        on_delivered=lambda delivery: note_delivery(world, delivery),
    )


def write_request(world: World, delivery: Record) -> WebhookRequest:
    """Signed afresh at each attempt, by the wall clock: the receiver's tolerance is about transport."""
    event = world.store.get("event", delivery["event"]) or {}
    url, secret = _address(world, delivery["endpoint"])
    body = json.dumps(render(Call(world), event), indent=2).encode()
    headers = {
        "Content-Type": "application/json; charset=utf-8",
        "User-Agent": "Stripe/1.0 (+https://stripe.com/docs/webhooks)",
        "Stripe-Signature": signature(body, secret=secret, at=int(time.time())),
    }
    return WebhookRequest(url, body, headers)


def signature(body: bytes, *, secret: str, at: int) -> str:
    digest = hmac.new(secret.encode(), f"{at}.".encode() + body, hashlib.sha256).hexdigest()
    return f"t={at},v1={digest}"


def _address(world: World, endpoint_id: str) -> tuple[str, str]:
    endpoint = world.store.get("webhook_endpoint", endpoint_id)
    if endpoint:
        return endpoint["url"], endpoint["_secret"]
    return world.configuration.webhook_url or "", world.configuration.webhook_secret


def note_delivery(world: World, delivery: Record) -> None:
    event = world.store.get("event", delivery["event"])
    if event:
        event["pending_webhooks"] = max(0, event["pending_webhooks"] - 1)
        world.store.save(event)


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
