"""/checkout: the hosted page of a Checkout session, where a person or a program pays."""

from typing import Any

from starlette.datastructures import FormData
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from sandbox.pages import page, redirect
from sandbox.state import Record
from sandbox.stripe.api.call import Call
from sandbox.stripe.api.errors import StripeError
from sandbox.stripe.checkout import completion
from sandbox.stripe.payments import payment_methods
from sandbox.stripe.payments.customers import EMAIL
from sandbox.wording import WORDING
from sandbox.world import World

FIELD_OF_PARAM = {"exp_month": "exp", "exp_year": "exp"}


def routes(world: World) -> list[Route]:
    async def checkout(request: Request) -> Response:
        session = world.store.get("checkout.session", request.path_params["id"])
        if session is None:
            return page(request, "message.html", status=404, subject="unknown", back=None)
        form = await request.form() if request.method == "POST" else None
        return _answer(world, request, session, form)

    return [Route("/checkout/{id}", checkout, methods=["GET", "POST"])]


def _answer(world: World, request: Request, session: Record, form: FormData | None) -> Response:
    call = Call(world, session["_account"])
    if session["status"] == "open" and session["expires_at"] > call.now:
        return _submit(call, request, session, form) if form is not None else _show(call, request, session)
    if session["status"] == "complete":
        return _after(call, request, session, form)
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
    if email is not None and not _fixed_email(call, session) and not EMAIL.match(email):
        return _show(call, request, session, given=given, errors={"email": "email_wrong"})
    try:
        method = method_from_form(call, given) if session["amount_total"] != 0 else None
        intent = completion.pay(call, session, method, email=email, name=given.get("name"))
    except StripeError as refusal:
        if refusal.keeps_effects:
            call.world.commit()
        else:
            call.world.store.rollback()
        return _show(call, request, session, given=given, errors=errors_of(refusal.error))
    call.world.commit()
    if intent and intent["status"] == "requires_action":
        return redirect(intent["next_action"]["redirect_to_url"]["url"])
    return redirect(completion.success_url(session))


def method_from_form(call: Call, given: dict[str, str]) -> Record:
    """The card, or the bank account, that the form describes."""
    billing: dict[str, Any] = {
        "email": given.get("email"),
        "name": given.get("name"),
        "address": {"country": "FR"},
    }
    if given.get("method", "card").startswith("delayed"):
        fails = given["method"] == "delayed_failing"
        return payment_methods.from_bank_account(
            call, iban=payment_methods.TEST_IBAN, billing=billing, fails=fails
        )
    month, year = payment_methods.parse_expiry(given.get("exp", ""))
    return payment_methods.from_card(
        call,
        number=given.get("number", ""),
        exp_month=month,
        exp_year=year,
        cvc=given.get("cvc", "").strip(),
        billing=billing,
    )


def errors_of(error: dict[str, Any]) -> dict[str, str]:
    """Which field is wrong, and the key of what to say about it."""
    param, key = error.get("param", ""), error.get("code", "processing_error")
    if error.get("decline_code") == "insufficient_funds":
        key = "insufficient_funds"
    if key not in WORDING:
        key = "processing_error"
    return {
        FIELD_OF_PARAM.get(param, param)
        if param in ("number", "exp_month", "exp_year", "cvc")
        else "form": key
    }


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
        email=_fixed_email(call, session),
        given=given or {},
        errors=errors or _errors_of_last_attempt(call, session),
    )


def _errors_of_last_attempt(call: Call, session: Record) -> dict[str, str]:
    """Why the person is back here from the bank's page."""
    intent: dict[str, Any] = {}
    if session["payment_intent"] or session["setup_intent"]:
        intent = completion.intent_of_session(call, session)
    error = intent.get("last_payment_error") or intent.get("last_setup_error")
    return errors_of(error) if error else {}


def _fixed_email(call: Call, session: Record) -> str | None:
    if session["customer"]:
        email: str | None = call.get("customer", session["customer"])["email"]
        return email
    return session["customer_email"]


def _after(call: Call, request: Request, session: Record, form: FormData | None) -> Response:
    """A session that is complete: on to the shop, unless a bank still has to answer."""
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
