"""The demo's assistant: a program of its own, asked over HTTP and answering over HTTP, as the workflow in n8n does.

It looks at the signature, says 202 at once, thinks for a moment, writes, and posts its answer signed. What it writes
it puts together from the order itself: no model is asked, and nothing leaves this machine.

    python -m comptoir.demo.assistant --port 8002       (the secret is read from ASSISTANT_SECRET)
"""

import argparse
import json
import os
import random
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import Any

import httpx

from comptoir.bespoke.assistant import signing
from comptoir.demo.writing import written

WEBHOOK_PATH, HEALTH_PATH = "/webhook/comptoir", "/health"
THINKS_FOR_SECONDS = (1.5, 4.0)
TRIES, FIRST_WAIT_SECONDS = 5, 1.0
LARGEST_BODY = 2_000_000

_chance = random.Random()  # noqa: S311 — spreads answers, guards nothing


class Handler(BaseHTTPRequestHandler):
    """`POST /webhook/comptoir`, and `GET /health` for those who wait until it listens."""

    secret: str
    thinks_for: tuple[float, float]

    def do_GET(self) -> None:
        self._respond(200 if self.path == HEALTH_PATH else 404)

    def do_POST(self) -> None:
        length = self.headers.get("Content-Length", "")
        if self.path != WEBHOOK_PATH or not length.isdecimal() or int(length) > LARGEST_BODY:
            return self._respond(404 if self.path != WEBHOOK_PATH else 413)
        body = self.rfile.read(int(length))
        if not signing.is_signed(body, {**self.headers}, secrets=[self.secret]):
            return self._respond(401)
        self._respond(202)
        Thread(target=self._answer, args=(json.loads(body),), daemon=True).start()
        return None

    def _answer(self, asked: dict[str, Any]) -> None:
        time.sleep(_chance.uniform(*self.thinks_for))
        answer = {
            "orderId": asked["orderId"],
            "revision": asked["revision"],
            "content": written(asked),
        }
        call_back(asked["callbackUrl"], answer, secret=self.secret)

    def _respond(self, status: int) -> None:
        self.send_response(status)
        self.send_header("Content-Length", "0")
        self.end_headers()


def call_back(url: str, answer: dict[str, Any], *, secret: str) -> None:
    """Post the answer. A shop that is away is tried again; one that says no is believed."""
    body = json.dumps(answer, ensure_ascii=False).encode()
    for attempt in range(TRIES):
        try:
            headers = {"Content-Type": "application/json", **signing.headers(body, secret=secret)}
            said = httpx.post(url, content=body, headers=headers, timeout=10, trust_env=False)
        except httpx.HTTPError as error:
            print(f"{url}: {error}", flush=True)  # noqa: T201 — this program's log is its output
        else:
            print(f"{url} revision {answer['revision']}: {said.status_code}", flush=True)  # noqa: T201
            if said.status_code < httpx.codes.INTERNAL_SERVER_ERROR:
                return
        time.sleep(FIRST_WAIT_SECONDS * 2**attempt)


def serve(
    port: int, *, secret: str, thinks_for: tuple[float, float] = THINKS_FOR_SECONDS
) -> ThreadingHTTPServer:
    """A server that listens on this machine alone; port 0 takes any that is free. `serve_forever` is the caller's."""
    handler = type("Handler", (Handler,), {"secret": secret, "thinks_for": thinks_for})
    return ThreadingHTTPServer(("127.0.0.1", port), handler)


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--port", type=int, required=True)
    serve(parser.parse_args().port, secret=os.environ["ASSISTANT_SECRET"]).serve_forever()


if __name__ == "__main__":
    main()
