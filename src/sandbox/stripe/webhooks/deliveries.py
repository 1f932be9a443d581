"""Deliveries: the endpoints that an event is sent to, and the signed requests that carry it."""

import hashlib
import hmac
import json
import time

from sandbox.state import Record
from sandbox.stripe.api.call import Call
from sandbox.stripe.api.rendering import render
from sandbox.webhook_sender import WebhookRequest
from sandbox.world import World

SERVICE = "stripe"
CONFIGURED_ENDPOINT = "configured"


def register(world: World) -> None:
    """Tells the sender of webhooks how those of Stripe are written, and what to do once one has arrived."""
    world.webhooks.register(
        SERVICE,
        write=lambda delivery: write_request(world, delivery),
        on_delivered=lambda delivery: _count_as_delivered(world, delivery),
    )


def send(world: World, event: Record) -> list[Record]:
    """Hands the event to the sender of webhooks, once for each endpoint that wants it; returns the deliveries."""
    deliveries = [
        world.webhooks.post(SERVICE, event=event["id"], event_type=event["type"], endpoint=endpoint)
        for endpoint in _endpoints_for(world, event)
    ]
    event["pending_webhooks"] += len(deliveries)
    world.store.save(event)
    return deliveries


def _endpoints_for(world: World, event: Record) -> list[str]:
    found = [CONFIGURED_ENDPOINT] if world.configuration.webhook_url else []
    for endpoint in world.store.all("webhook_endpoint"):
        wants_account = endpoint["_connect"] == bool(event["_account"])
        wants_type = {"*", event["type"]} & set(endpoint["enabled_events"])
        if endpoint["status"] == "enabled" and wants_account and wants_type:
            found.append(endpoint["id"])
    return found


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
    """The URL of the endpoint, and its secret."""
    endpoint = world.store.get("webhook_endpoint", endpoint_id)
    if endpoint:
        return endpoint["url"], endpoint["_secret"]
    return world.configuration.webhook_url or "", world.configuration.webhook_secret


def _count_as_delivered(world: World, delivery: Record) -> None:
    event = world.store.get("event", delivery["event"])
    if event:
        event["pending_webhooks"] = max(0, event["pending_webhooks"] - 1)
        world.store.save(event)
