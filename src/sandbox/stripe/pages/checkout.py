"""/checkout: the hosted page of a Checkout session, where a person or a program pays."""

from typing import Any

from starlette.datastructures import FormData
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from sandbox.pages import not_found, page, redirect
from sandbox.state import Record
from sandbox.stripe.api.call import Call
from sandbox.stripe.api.errors import StripeError
from sandbox.stripe.checkout import completion
from sandbox.stripe.pages.payment_form import errors_by_field, payment_method_from
from sandbox.stripe.payments.customers import EMAIL
from sandbox.world import World


def routes(world: World) -> list[Route]:
    async def checkout(request: Request) -> Response:
        session = world.store.get("checkout.session", request.path_params["id"])
        if session is None:
            return not_found(request)
        form = await request.form() if request.method == "POST" else None
        return _respond(world, request, session, form)

    return [Route("/checkout/{id}", checkout, methods=["GET", "POST"])]


def _respond(world: World, request: Request, session: Record, form: FormData | None) -> Response:
    call = Call(world, session["_account"])
    if session["status"] == "open" and session["expires_at"] > call.now:
        return _submit(call, request, session, form) if form is not None else _show(call, request, session)
    if session["status"] == "complete":
        return _respond_completed(call, request, session, form)
    return page(
        request,
        "message.html",
        status=410,
        locale=session["locale"],
        subject="expired",
        back=session["cancel_url"],
    )


def _submit(call: Call, request: Request, session: Record, form: FormData) -> Response:
    given = {name: str(value) for name, value in form.items()}
    email = given.get("email")
    if email is not None and not _known_email(call, session) and not EMAIL.match(email):
        return _show(call, request, session, given=given, errors={"email": "email_wrong"})
    try:
        method = payment_method_from(call, given) if session["amount_total"] != 0 else None
        intent = completion.pay(call, session, method, email=email, name=given.get("name"))
    except StripeError as refusal:
        if refusal.keeps_effects:
            call.world.commit()
        else:
            call.world.store.rollback()
        return _show(call, request, session, given=given, errors=errors_by_field(refusal.error))
    call.world.commit()
    if intent and intent["status"] == "requires_action":
        return redirect(intent["next_action"]["redirect_to_url"]["url"])
    return redirect(completion.success_url(session))


def _show(
    call: Call,
    request: Request,
    session: Record,
    *,
    given: dict[str, str] | None = None,
    errors: dict[str, str] | None = None,
) -> Response:
    return page(
        request,
        "checkout.html",
        status=422 if errors else 200,
        locale=session["locale"],
        session=session,
        lines=session["_line_items"],
        email=_known_email(call, session),
        given=given or {},
        errors=errors or _errors_of_last_attempt(call, session),
    )


def _errors_of_last_attempt(call: Call, session: Record) -> dict[str, str]:
    """What went wrong on the bank's page that the payer comes back from."""
    intent: dict[str, Any] = {}
    if session["payment_intent"] or session["setup_intent"]:
        intent = completion.intent_of_session(call, session)
    error = intent.get("last_payment_error") or intent.get("last_setup_error")
    return errors_by_field(error) if error else {}


def _known_email(call: Call, session: Record) -> str | None:
    if session["customer"]:
        email: str | None = call.get("customer", session["customer"])["email"]
        return email
    return session["customer_email"]


def _respond_completed(call: Call, request: Request, session: Record, form: FormData | None) -> Response:
    """Back to the shop, unless a bank still has to say whether it pays."""
    intent = call.get("payment_intent", session["payment_intent"]) if session["payment_intent"] else None
    if intent is None or intent["status"] != "processing":
        return redirect(completion.success_url(session))
    if form is not None and form.get("settle") in ("succeeded", "failed"):
        completion.settle(call, intent, succeeds=form["settle"] == "succeeded")
        call.world.commit()
        return redirect(completion.success_url(session))
    return page(
        request,
        "waiting.html",
        locale=session["locale"],
        session=session,
        back=completion.success_url(session),
    )
