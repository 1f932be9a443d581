"""/3ds: the page of the cardholder's bank, where a payment or a setup is authenticated."""

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from sandbox.pages import not_found, page, redirect
from sandbox.state import Record
from sandbox.stripe.api.call import Call
from sandbox.stripe.api.errors import StripeError
from sandbox.stripe.checkout import completion
from sandbox.stripe.pages.intents import attempt, find_intent, return_url, session_of
from sandbox.stripe.payments import attempts, setup_intents
from sandbox.world import World


def routes(world: World) -> list[Route]:
    async def three_d_secure(request: Request) -> Response:
        intent = find_intent(world, request.path_params["id"])
        if intent is None:
            return not_found(request)
        call = Call(world, intent["_account"])
        if intent["status"] != "requires_action":
            return redirect(return_url(call, intent))
        if request.method == "POST":
            return _authenticate(call, intent, passed=(await request.form()).get("result") != "fail")
        session = session_of(call, intent)
        locale = session["locale"] if session else None
        return page(request, "three_d_secure.html", locale=locale, intent=intent)

    return [Route("/3ds/{id}", three_d_secure, methods=["GET", "POST"])]


def _authenticate(call: Call, intent: Record, *, passed: bool) -> Response:
    try:
        if passed:
            method = call.get("payment_method", intent["payment_method"])
            attempt(call, intent, method, authenticated=True)
        elif intent["object"] == "setup_intent":
            setup_intents.fail_authentication(call, intent)
        else:
            attempts.fail_authentication(call, intent)
        if session := session_of(call, intent):
            completion.complete_from_intent(call, session, intent)
    except StripeError as refusal:
        if not refusal.keeps_effects:
            call.world.store.rollback()
    call.world.commit()
    return redirect(return_url(call, intent))
