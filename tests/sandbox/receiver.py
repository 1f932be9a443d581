"""A shop's webhook endpoint for tests: it keeps what arrives and answers what it is told to."""

import json
import threading
import time
from collections.abc import Callable
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any


class Receiver:
    def __init__(self) -> None:
        self.deliveries: list[dict[str, Any]] = []
        self.answers: list[int] = []
        receiver = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["Content-Length"]))
                receiver.deliveries.append({"body": body, "headers": dict(self.headers), "at": time.time()})
                self.send_response(receiver.answers.pop(0) if receiver.answers else 200)
                self.send_header("Content-Length", "0")
                self.end_headers()

            def log_message(self, *args: Any) -> None:
                """Quiet."""

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._server.daemon_threads = True
        threading.Thread(target=self._server.serve_forever, args=(0.01,), daemon=True).start()
        self.url = f"http://127.0.0.1:{self._server.server_port}/api/webhooks/stripe"

    @property
    def events(self) -> list[dict[str, Any]]:
        return [json.loads(delivery["body"]) for delivery in self.deliveries]

    @property
    def types(self) -> list[str]:
        return [event["type"] for event in self.events]

    def event(self, event_type: str) -> dict[str, Any]:
        return next(event for event in self.events if event["type"] == event_type)

    def wait_for(self, condition: Callable[["Receiver"], Any], *, seconds: float = 10) -> None:
        deadline = time.monotonic() + seconds
        while not condition(self):
            assert time.monotonic() < deadline, f"The webhooks that arrived are: {self.types}"
            time.sleep(0.02)

    def clear(self) -> None:
        self.deliveries.clear()
        self.answers.clear()

    def stop(self) -> None:
        self._server.shutdown()
        self._server.server_close()
