"""/3ds and /pay: the bank's page, and a page for an intent that a program made itself."""

from urllib.parse import urlencode, urlsplit, urlunsplit

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from sandbox.pages import page, redirect
from sandbox.state import Record
from sandbox.stripe.api.call import Call
from sandbox.stripe.api.errors import StripeError
from sandbox.stripe.checkout import completion
from sandbox.stripe.pages.checkout import errors_of, method_from_form
from sandbox.stripe.payments import attempts, setup_intents
from sandbox.world import World

PAYABLE = ("requires_payment_method", "requires_confirmation", "requires_action")


def routes(world: World) -> list[Route]:
    async def three_d_secure(request: Request) -> Response:
        intent = _intent(world, request.path_params["id"])
        if intent is None:
            return page(request, "message.html", status=404, subject="unknown", back=None)
        if intent["status"] != "requires_action":
            return redirect(return_address(Call(world, intent["_account"]), intent))
        if request.method == "POST":
            return _authenticate(world, intent, passed=(await request.form()).get("result") != "fail")
        return page(request, "three_d_secure.html", locale=_locale(world, intent), intent=intent)

    async def pay(request: Request) -> Response:
        intent = by_secret(world, request.path_params["secret"])
        if intent is None:
            return page(request, "message.html", status=404, subject="unknown", back=None)
        if return_url := request.query_params.get("return_url"):
            intent["_return_url"] = return_url
            world.store.save(intent)
            world.commit()
        if intent["status"] not in PAYABLE:
            return redirect(return_address(Call(world, intent["_account"]), intent))
        form = await request.form() if request.method == "POST" else None
        if form is None:
            return page(request, "pay.html", intent=intent, given={}, errors={})
        return _pay(world, request, intent, {name: str(value) for name, value in form.items()})

    async def receipt(request: Request) -> Response:
        charge = world.store.get("charge", request.path_params["id"])
        if charge is None:
            return page(request, "message.html", status=404, subject="unknown", back=None)
        return page(request, "receipt.html", charge=charge)

    async def done(request: Request) -> Response:
        return page(request, "message.html", subject="done", back=None)

    return [
        Route("/3ds/{id}", three_d_secure, methods=["GET", "POST"]),
        Route("/pay/{secret}", pay, methods=["GET", "POST"]),
        Route("/receipts/{id}", receipt),
        Route("/done", done),
    ]


def _intent(world: World, intent_id: str) -> Record | None:
    return world.store.get("payment_intent", intent_id) or world.store.get("setup_intent", intent_id)


def by_secret(world: World, secret: str) -> Record | None:
    """The intent that this client secret belongs to."""
    intent = _intent(world, secret.split("_secret_")[0])
    return intent if intent is not None and intent["client_secret"] == secret else None


def _session(call: Call, intent: Record) -> Record | None:
    return call.get("checkout.session", intent["_session"]) if intent["_session"] else None


def _locale(world: World, intent: Record) -> str | None:
    session = _session(Call(world), intent)
    return session["locale"] if session else None


def attempt(call: Call, intent: Record, method: Record, *, authenticated: bool) -> None:
    if intent["object"] == "setup_intent":
        setup_intents.attempt_setup(call, intent, method, authenticated=authenticated)
    else:
        attempts.attempt_payment(call, intent, method, authenticated=authenticated)


def _authenticate(world: World, intent: Record, *, passed: bool) -> Response:
    call = Call(world, intent["_account"])
    try:
        if passed:
            method = call.get("payment_method", intent["payment_method"])
            attempt(call, intent, method, authenticated=True)
        elif intent["object"] == "setup_intent":
            setup_intents.fail_authentication(call, intent)
        else:
            attempts.fail_authentication(call, intent)
        if session := _session(call, intent):
            completion.complete_if_paid(call, session, intent)
    except StripeError as refusal:
        if not refusal.keeps_effects:
            world.store.rollback()
    world.commit()
    return redirect(return_address(call, intent))


def _pay(world: World, request: Request, intent: Record, given: dict[str, str]) -> Response:
    call = Call(world, intent["_account"])
    try:
        attempt(call, intent, method_from_form(call, given), authenticated=False)
    except StripeError as refusal:
        if refusal.keeps_effects:
            world.commit()
        else:
            world.store.rollback()
        return page(
            request, "pay.html", status=422, intent=intent, given=given, errors=errors_of(refusal.error)
        )
    world.commit()
    if intent["status"] == "requires_action":
        return redirect(intent["next_action"]["redirect_to_url"]["url"])
    return redirect(return_address(call, intent))


def return_address(call: Call, intent: Record) -> str:
    """To the Checkout page or the shop, with what Stripe adds to a return address."""
    if session := _session(call, intent):
        is_done = session["status"] == "complete"
        return completion.success_url(session) if is_done else call.world.url(f"/checkout/{session['id']}")
    if not intent["_return_url"]:
        return call.world.url("/done")
    status = {"requires_payment_method": "failed", "canceled": "failed", "processing": "processing"}.get(
        intent["status"], "succeeded"
    )
    added = urlencode(
        {
            intent["object"]: intent["id"],
            f"{intent['object']}_client_secret": intent["client_secret"],
            "redirect_status": status,
        }
    )
    parts = urlsplit(intent["_return_url"])
    query = f"{parts.query}&{added}" if parts.query else added
    return urlunsplit(parts._replace(query=query))
