"""Starlette and asyncpg doing the same insert: the fastest that Python people usually reach for."""

import hashlib
import hmac
import json
import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import asyncpg
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

SECRET = os.environ["STRIPE_WEBHOOK_SECRET"].encode()


@asynccontextmanager
async def lifespan(app: Starlette) -> AsyncIterator[None]:
    async with asyncpg.create_pool(os.environ["REFERENCE_DATABASE"], min_size=16, max_size=16) as pool:
        app.state.pool = pool
        yield


async def webhook(request: Request) -> Response:
    body = await request.body()
    stamp, signature = (part.partition("=")[2] for part in request.headers["Stripe-Signature"].split(","))
    expected = hmac.new(SECRET, stamp.encode() + b"." + body, hashlib.sha256).hexdigest()
    if not hmac.compare_digest(expected, signature):
        return Response(status_code=400)
    event = json.loads(body)
    await request.app.state.pool.execute(
        "INSERT INTO reference_event (id, type, payload) VALUES ($1, $2, $3) ON CONFLICT DO NOTHING",
        event["id"],
        event["type"],
        body.decode(),
    )
    return JSONResponse({"received": True})


app = Starlette(routes=[Route("/api/webhooks/stripe", webhook, methods=["POST"])], lifespan=lifespan)
