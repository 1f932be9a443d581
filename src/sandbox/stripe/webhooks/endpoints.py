"""Webhook endpoints: those that a program registers, and the one of `--webhook-url`, which cannot be changed."""

from typing import Any

from sandbox.state import Record
from sandbox.stripe.api.call import Call, Handler, merged_metadata
from sandbox.stripe.api.errors import invalid_request
from sandbox.stripe.api.pagination import paginate
from sandbox.stripe.api.rendering import render
from sandbox.stripe.api.schema import empty_fields


def create(call: Call) -> dict[str, Any]:
    params = call.params
    _check_url(params["url"])
    if not params["enabled_events"]:
        raise invalid_request("You must enable at least one event.", param="enabled_events")
    endpoint = call.create(
        "webhook_endpoint",
        "we_1",
        api_version=params.get("api_version"),
        description=params.get("description") or None,
        enabled_events=params["enabled_events"],
        livemode=False,
        metadata=params.get("metadata") or {},
        status="enabled",
        url=params["url"],
        _connect=params.get("connect", False),
        _secret=call.new_id("whsec_", 32),
    )
    return {**render(call, endpoint), "secret": endpoint["_secret"]}


def _check_url(url: str) -> None:
    if not url.startswith(("http://", "https://")):
        raise invalid_request(
            "Invalid URL: URL must begin with http:// or https://.", param="url", code="url_invalid"
        )


def update(call: Call) -> Record:
    endpoint = call.find("webhook_endpoint", call.path["id"])
    params = call.params
    if "url" in params:
        _check_url(params["url"])
    changes: dict[str, Any] = {
        name: params[name] for name in ("description", "enabled_events", "url") if name in params
    }
    if "disabled" in params:
        changes["status"] = "disabled" if params["disabled"] else "enabled"
    if "metadata" in params:
        changes["metadata"] = merged_metadata(endpoint, params)
    call.change(endpoint, **changes)
    return endpoint


def delete(call: Call) -> dict[str, Any]:
    endpoint = call.find("webhook_endpoint", call.path["id"])
    call.world.store.delete(endpoint)
    call.world.webhooks.abandon(endpoint["id"])
    return {"id": endpoint["id"], "object": "webhook_endpoint", "deleted": True}


def list_endpoints(call: Call) -> dict[str, Any]:
    return paginate(call, [*call.list_own("webhook_endpoint"), *_configured_endpoints(call)])


def _configured_endpoints(call: Call) -> list[Record]:
    """The endpoint of `--webhook-url`, in a list of its own; an empty list where there is none. It gets every event."""
    url = call.world.configuration.webhook_url
    if not url or call.account:
        return []
    return [
        {
            **empty_fields("webhook_endpoint"),
            "id": "we_configured",
            "object": "webhook_endpoint",
            "created": 0,
            "enabled_events": ["*"],
            "livemode": False,
            "metadata": {},
            "status": "enabled",
            "url": url,
            "_kind": "webhook_endpoint",
        }
    ]


OPERATIONS: dict[str, Handler] = {
    "GET /v1/webhook_endpoints": list_endpoints,
    "POST /v1/webhook_endpoints": create,
    "GET /v1/webhook_endpoints/{id}": lambda call: call.find("webhook_endpoint", call.path["id"]),
    "POST /v1/webhook_endpoints/{id}": update,
    "DELETE /v1/webhook_endpoints/{id}": delete,
}
