"""/stripe.js and /element: the payment element, which a shop shows in a frame on a page of its own."""

from pathlib import Path
from typing import Any

from starlette.requests import Request
from starlette.responses import FileResponse, JSONResponse, Response
from starlette.routing import Route

from sandbox.pages import FRAMED, negotiated_language, not_found, page
from sandbox.state import Record
from sandbox.stripe.api.call import Call
from sandbox.stripe.api.errors import StripeError
from sandbox.stripe.pages.intents import PAYABLE, attempt, find_by_client_secret, return_url
from sandbox.stripe.pages.payment_form import errors_by_field, payment_method_from
from sandbox.wording import translated
from sandbox.world import World

SCRIPT = Path(__file__).parents[2] / "static" / "stripe.js"


def routes(world: World) -> list[Route]:
    async def script(_request: Request) -> Response:
        return FileResponse(SCRIPT, media_type="text/javascript", headers={"Cache-Control": "no-cache"})

    async def element(request: Request) -> Response:
        intent = find_by_client_secret(world, request.path_params["secret"])
        if request.method == "POST":
            return JSONResponse(await _confirm(world, request, intent), headers={"Cache-Control": "no-store"})
        requested = request.query_params.get("locale")
        if intent is None:
            return not_found(request, locale=requested, headers=FRAMED)
        return page(request, "element.html", locale=requested, headers=FRAMED, intent=intent)

    return [
        Route("/stripe.js", script),
        Route("/element/{secret}", element, methods=["GET", "POST"]),
    ]


async def _confirm(world: World, request: Request, intent: Record | None) -> dict[str, Any]:
    """Returns where the payer's browser goes from here (`redirect`), or the `error` that `confirmPayment` returns."""
    language = negotiated_language(request, request.query_params.get("locale"))
    given = {name: str(value) for name, value in (await request.form()).items()}
    if intent is None:
        return _refused({"type": "invalid_request_error", "code": "resource_missing"}, language)
    if intent["status"] not in PAYABLE:
        return _refused(
            {"type": "invalid_request_error", "code": "payment_intent_unexpected_state"}, language
        )
    call = Call(world, intent["_account"])
    call.change(intent, _return_url=given.get("return_url") or None)
    try:
        attempt(call, intent, payment_method_from(call, given), authenticated=False)
    except StripeError as refusal:
        if refusal.keeps_effects:
            world.commit()
        else:
            world.store.rollback()
        return _refused(refusal.error, language)
    world.commit()
    if intent["status"] == "requires_action":
        return {"redirect": intent["next_action"]["redirect_to_url"]["url"]}
    return {"redirect": return_url(call, intent)}


def _refused(error: dict[str, Any], language: str) -> dict[str, Any]:
    """The error in the payer's language. One about a field is a `validation_error`, and is repeated under its name."""
    messages = {field: translated(language, key) for field, key in errors_by_field(error).items()}
    shown = {name: error.get(name) for name in ("type", "code", "decline_code")}
    if "form" in messages:
        return {"error": {**shown, "message": messages["form"]}, "fields": {}}
    return {
        "error": {**shown, "type": "validation_error", "message": next(iter(messages.values()))},
        "fields": messages,
    }
