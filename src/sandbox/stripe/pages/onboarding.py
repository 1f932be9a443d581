"""/onboarding: where the owner of a connected account says who they are, and where their payouts go."""

import re

from starlette.datastructures import FormData
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from sandbox.pages import not_found, page, redirect
from sandbox.state import Record
from sandbox.stripe.api.call import Call
from sandbox.stripe.connect import accounts
from sandbox.stripe.payments.payment_methods import TEST_IBAN
from sandbox.stripe.webhooks import events
from sandbox.world import World

IBAN = re.compile(r"[A-Z]{2}\d{2}[A-Z0-9]{10,30}\Z")


def routes(world: World) -> list[Route]:
    async def onboarding(request: Request) -> Response:
        link = world.store.get("account_link", request.path_params["link"])
        account = link and world.store.get("account", link["_on"])
        if not link or not account:
            return not_found(request)
        call = Call(world)
        if link["_used"] or link["expires_at"] <= call.now:
            return redirect(link["_refresh_url"])
        if request.method == "GET":
            return page(request, "onboarding.html", account=account, given={"iban": TEST_IBAN}, errors={})
        return _submit(call, request, link, account, await request.form())

    return [Route("/onboarding/{link}", onboarding, methods=["GET", "POST"])]


def _submit(call: Call, request: Request, link: Record, account: Record, form: FormData) -> Response:
    """`outcome`: complete, pending (sent in, not verified yet) or later (nothing is sent in)."""
    given = {name: str(value) for name, value in form.items()}
    outcome = given.get("outcome", "complete")
    iban = given.get("iban", TEST_IBAN).replace(" ", "").upper()
    if outcome != "later" and not IBAN.match(iban):
        return page(
            request,
            "onboarding.html",
            status=422,
            account=account,
            given=given,
            errors={"iban": "iban_wrong"},
        )
    call.change(link, _used=True)
    if outcome != "later":
        _fill_in(call, account, given, iban)
        accounts.set_status(call, account, "pending" if outcome == "pending" else "complete")
    call.world.commit()
    return redirect(link["_return_url"])


def _fill_in(call: Call, account: Record, given: dict[str, str], iban: str) -> None:
    bank_account = {
        "id": call.new_id("ba_1"),
        "object": "bank_account",
        "account": account["id"],
        "account_holder_name": given.get("name") or None,
        "account_holder_type": given.get("business_type") or "individual",
        "account_type": None,
        "available_payout_methods": ["standard"],
        "bank_name": "SANDBOX BANK",
        "country": iban[:2],
        "currency": account["default_currency"],
        "default_for_currency": True,
        "fingerprint": f"sandbox{iban[-9:]}",
        "last4": iban[-4:],
        "metadata": {},
        "routing_number": None,
        "status": "new",
    }
    call.change(
        account,
        business_type=given.get("business_type") or account["business_type"] or "individual",
        business_profile={
            **account["business_profile"],
            "name": given.get("name") or account["business_profile"]["name"],
        },
        external_accounts={**account["external_accounts"], "data": [bank_account], "total_count": 1},
        tos_acceptance={"date": call.now, "ip": "127.0.0.1", "user_agent": None},
    )
    bank = {**bank_account, "_kind": "bank_account"}
    events.emit(call, "account.external_account.created", bank, account=account["id"])
