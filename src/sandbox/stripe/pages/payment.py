"""/pay and /receipts: a page to pay an intent that a program made itself, and the receipt of a charge."""

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from sandbox.pages import not_found, page, redirect
from sandbox.state import Record
from sandbox.stripe.api.call import Call
from sandbox.stripe.api.errors import StripeError
from sandbox.stripe.pages.intents import PAYABLE, attempt, find_by_client_secret, return_url
from sandbox.stripe.pages.payment_form import errors_by_field, payment_method_from
from sandbox.world import World


def routes(world: World) -> list[Route]:
    async def pay(request: Request) -> Response:
        intent = find_by_client_secret(world, request.path_params["secret"])
        if intent is None:
            return not_found(request)
        call = Call(world, intent["_account"])
        if wanted := request.query_params.get("return_url"):
            call.change(intent, _return_url=wanted)
            world.commit()
        if intent["status"] not in PAYABLE:
            return redirect(return_url(call, intent))
        if request.method != "POST":
            return page(request, "pay.html", intent=intent, given={}, errors={})
        return _pay(
            call, request, intent, {name: str(value) for name, value in (await request.form()).items()}
        )

    async def receipt(request: Request) -> Response:
        charge = world.store.get("charge", request.path_params["id"])
        return not_found(request) if charge is None else page(request, "receipt.html", charge=charge)

    async def done(request: Request) -> Response:
        return page(request, "message.html", subject="done", back=None)

    return [
        Route("/pay/{secret}", pay, methods=["GET", "POST"]),
        Route("/receipts/{id}", receipt),
        Route("/done", done),
    ]


def _pay(call: Call, request: Request, intent: Record, given: dict[str, str]) -> Response:
    try:
        attempt(call, intent, payment_method_from(call, given), authenticated=False)
    except StripeError as refusal:
        if refusal.keeps_effects:
            call.world.commit()
        else:
            call.world.store.rollback()
        errors = errors_by_field(refusal.error)
        return page(request, "pay.html", status=422, intent=intent, given=given, errors=errors)
    call.world.commit()
    if intent["status"] == "requires_action":
        return redirect(intent["next_action"]["redirect_to_url"]["url"])
    return redirect(return_url(call, intent))
