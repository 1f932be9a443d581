"""A site that takes bespoke orders, as people and programs use it: over HTTP, with the sandbox as the gateway and an
assistant behind a real socket. Only the worker is turned by hand (`work`)."""

import json
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import Any

import httpx

from comptoir.bespoke.assistant import signing
from comptoir.bespoke.models import Expert, Offer, Order
from comptoir.kernel.accounts.models import User
from tests.shop import Person, Shop

SECRET = "assistant-secret-of-the-tests-0123456789"
CONTENT = "# Your reading\n\nThe moon is kind to you this week."
QUESTIONS = [
    {"name": "question", "label": "What is your question?", "kind": "longtext", "required": True},
    {"name": "born_on", "label": "When were you born?", "kind": "date", "required": True},
    {"name": "mood", "label": "How are you?", "kind": "choice", "options": ["well", "so-so"]},
]
ANSWERS = {"question": "Shall I move to Lyon?", "born_on": "1990-05-17"}


class Assistant:
    """Takes in what the house asks, and answers when a test says so. `status` is what it says to the next questions."""

    def __init__(self) -> None:
        self.asked: list[dict[str, Any]] = []
        self.received: list[tuple[bytes, dict[str, str]]] = []
        self.status = 200
        assistant = self

        class Door(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["Content-Length"]))
                assistant.received.append((body, dict(self.headers)))
                if assistant.status < 300:
                    assistant.asked.append(json.loads(body))
                self.send_response(assistant.status)
                self.send_header("Content-Length", "0")
                self.end_headers()

            def log_message(self, *_said: Any) -> None:
                """Quiet."""

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Door)
        self.url = f"http://127.0.0.1:{self._server.server_port}/webhook"
        # It looks so often, in seconds, whether it shall stop.
        Thread(target=self._server.serve_forever, args=(0.01,), daemon=True).start()

    def stop(self) -> None:
        self._server.shutdown()
        self._server.server_close()


@dataclass
class BespokeDriver:
    """The running site. `emile` and `iris` are its experts."""

    shop: Shop
    assistant: Assistant
    experts: dict[str, Expert] = field(default_factory=dict)

    @property
    def url(self) -> str:
        return self.shop.url

    def person(self, user: User) -> Person:
        return Person(user, self.url)

    def expert(self, name: str = "emile") -> Person:
        return self.person(self.experts[name].user)

    def work(self) -> int:
        return self.shop.work()

    # Ordering

    def wish(self, **changes: Any) -> dict[str, Any]:
        return {
            "level": "intuitive",
            "service": "premium",
            "expertId": str(self.experts["emile"].pk),
            "customerEmail": "paul@example.test",
            "customerName": "Paul Okafor",
            "customerPhone": "+33 6 12 34 56 78",
            **changes,
        }

    def order(self, client: Person | None = None, **changes: Any) -> dict[str, str]:
        """Place an order; returns `orderId` and `clientSecret`."""
        post = client.http.post if client else httpx.Client(base_url=self.url, timeout=30).post
        answer = post("/api/payments/create-payment-intent", json=self.wish(**changes))
        assert answer.status_code == 200, answer.text
        return answer.json()

    def confirm(self, placed: dict[str, str], number: str = "4242424242424242", **how: Any) -> httpx.Response:
        """The client's browser pays with the client secret, on the sandbox's own page."""
        return self.shop.sandbox.pay(f"{self.shop.sandbox.url}/pay/{placed['clientSecret']}", number, **how)

    def paid_order(self, client: Person | None = None, **changes: Any) -> str:
        """An order that is paid and settled; returns its id."""
        placed = self.order(client, **changes)
        self.confirm(placed)
        self.settled()
        assert Order.objects.get(pk=placed["orderId"]).paid_at
        return placed["orderId"]

    def settled(self) -> None:
        """Every webhook of the sandbox has arrived, and the worker has done its part."""
        self.shop.sandbox.wait_until_delivered()
        self.work()

    # Writing

    def process(self, order_id: str, expert: Person | None = None, **changes: Any) -> httpx.Response:
        asked = {
            "orderId": order_id,
            "expertPrompt": "Write a reading.",
            "expertInstructions": "Be kind.",
            **changes,
        }
        return (expert or self.expert()).post("/api/expert/process-order", asked)

    def call_back(self, order_id: str, revision: int, content: str = CONTENT, **how: Any) -> httpx.Response:
        """The assistant's answer, signed as it should be unless told otherwise."""
        body = json.dumps({"orderId": order_id, "revision": revision, "content": content}).encode()
        return self.send_callback(body, signing.headers(body, secret=how.get("secret", SECRET)))

    def send_callback(self, body: bytes, headers: dict[str, str]) -> httpx.Response:
        return httpx.post(
            f"{self.url}/api/webhooks/assistant",
            content=body,
            headers={"Content-Type": "application/json", **headers},
            timeout=30,
        )

    def validate(
        self, order_id: str, action: str, expert: Person | None = None, **words: Any
    ) -> httpx.Response:
        return (expert or self.expert()).post(
            "/api/expert/validate-content", {"orderId": order_id, "action": action, **words}
        )

    def written_order(self, client: Person | None = None, **changes: Any) -> str:
        """A paid order whose first content waits for validation."""
        order_id = self.paid_order(client, **changes)
        assert self.process(order_id).status_code == 200
        self.work()
        assert self.call_back(order_id, 1).status_code == 200
        self.work()
        return order_id

    def delivered_order(self, client: Person | None = None, **changes: Any) -> str:
        order_id = self.written_order(client, **changes)
        assert self.validate(order_id, "approve").status_code == 200
        self.work()
        return order_id

    def status(self, order_id: str) -> str:
        return Order.objects.get(pk=order_id).status

    def offer(self, **about: Any) -> Offer:
        return Offer.objects.get(**about)
