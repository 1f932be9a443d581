"""The server under the sandbox: uvicorn, told where it listens, and able to hang up on a caller without a word."""

import asyncio
from collections.abc import Callable
from socket import socket
from typing import Any

import uvicorn
from starlette.requests import Request
from starlette.responses import Response
from starlette.types import ASGIApp
from uvicorn.protocols.http.h11_impl import H11Protocol


class Protocol(H11Protocol):
    """Lets the application reach the connection, so that a fault can cut it."""

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        super().connection_made(transport)
        self.app_state = {**self.app_state, "transport": transport}


class NoAnswer(Response):
    """The connection is closed already: there is nobody to answer."""

    async def __call__(self, *_connection: Any) -> None:
        return None


async def hang_up(request: Request) -> Response:
    """What a timeout looks like from outside: the request went in and no answer ever comes."""
    request.scope["state"]["transport"].abort()
    await asyncio.sleep(0)
    return NoAnswer()


class Server(uvicorn.Server):
    """Says where it listens, once it does."""

    def __init__(self, config: uvicorn.Config, *, on_bound: Callable[[str], None]):
        super().__init__(config)
        self._on_bound = on_bound

    async def startup(self, sockets: list[socket] | None = None) -> None:
        await super().startup(sockets)
        if self.started:
            host, port = self.servers[0].sockets[0].getsockname()[:2]
            self._on_bound(f"http://{host}:{port}")


def serve(application: ASGIApp, *, host: str, port: int, on_bound: Callable[[str], None]) -> None:
    config = uvicorn.Config(
        application, host=host, port=port, http=Protocol, log_level="warning", access_log=False
    )
    Server(config, on_bound=on_bound).run()
