"""Webhooks: signed as Stripe signs, in order, again until they are taken, and altered by the controls."""

from typing import Any

import pytest
import stripe

from sandbox.stripe.webhooks.deliveries import signature
from tests.sandbox import shop
from tests.sandbox.receiver import Receiver
from tests.sandbox_process import WEBHOOK_SECRET, SandboxProcess

ORDER_OF_A_SALE = [
    "payment_intent.created",
    "charge.succeeded",
    "charge.updated",
    "payment_intent.succeeded",
    "checkout.session.completed",
]


def sell(sandbox: SandboxProcess, api: Any) -> Any:
    session = api.checkout.sessions.create(shop.session(1999))
    sandbox.pay(session.url, email="buyer@example.com")
    return session


def deliveries(sandbox: SandboxProcess) -> list[Any]:
    items: list[Any] = sandbox.get("/_sandbox/deliveries")["items"]
    return items


def test_the_signature_is_the_published_one() -> None:
    """The vector of Stripe's scheme: the key is the whole secret, `whsec_` included."""
    expected = "t=1492774577,v1=654b43d3508ecadb3f8cefc4bc7d3d2bdc5ba9e03bf2c89b2d0657a8e24e4543"
    body = b'{"id":"evt_1","object":"event"}'
    assert signature(body, secret="whsec_test_secret", at=1492774577) == expected


def test_a_sale_is_told_in_order_and_the_sdk_accepts_each_signature(
    sandbox: SandboxProcess, api: Any, receiver: Receiver
) -> None:
    sell(sandbox, api)
    sandbox.wait_until_delivered()
    assert receiver.types == ORDER_OF_A_SALE
    for delivery in receiver.deliveries:
        header = delivery["headers"]["Stripe-Signature"]
        event = stripe.Webhook.construct_event(delivery["body"], header, WEBHOOK_SECRET, tolerance=300)
        assert (event.api_version, event.livemode, event.pending_webhooks) == ("2026-10-28.endive", False, 1)
        with pytest.raises(stripe.SignatureVerificationError):
            stripe.Webhook.construct_event(delivery["body"] + b" ", header, WEBHOOK_SECRET)
    assert all(event.pending_webhooks == 0 for event in api.events.list().data)


def test_what_was_not_taken_is_sent_again_newly_signed(
    sandbox: SandboxProcess, api: Any, receiver: Receiver
) -> None:
    receiver.answers = [500]
    customer = api.customers.create({})
    sandbox.wait_for(lambda: deliveries(sandbox)[0]["attempts"])
    assert [event.id for event in api.events.list({"delivery_success": False}).data]
    sandbox.wait_until_delivered()
    (delivery,) = deliveries(sandbox)
    assert [attempt["status"] for attempt in delivery["attempts"]] == [500, 200]
    first, second = receiver.deliveries
    assert first["body"] == second["body"]
    assert first["headers"]["Stripe-Signature"] != second["headers"]["Stripe-Signature"]
    assert second["at"] - first["at"] >= 0.9
    assert receiver.events[0]["data"]["object"]["id"] == customer.id
    assert api.events.list({"delivery_success": False}).data == []


def test_held_events_wait_for_their_release(sandbox: SandboxProcess, api: Any, receiver: Receiver) -> None:
    sandbox.post("/_sandbox/webhooks", {"hold": True})
    sell(sandbox, api)
    assert {one["state"] for one in deliveries(sandbox)} == {"held"}
    assert sandbox.post("/_sandbox/webhooks/release") == {"released": len(ORDER_OF_A_SALE)}
    sandbox.wait_until_delivered()
    assert receiver.types == ORDER_OF_A_SALE
    assert sandbox.get("/_sandbox/webhooks")["hold"] is False


def test_events_can_come_in_any_order(sandbox: SandboxProcess, api: Any, receiver: Receiver) -> None:
    sandbox.post("/_sandbox/webhooks", {"hold": True, "shuffle": True})
    sell(sandbox, api)
    sandbox.post("/_sandbox/webhooks/release")
    sandbox.wait_until_delivered()
    assert sorted(receiver.types) == sorted(ORDER_OF_A_SALE)
    assert receiver.types != ORDER_OF_A_SALE


def test_events_can_come_several_times(sandbox: SandboxProcess, api: Any, receiver: Receiver) -> None:
    sandbox.post("/_sandbox/webhooks", {"duplicate": 4})
    api.customers.create({})
    sandbox.wait_until_delivered()
    assert len({event["id"] for event in receiver.events}) == 1
    assert len(receiver.events) == 5


def test_events_can_be_lost_and_sent_by_hand(sandbox: SandboxProcess, api: Any, receiver: Receiver) -> None:
    sandbox.post("/_sandbox/webhooks", {"drop": 1})
    api.customers.create({})
    (lost,) = api.events.list({"delivery_success": False}).data
    assert [one["state"] for one in deliveries(sandbox)] == ["dropped"]
    sandbox.post("/_sandbox/webhooks", {"drop": 0})
    sandbox.post("/_sandbox/events", {"id": lost.id})
    receiver.wait_for(lambda receiver: receiver.types == ["customer.created"])


def test_events_can_come_late(sandbox: SandboxProcess, api: Any, receiver: Receiver) -> None:
    sandbox.post("/_sandbox/webhooks", {"delayMs": 300})
    api.customers.create({})
    event = api.events.list().data[0]
    sandbox.wait_until_delivered()
    assert receiver.deliveries[0]["at"] - event.created >= 0.3


def test_an_event_can_be_made_up(sandbox: SandboxProcess, api: Any, receiver: Receiver) -> None:
    made_up = {
        "type": "checkout.session.completed",
        "data": {"id": "cs_forged", "object": "checkout.session"},
    }
    sandbox.post("/_sandbox/events", made_up)
    receiver.wait_for(lambda receiver: receiver.events)
    assert receiver.events[0]["data"]["object"]["id"] == "cs_forged"


@pytest.mark.parametrize("params", [{"colour": 1}, {"drop": 2}, {"hold": "yes"}, {"duplicate": -1}])
def test_a_control_that_is_not_there_is_refused(sandbox: SandboxProcess, params: dict[str, Any]) -> None:
    assert sandbox.http.post("/_sandbox/webhooks", json=params).status_code == 400


def test_a_registered_endpoint_hears_what_it_asked_for_with_its_own_secret(
    sandbox: SandboxProcess, api: Any, receiver: Receiver
) -> None:
    endpoint = api.webhook_endpoints.create({"url": receiver.url, "enabled_events": ["customer.updated"]})
    customer = api.customers.create({})
    api.customers.update(customer.id, {"name": "New"})
    sandbox.wait_until_delivered()
    assert sorted(receiver.types) == ["customer.created", "customer.updated", "customer.updated"]
    accepted = 0
    for delivery in receiver.deliveries:
        try:
            header = delivery["headers"]["Stripe-Signature"]
            stripe.Webhook.construct_event(delivery["body"], header, endpoint.secret)
            accepted += 1
        except stripe.SignatureVerificationError:
            continue
    assert accepted == 1
    api.webhook_endpoints.delete(endpoint.id)
    api.customers.update(customer.id, {"name": "Newer"})
    sandbox.wait_until_delivered()
    assert len(receiver.types) == 4


def test_who_asks_where_webhooks_go_is_told_of_the_endpoint_given_at_the_start(
    api: Any, receiver: Receiver
) -> None:
    registered = api.webhook_endpoints.create({"url": "http://else.test", "enabled_events": ["*"]})
    listed = api.webhook_endpoints.list({}).data
    assert [endpoint.url for endpoint in listed] == [registered.url, receiver.url]
    assert {endpoint.status for endpoint in listed} == {"enabled"}


def test_events_are_found_by_their_type(sandbox: SandboxProcess, api: Any) -> None:
    sell(sandbox, api)
    assert len(api.events.list({"type": "checkout.session.completed"}).data) == 1
    assert len(api.events.list({"type": "charge.*"}).data) == 2
    assert len(api.events.list({"types": ["charge.updated", "payment_intent.succeeded"]}).data) == 2
