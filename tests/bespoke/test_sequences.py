"""The specification's four sequence diagrams, one after the other, over the API and to the letter of its routes."""

from typing import Any

import pytest

from comptoir.kernel.payments import check
from tests.bespoke.bespoke_driver import CONTENT, BespokeDriver
from tests.shop import Person

pytestmark = pytest.mark.django_db(transaction=True)
REVISED = "# Your reading\n\nLyon is kind to you as well."
PROFILE = {"name": "Paul Okafor", "phone": "", "about": "I bake bread, and wonder."}


def status_of(client: Person, order_id: str) -> str:
    return client.get(f"/api/payments/order/{order_id}").json()["order"]["status"]


@pytest.mark.req("L2", "L3", "L4", "L7", "L8", "L9", "L10", "L11", "L13")
def test_from_the_order_to_the_sanctuary(bespoke: BespokeDriver, paul: Any) -> None:
    client, expert = bespoke.person(paul), bespoke.expert()

    # Ordering and paying
    placed = client.post("/api/payments/create-payment-intent", bespoke.wish()).raise_for_status().json()
    assert sorted(placed) == ["clientSecret", "orderId"]
    order_id = placed["orderId"]
    assert status_of(client, order_id) == "pending"
    bespoke.confirm(placed)
    bespoke.shop.webhooks_arrive("payment_intent.succeeded")
    bespoke.settled()
    order = client.get(f"/api/payments/order/{order_id}").json()["order"]
    assert (order["status"], order["paymentStatus"], order["paidAt"] is None) == (
        "completed",
        "succeeded",
        False,
    )

    # The expert has it written
    wanted = {"orderId": order_id, "expertPrompt": "Write a reading.", "expertInstructions": "Be kind."}
    asked = expert.post("/api/expert/process-order", wanted).raise_for_status().json()
    assert (asked["status"], asked["revision"]) == ("processing", 1)
    bespoke.work()
    assert bespoke.assistant.asked[0]["orderId"] == order_id
    assert bespoke.call_back(order_id, 1).status_code == 200
    assert status_of(client, order_id) == "awaiting_validation"
    [waiting] = expert.get("/api/expert/orders/validation-queue").json()["items"]
    assert (waiting["id"], waiting["revision"]["content"]) == (order_id, CONTENT)

    # Sent back, written anew, approved
    rejected = bespoke.validate(order_id, "reject", rejectionReason="Too short.").raise_for_status().json()
    assert (rejected["status"], rejected["revisionCount"]) == ("rejected", 1)
    assert expert.get("/api/expert/orders/validation-queue").json()["total"] == 0
    assert expert.post("/api/expert/process-order", wanted).json()["revision"] == 2
    bespoke.work()
    assert bespoke.call_back(order_id, 2, REVISED).status_code == 200
    assert status_of(client, order_id) == "awaiting_validation"
    assert bespoke.validate(order_id, "approve").json()["status"] == "delivered"
    bespoke.work()

    # The sanctuary: the profile first, then what was delivered
    assert client.get("/api/sanctuary").json()["profileComplete"] is False
    client.http.put("/api/sanctuary/profile", json=PROFILE).raise_for_status()
    sanctuary = client.get("/api/sanctuary").json()
    assert (sanctuary["profileComplete"], sanctuary["level"]) == (True, "intuitive")
    assert [one["id"] for one in sanctuary["contents"] if not one["locked"]] == [order_id]
    assert "Lyon is kind" in client.get(f"/api/sanctuary/contents/{order_id}").text
    assert client.post(f"/api/sanctuary/orders/{order_id}/accept", {"rating": 5}).status_code == 200
    assert check.run() == []
