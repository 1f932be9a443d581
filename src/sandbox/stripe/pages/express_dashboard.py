"""/express: the dashboard where the owner of a connected account sees its balance and pays it out."""

from starlette.datastructures import FormData
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from sandbox.pages import not_found, page, redirect
from sandbox.state import Record
from sandbox.stripe.api.call import Call
from sandbox.stripe.balance import payouts, transactions
from sandbox.stripe.connect import accounts
from sandbox.world import World


def routes(world: World) -> list[Route]:
    async def dashboard(request: Request) -> Response:
        account = world.store.get("account", request.path_params["account"])
        if account is None:
            return not_found(request)
        call = Call(world, account["id"])
        if request.method == "POST":
            _act(call, account, await request.form())
            world.commit()
            return redirect(request.url.path)
        funds = transactions.retrieve_balance(call)["available"]
        return page(request, "express.html", account=account, funds=funds, payouts=call.list_own("payout"))

    return [Route("/express/{account}/{token}", dashboard, methods=["GET", "POST"])]


def _act(call: Call, account: Record, form: FormData) -> None:
    """What the buttons do: pay the balance out, or decide as Stripe's verification would."""
    action = form.get("action")
    if action == "payout":
        for line in transactions.retrieve_balance(call)["available"]:
            if line["amount"] > 0:
                payouts.pay_out(call, line["amount"], line["currency"])
    elif action in ("complete", "restricted"):
        accounts.set_status(
            call.on_behalf_of(None), account, "complete" if action == "complete" else "restricted"
        )
