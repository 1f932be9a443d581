"""/stripe.js and /element: the payment element that a shop shows in a page of its own, in a frame of ours."""

from pathlib import Path
from typing import Any

from starlette.requests import Request
from starlette.responses import FileResponse, JSONResponse, Response
from starlette.routing import Route

from sandbox.pages import FRAMED, language, page
from sandbox.state import Record
from sandbox.stripe.api.call import Call
from sandbox.stripe.api.errors import StripeError
from sandbox.stripe.pages.checkout import errors_of, method_from_form
from sandbox.stripe.pages.payment import PAYABLE, attempt, by_secret, return_address
from sandbox.wording import said
from sandbox.world import World

SCRIPT = Path(__file__).parents[2] / "static" / "stripe.js"


def routes(world: World) -> list[Route]:
    async def script(_request: Request) -> Response:
        return FileResponse(SCRIPT, media_type="text/javascript", headers={"Cache-Control": "no-cache"})

    async def element(request: Request) -> Response:
        intent = by_secret(world, request.path_params["secret"])
        if request.method == "POST":
            return JSONResponse(
                await _confirmed(world, request, intent), headers={"Cache-Control": "no-store"}
            )
        requested = request.query_params.get("locale")
        if intent is None:
            return page(
                request,
                "message.html",
                status=404,
                locale=requested,
                headers=FRAMED,
                subject="unknown",
                back=None,
            )
        return page(request, "element.html", locale=requested, headers=FRAMED, intent=intent)

    return [
        Route("/stripe.js", script),
        Route("/element/{secret}", element, methods=["GET", "POST"]),
    ]


async def _confirmed(world: World, request: Request, intent: Record | None) -> dict[str, Any]:
    """Where the payer's browser goes from here (`redirect`), or the `error` that `confirmPayment` answers with."""
    tongue = language(request, request.query_params.get("locale"))
    given = {name: str(value) for name, value in (await request.form()).items()}
    if intent is None:
        return _refused({"type": "invalid_request_error", "code": "resource_missing"}, tongue)
    if intent["status"] not in PAYABLE:
        return _refused({"type": "invalid_request_error", "code": "payment_intent_unexpected_state"}, tongue)
    call = Call(world, intent["_account"])
    call.change(intent, _return_url=given.get("return_url") or None)
    try:
        attempt(call, intent, method_from_form(call, given), authenticated=False)
    except StripeError as refusal:
        if refusal.keeps_effects:
            world.commit()
        else:
            world.store.rollback()
        return _refused(refusal.error, tongue)
    world.commit()
    if intent["status"] == "requires_action":
        return {"redirect": intent["next_action"]["redirect_to_url"]["url"]}
    return {"redirect": return_address(call, intent)}


def _refused(error: dict[str, Any], tongue: str) -> dict[str, Any]:
    """In the payer's language. What is wrong with a field stands beside it, and is a `validation_error` to Stripe."""
    wrong = {field: said(tongue, key) for field, key in errors_of(error).items()}
    shown = {name: error.get(name) for name in ("type", "code", "decline_code")}
    if "form" in wrong:
        return {"error": {**shown, "message": wrong["form"]}, "fields": {}}
    return {
        "error": {**shown, "type": "validation_error", "message": next(iter(wrong.values()))},
        "fields": wrong,
    }
