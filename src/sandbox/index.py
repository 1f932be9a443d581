"""The first page of the sandbox: what happened lately, for a developer's eyes."""

from itertools import islice

from starlette.requests import Request
from starlette.responses import HTMLResponse
from starlette.routing import Route

from sandbox.pages import page
from sandbox.world import World

SHOWN = 20


def routes(world: World) -> list[Route]:
    async def index(request: Request) -> HTMLResponse:
        return page(
            request,
            "index.html",
            now=world.clock.now(),
            sessions=list(islice(world.store.newest("checkout.session"), SHOWN)),
            accounts=list(islice(world.store.newest("account"), SHOWN)),
            deliveries=list(islice(world.store.newest("_delivery"), SHOWN)),
            requests=list(islice(reversed(world.requests), SHOWN)),
        )

    return [Route("/", index)]
