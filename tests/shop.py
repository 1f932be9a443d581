"""A shop as people and programs use it: over HTTP, with the sandbox as the gateway, and nothing called inside.

Only the worker is turned by hand (`work`), so that a test decides what happens before what.
"""

import io
import json
import time
from dataclasses import dataclass
from typing import Any
from uuid import UUID

import httpx
from PIL import Image

from comptoir.kernel.accounts.models import User
from comptoir.kernel.accounts.tokens import issue_token
from comptoir.kernel.jobs import drain
from comptoir.kernel.payments.models import InboxEvent

WORKFLOW = json.dumps(
    {"name": "Hello", "nodes": [{"name": "Start", "type": "n8n-nodes-base.manualTrigger"}], "connections": {}}
).encode()


def picture() -> bytes:
    drawn = io.BytesIO()
    Image.new("RGB", (320, 200), "#a8321f").save(drawn, "PNG")
    return drawn.getvalue()


class Person:
    """Somebody with a bearer token."""

    def __init__(self, user: User, url: str) -> None:
        self.user = user
        token = issue_token(user, name="tests")
        self.http = httpx.Client(base_url=url, headers={"Authorization": f"Bearer {token}"}, timeout=30)

    def post(self, path: str, body: Any = None, **headers: str) -> httpx.Response:
        return self.http.post(path, json=body, headers=headers)

    def get(self, path: str) -> httpx.Response:
        return self.http.get(path)

    def patch(self, path: str, body: Any) -> httpx.Response:
        return self.http.patch(path, json=body)

    def upload(self, kind: str, content: bytes, filename: str, content_type: str) -> str:
        """Announce a file, send it as a browser does, and answer its key."""
        wanted = {"kind": kind, "filename": filename, "contentType": content_type, "size": len(content)}
        permission = self.post("/api/uploads", wanted).raise_for_status().json()
        httpx.request(
            permission["method"],
            permission["uploadUrl"],
            data=permission["fields"],
            files={"file": (filename, content, content_type)},
        ).raise_for_status()
        return permission["key"]

    def listing(self, **changes: Any) -> dict[str, Any]:
        """What to send to `/api/automations`, with both files uploaded."""
        return {
            "title": "Chase late invoices",
            "description": "Reads unpaid invoices every morning and writes a polite reminder.",
            "price": 1999,
            "currency": "EUR",
            "category": "finance",
            "platform": "n8n",
            "tags": ["invoices", "mail"],
            "version": "1.0.0",
            "fileKey": self.upload("automationFile", WORKFLOW, "chase.json", "application/json"),
            "previewImageKey": self.upload("previewImage", picture(), "chase.png", "image/png"),
            **changes,
        }

    def publish(self, **changes: Any) -> str:
        """Put a listing up, and answer its id."""
        answer = self.post("/api/automations", self.listing(**changes))
        assert answer.status_code == 201, answer.text
        return answer.json()["id"]

    def check_out(self, *automations: str) -> dict[str, Any]:
        answer = self.post("/api/checkout", {"items": automations})
        assert answer.status_code == 200, answer.text
        return answer.json()

    def bought(self) -> list[str]:
        return [row["automationId"] for row in self.get("/api/purchases").json()["items"]]


@dataclass
class Shop:
    """The running shop, its sandbox, and the worker's handle."""

    url: str
    sandbox: Any

    def person(self, user: User) -> Person:
        return Person(user, self.url)

    def seller(self, user: User) -> Person:
        """A person who has been through the sandbox's set-up page."""
        person = self.person(user)
        link = person.post("/api/sellers/onboarding-link").raise_for_status().json()["url"]
        self.sandbox.onboard(link, outcome="complete")
        httpx.get(f"{self.url}/stripe/return", headers=dict(person.http.headers))
        self.sandbox.wait_until_delivered()
        self.work()
        assert person.get("/api/sellers/me").json()["onboardingComplete"]
        return person

    def work(self) -> int:
        """Let the worker do all that is due."""
        return drain()

    def webhooks_arrive(self, *types: str, seconds: float = 10) -> list[InboxEvent]:
        """Wait until the shop has stored an event of each of these types."""
        until = time.monotonic() + seconds
        while time.monotonic() < until:
            stored = list(InboxEvent.objects.all())
            if set(types) <= {event.type for event in stored}:
                return stored
            time.sleep(0.02)
        raise AssertionError(f"{types} did not all arrive: {sorted({event.type for event in stored})}")

    def return_from(self, order_id: str | UUID) -> httpx.Response:
        """The buyer's browser comes back from the gateway's page."""
        from comptoir.marketplace.models import Order

        payment_id = Order.objects.get(pk=order_id).payment_id
        return httpx.get(f"{self.url}/payments/{payment_id}/return", follow_redirects=False, timeout=30)
