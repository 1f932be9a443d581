"""The routes of the API, and the way of a request: key, fault, idempotency, parameters, operation, response."""

import base64
import json
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qsl

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from sandbox.faults import Fault
from sandbox.serving import hang_up
from sandbox.stripe.api.call import Call, Handler
from sandbox.stripe.api.errors import StripeError, account_invalid
from sandbox.stripe.api.idempotency import IdempotencyKeys, SavedResponse
from sandbox.stripe.api.parameters import parse_brackets, validate
from sandbox.stripe.api.rendering import render
from sandbox.stripe.api.schema import API_VERSION
from sandbox.world import World

RATE_LIMITED = StripeError(
    "Request rate limit exceeded. Learn more about rate limits here https://stripe.com/docs/rate-limits.",
    status=429,
    code="rate_limit",
)
SERVER_ERROR = StripeError("An unknown error occurred.", status=500, kind="api_error")
# As of an account that Stripe has restricted: a refusal of the whole request, which its key remembers.
REFUSED = StripeError("Your account cannot currently make live charges.")


@dataclass
class IncomingRequest:
    """A request as it came in, and its entry in the log."""

    call: Call
    operation: str
    pairs: list[tuple[str, str]]
    log_entry: dict[str, Any]

    @property
    def identity(self) -> list[Any]:
        """What must be equal when an idempotency key is used again."""
        return [self.operation, self.call.url, sorted(self.pairs)]


def routes(world: World, operations: Mapping[str, Handler]) -> list[Route]:
    keys = IdempotencyKeys(world)
    by_path: dict[str, dict[str, Handler]] = {}
    for operation, handler in operations.items():
        method, path = operation.split()
        by_path.setdefault(path, {})[method] = handler
    ordered = sorted(by_path, key=lambda path: path.count("{"))
    routes_of_operations = [
        Route(path, _endpoint(world, keys, path, by_path[path]), methods=list(by_path[path]))
        for path in ordered
    ]
    return [
        *routes_of_operations,
        Route("/v1/{rest:path}", _unrecognized(world), methods=["GET", "POST", "DELETE", "PUT", "PATCH"]),
    ]


def _endpoint(
    world: World, keys: IdempotencyKeys, path: str, handlers: dict[str, Handler]
) -> Callable[..., Any]:
    async def endpoint(request: Request) -> Response:
        operation = f"{'GET' if request.method == 'HEAD' else request.method} {path}"
        incoming = await _incoming(world, request, operation)
        fault = world.faults.take(request.method, request.url.path, path)
        if fault:
            incoming.log_entry["fault"] = fault.kind
        if fault and fault.kind == "timeoutBeforeEffect":
            await world.faults.hold(fault)
            return await hang_up(request)
        return await _respond(keys, incoming, handlers[operation.split()[0]], request, fault)

    return endpoint


def _unrecognized(world: World) -> Callable[..., Any]:
    async def unrecognized(request: Request) -> Response:
        incoming = await _incoming(world, request, "unknown")
        message = f"Unrecognized request URL ({request.method}: {request.url.path}). The sandbox has not all of Stripe."
        return _error(incoming, StripeError(message, status=404))

    return unrecognized


async def _incoming(world: World, request: Request, operation: str) -> IncomingRequest:
    body = (await request.body()).decode(errors="replace")
    source = body if request.method == "POST" else request.url.query
    pairs = parse_qsl(source, keep_blank_values=True)
    call = Call(
        world,
        account=request.headers.get("stripe-account"),
        path=dict(request.path_params),
        url=request.url.path,
        request_id=world.store.new_id("req_", 14),
        idempotency_key=request.headers.get("idempotency-key") if request.method == "POST" else None,
    )
    log_entry = {
        "id": call.request_id,
        "at": time.time(),
        "method": request.method,
        "path": request.url.path,
        "endpoint": operation,
        "params": dict(pairs),
        "account": call.account,
        "idempotencyKey": call.idempotency_key,
        "replayed": False,
        "fault": None,
        "status": None,
        "error": None,
    }
    world.requests.append(log_entry)
    return IncomingRequest(call, operation, pairs, log_entry)


async def _respond(
    keys: IdempotencyKeys, incoming: IncomingRequest, handler: Handler, request: Request, fault: Fault | None
) -> Response:
    call, world = incoming.call, incoming.call.world
    try:
        _authenticate(world, request.headers.get("authorization", ""))
        if call.account and world.store.get("account", call.account) is None:
            raise account_invalid(call.account)
        if fault and fault.kind == "429":
            raise RATE_LIMITED
        saved = _claim(keys, incoming)
    except StripeError as refusal:
        return _error(incoming, refusal)
    if saved:
        return _replay(incoming, saved)
    try:
        response = _execute_and_save(keys, incoming, handler, fault)
        if fault and fault.kind == "timeoutAfterEffect":
            await world.faults.hold(fault)
            return await hang_up(request)
        return response
    finally:
        if call.idempotency_key:
            keys.release(call.idempotency_key, account=call.account)


def _claim(keys: IdempotencyKeys, incoming: IncomingRequest) -> SavedResponse | None:
    key = incoming.call.idempotency_key
    return keys.claim(key, account=incoming.call.account, request=incoming.identity) if key else None


def _execute_and_save(
    keys: IdempotencyKeys, incoming: IncomingRequest, handler: Handler, fault: Fault | None
) -> Response:
    """The outcome is saved under the request's key, unless its parameters were refused."""
    call = incoming.call
    try:
        call.params = validate(incoming.operation, parse_brackets(incoming.pairs))
    except StripeError as refusal:
        return _error(incoming, refusal)
    status, body = _execute(incoming, handler, fault)
    text = json.dumps(body, indent=2)
    if call.idempotency_key:
        saved = SavedResponse(status, text, call.request_id or "")
        keys.save(call.idempotency_key, saved, account=call.account, request=incoming.identity)
    call.world.commit()
    return _response(incoming, status, text)


def _execute(incoming: IncomingRequest, handler: Handler, fault: Fault | None) -> tuple[int, dict[str, Any]]:
    call = incoming.call
    try:
        if fault and fault.kind == "500":
            raise SERVER_ERROR
        if fault and fault.kind == "400":
            raise REFUSED
        return 200, render(call, handler(call), call.params.get("expand"))
    except StripeError as refusal:
        if not refusal.keeps_effects:
            call.world.store.rollback()
        incoming.log_entry["error"] = refusal.error.get("code") or refusal.error["type"]
        return refusal.status, _error_body(call, refusal)
    except Exception:
        call.world.store.rollback()
        raise


def _authenticate(world: World, header: str) -> None:
    scheme, _, credentials = header.partition(" ")
    key = credentials.strip()
    if scheme.lower() == "basic":
        key = base64.b64decode(key + "==", validate=False).decode(errors="replace").split(":", 1)[0]
    if not key:
        raise StripeError(
            "You did not provide an API key. You need to provide your API key in the Authorization header, using "
            "Bearer auth (e.g. 'Authorization: Bearer YOUR_SECRET_KEY').",
            status=401,
        )
    if key != world.configuration.secret_key:
        masked = key[:8] + "*" * max(0, len(key) - 12) + key[-4:]
        raise StripeError(f"Invalid API Key provided: {masked}", status=401)


def _replay(incoming: IncomingRequest, saved: SavedResponse) -> Response:
    incoming.log_entry["replayed"] = True
    response = _response(incoming, saved.status, saved.body)
    response.headers["Idempotent-Replayed"] = "true"
    response.headers["Original-Request"] = saved.request_id
    return response


def _error(incoming: IncomingRequest, refusal: StripeError) -> Response:
    incoming.log_entry["error"] = refusal.error.get("code") or refusal.error["type"]
    return _response(incoming, refusal.status, json.dumps(_error_body(incoming.call, refusal), indent=2))


def _error_body(call: Call, refusal: StripeError) -> dict[str, Any]:
    rendered = {
        name: render(call, part) if isinstance(part, dict) and "_kind" in part else part
        for name, part in refusal.error.items()
    }
    return {"error": rendered}


def _response(incoming: IncomingRequest, status: int, text: str) -> Response:
    incoming.log_entry["status"] = status
    headers = {"Request-Id": incoming.call.request_id or "", "Stripe-Version": API_VERSION}
    if incoming.call.idempotency_key:
        headers["Idempotency-Key"] = incoming.call.idempotency_key
    if incoming.call.account:
        headers["Stripe-Account"] = incoming.call.account
    return Response(text, status, headers=headers, media_type="application/json")
