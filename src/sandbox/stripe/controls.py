"""/_sandbox, for Stripe: open and close a dispute, send an event again, change the status of a connected account."""

from typing import Any

from starlette.routing import Route

from sandbox.controls import RequestRefused, control_route
from sandbox.state import Record
from sandbox.stripe.api.call import Call
from sandbox.stripe.api.errors import StripeError
from sandbox.stripe.connect import accounts
from sandbox.stripe.payments import disputes
from sandbox.stripe.webhooks import deliveries, events
from sandbox.world import World


def routes(world: World) -> list[Route]:
    return [
        control_route(world, "POST", "/_sandbox/disputes", _dispute),
        control_route(world, "POST", "/_sandbox/disputes/{id}/close", _close_dispute),
        control_route(world, "POST", "/_sandbox/events", _send_event),
        control_route(world, "POST", "/_sandbox/accounts", _change_account_status),
    ]


def _dispute(world: World, payload: dict[str, Any]) -> dict[str, Any]:
    """`charge` may also name a payment intent: its latest charge is meant. An `inquiry` withdraws nothing."""
    name = str(payload.get("charge", ""))
    intent = world.store.get("payment_intent", name)
    charge = world.store.get("charge", intent["latest_charge"] if intent else name)
    if charge is None:
        raise RequestRefused(f"There is no charge {name!r}.")
    reason, amount = payload.get("reason", "fraudulent"), payload.get("amount")
    if not isinstance(reason, str) or not (amount is None or (isinstance(amount, int) and amount > 0)):
        raise RequestRefused("A reason is a word, and an amount a number of minor units.")
    call, inquiry = Call(world, charge["_account"]), payload.get("inquiry") is True
    try:
        dispute = disputes.open_dispute(call, charge, reason=reason, amount=amount, inquiry=inquiry)
    except StripeError as refusal:
        raise RequestRefused(str(refusal)) from refusal
    return _shown(dispute)


def _close_dispute(world: World, payload: dict[str, Any]) -> dict[str, Any]:
    """{status}: what the bank decides, won or lost, also after it had decided otherwise; or warning_closed, of an
    inquiry."""
    dispute = world.store.get("dispute", payload["id"])
    if dispute is None:
        raise RequestRefused(f"There is no dispute {payload['id']!r}.")
    try:
        disputes.decide(Call(world, dispute["_account"]), dispute, payload.get("status"))
    except StripeError as refusal:
        raise RequestRefused(str(refusal)) from refusal
    return _shown(dispute)


def _shown(dispute: Record) -> dict[str, Any]:
    return {name: dispute[name] for name in ("id", "charge", "amount", "status")}


def _send_event(world: World, payload: dict[str, Any]) -> dict[str, Any]:
    """{id} sends an event once more; {type, data} makes one up around `data`, the object it is about."""
    if "id" in payload:
        event = world.store.get("event", str(payload["id"]))
        if event is None:
            raise RequestRefused(f"There is no event {payload['id']!r}.")
        sent = deliveries.send(world, event)
    elif isinstance(payload.get("type"), str) and isinstance(payload.get("data"), dict):
        call = Call(world, payload.get("account"))
        event = events.publish(
            call, payload["type"], {"object": payload["data"]}, account=payload.get("account")
        )
        sent = [one for one in world.store.all("_delivery") if one["event"] == event["id"]]
    else:
        raise RequestRefused("Send {id} of an event, or {type, data}.")
    return {"event": event["id"], "deliveries": [one["id"] for one in sent]}


def _change_account_status(world: World, payload: dict[str, Any]) -> dict[str, Any]:
    """{account, standing}: what Stripe's verification decides about a connected account later on."""
    account = world.store.get("account", str(payload.get("account", "")))
    standing = payload.get("standing")
    if account is None or standing not in ("complete", "pending", "restricted", "incomplete"):
        raise RequestRefused(
            "Send {account, standing}; a standing is complete, pending, restricted or incomplete."
        )
    accounts.set_status(Call(world), account, standing)
    return {"account": account["id"], "chargesEnabled": account["charges_enabled"]}
