"""/_sandbox: what a test or a developer reads and sets; JSON in and out."""

import json
from collections.abc import Awaitable, Callable
from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from sandbox.faults import FaultRefused
from sandbox.webhook_sender import ControlRefused
from sandbox.world import World

Endpoint = Callable[[Request], Awaitable[Response]]
Control = Callable[[World, dict[str, Any]], Any]


class RequestRefused(ValueError):
    """A request to a control that cannot be carried out; the message says what is wrong with it."""


def routes(world: World) -> list[Route]:
    table: list[tuple[str, str, Control]] = [
        ("GET", "/_sandbox/health", lambda world, _: {"status": "ok", "now": world.clock.now()}),
        ("GET", "/_sandbox/requests", lambda world, _: _items(list(world.requests))),
        (
            "GET",
            "/_sandbox/deliveries",
            lambda world, _: _items([_delivery(one) for one in world.store.all("_delivery")]),
        ),
        ("GET", "/_sandbox/webhooks", lambda world, _: world.webhooks.controls()),
        ("POST", "/_sandbox/webhooks", lambda world, payload: world.webhooks.set_controls(payload)),
        ("POST", "/_sandbox/webhooks/release", lambda world, _: {"released": world.webhooks.release()}),
        ("GET", "/_sandbox/faults", lambda world, _: _items(world.faults.pending())),
        ("POST", "/_sandbox/faults", lambda world, payload: world.faults.add(payload)),
        ("DELETE", "/_sandbox/faults", _forget_faults),
        ("GET", "/_sandbox/clock", lambda world, _: {"now": world.clock.now()}),
        ("POST", "/_sandbox/clock", _advance),
        ("POST", "/_sandbox/reset", _reset),
    ]
    return [control_route(world, method, path, control) for method, path, control in table]


def control_route(world: World, method: str, path: str, control: Control) -> Route:
    """For the services too: their own controls refuse with `RequestRefused`. What the path names is in the payload."""
    return Route(path, _endpoint(world, control), methods=[method])


def _endpoint(world: World, control: Control) -> Endpoint:
    async def endpoint(request: Request) -> Response:
        try:
            body = await request.body()
            payload = json.loads(body) if body else {}
            if not isinstance(payload, dict):
                raise RequestRefused("Send a JSON object.")
            answer = control(world, payload | request.path_params)
        except (ControlRefused, FaultRefused, RequestRefused, json.JSONDecodeError) as refusal:
            world.store.rollback()
            return JSONResponse({"error": str(refusal)}, 400)
        world.commit()
        return JSONResponse(answer)

    return endpoint


def _forget_faults(world: World, _: dict[str, Any]) -> dict[str, Any]:
    world.faults.clear()
    return _items([])


def _reset(world: World, _: dict[str, Any]) -> dict[str, Any]:
    world.reset()
    return {"status": "ok"}


def _items(items: list[Any]) -> dict[str, Any]:
    return {"items": items, "total": len(items)}


def _delivery(record: dict[str, Any]) -> dict[str, Any]:
    """A delivery as it is shown; `status` and `answer` are those of the last attempt."""
    last = record["attempts"][-1] if record["attempts"] else {}
    shown = ("id", "event", "type", "endpoint", "state", "attempts")
    return {
        **{name: record[name] for name in shown},
        "status": last.get("status"),
        "answer": last.get("answer"),
    }


def _advance(world: World, payload: dict[str, Any]) -> dict[str, Any]:
    """Forward; also back, for a world that is to begin in the past, as long as nothing has happened in it."""
    seconds = payload.get("advance")
    if not isinstance(seconds, int) or (seconds < 0 and any(world.store.all("event"))):
        raise RequestRefused('Say how far in seconds, such as {"advance": 86400}.')
    now = world.clock.advance(seconds)
    return {"now": now, "done": world.run_scheduled()}
