"""The sandbox as one web application: the services, the controls, and the sender of webhooks."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from starlette.applications import Starlette
from starlette.routing import Mount
from starlette.staticfiles import StaticFiles

from sandbox import controls, index
from sandbox.stripe import service
from sandbox.world import World

TICK_SECONDS = 1.0


def application(world: World) -> Starlette:
    @asynccontextmanager
    async def lifespan(_: Starlette) -> AsyncIterator[None]:
        rounds = [asyncio.create_task(world.webhooks.run()), asyncio.create_task(_tick(world))]
        yield
        for task in rounds:
            task.cancel()
        await asyncio.gather(*rounds, return_exceptions=True)

    return Starlette(
        routes=[
            *index.routes(world),
            *controls.routes(world),
            *service.routes(world),
            Mount("/static", StaticFiles(directory=Path(__file__).parent / "static")),
        ],
        lifespan=lifespan,
    )


async def _tick(world: World) -> None:
    while True:
        world.run_scheduled()
        await asyncio.sleep(TICK_SECONDS)
