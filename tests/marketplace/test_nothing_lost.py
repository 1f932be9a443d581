"""Whatever the network does, a purchase ends as one purchase, one mail, and books that are in order."""

import threading
import time
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Any

import httpx
import pytest
from django.db import connections

from comptoir.kernel import clock
from comptoir.kernel.notifications.models import Mail
from comptoir.kernel.payments import check, gateways, reconciliation
from comptoir.kernel.payments.gateways.stripe import client as stripe
from comptoir.kernel.payments.models import GatewayCall, InboxEvent, Payment, Share
from comptoir.marketplace.models import Order, Purchase
from tests.shop import Person, Shop

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def automation(shop: Shop, camille: Any) -> str:
    return shop.seller(camille).publish()


@pytest.fixture
def buyer(shop: Shop, bruno: Any) -> Person:
    return shop.person(bruno)


def everything_is_in_order(buyer: Person, *bought: str) -> None:
    """One purchase of each, one mail for it all, nothing wrong in the books."""
    assert sorted(buyer.bought()) == sorted(bought)
    assert Mail.objects.filter(recipient=buyer.user).count() == (1 if bought else 0)
    assert check.run() == []


def delivered(shop: Shop, event_type: str) -> dict[str, Any]:
    """The last webhook of this type that the sandbox has sent, with the body and headers it had."""
    found = [one for one in shop.sandbox.get("/_sandbox/deliveries")["items"] if one["type"] == event_type]
    return found[-1]


@pytest.mark.req("K15")
def test_the_same_event_five_times_in_parallel(shop: Shop, automation: str, buyer: Person) -> None:
    shop.sandbox.post("/_sandbox/webhooks", {"duplicate": 5})
    shop.sandbox.pay(buyer.check_out(automation)["checkoutUrl"])
    shop.webhooks_arrive("checkout.session.completed")
    shop.sandbox.wait_until_delivered()
    drain_in_threads(5)
    everything_is_in_order(buyer, automation)


def days_pass(shop: Shop, days: int) -> None:
    """Here and at the gateway. Ours goes first: an event from the future would be refused."""
    clock.advance(timedelta(days=days))
    shop.sandbox.post("/_sandbox/clock", {"advance": days * 24 * 3600})


def drain_in_threads(count: int) -> None:
    """Several workers at once, each with its own connection."""
    from comptoir.kernel.jobs import drain

    def work(_number: int) -> None:
        try:
            drain()
        finally:
            connections.close_all()

    with ThreadPoolExecutor(count) as pool:
        list(pool.map(work, range(count)))


@pytest.mark.req("K15")
@pytest.mark.parametrize("order_of_things", ["webhook", "return", "webhook, return", "return, webhook"])
def test_webhook_and_return_page_in_any_order(
    shop: Shop, automation: str, buyer: Person, order_of_things: str
) -> None:
    shop.sandbox.post("/_sandbox/webhooks", {"hold": True})
    order = buyer.check_out(automation)
    shop.sandbox.pay(order["checkoutUrl"])
    for step in order_of_things.split(", "):
        if step == "webhook":
            shop.sandbox.post("/_sandbox/webhooks/release")
            shop.webhooks_arrive("checkout.session.completed")
            shop.work()
        else:
            back = shop.return_from(order["orderId"])
            assert back.headers["Location"].endswith(f"/orders/{order['orderId']}")
        assert buyer.bought() == [automation]
    shop.work()
    everything_is_in_order(buyer, automation)


def test_coming_back_without_paying_gives_nothing(shop: Shop, automation: str, buyer: Person) -> None:
    order = buyer.check_out(automation)
    shop.return_from(order["orderId"])
    shop.work()
    everything_is_in_order(buyer)
    assert buyer.get(f"/api/orders/{order['orderId']}").json()["status"] == "pending"


def test_a_declined_card_gives_nothing_and_the_same_page_takes_another(
    shop: Shop, automation: str, buyer: Person
) -> None:
    page = buyer.check_out(automation)["checkoutUrl"]
    assert shop.sandbox.pay(page, number="4000000000009995").status_code == 422
    shop.webhooks_arrive("payment_intent.payment_failed")
    shop.work()
    everything_is_in_order(buyer)
    assert shop.sandbox.pay(page, number="4000002500003155").status_code == 303  # with 3-D Secure
    shop.webhooks_arrive("checkout.session.completed")
    shop.work()
    everything_is_in_order(buyer, automation)


@pytest.mark.req("K15")
@pytest.mark.parametrize("result", ["succeeded", "failed"])
def test_completed_but_unpaid_grants_nothing(shop: Shop, automation: str, buyer: Person, result: str) -> None:
    order = buyer.check_out(automation)
    shop.sandbox.pay(order["checkoutUrl"], method="delayed" if result == "succeeded" else "delayed_failing")
    shop.webhooks_arrive("checkout.session.completed")
    shop.work()
    shop.return_from(order["orderId"])
    everything_is_in_order(buyer)
    assert Payment.objects.get().state == "processing"

    days_pass(shop, 7)
    shop.webhooks_arrive(f"checkout.session.async_payment_{result}")
    shop.work()
    everything_is_in_order(buyer, *([automation] if result == "succeeded" else []))
    state = buyer.get(f"/api/orders/{order['orderId']}").json()["status"]
    assert state == ("paid" if result == "succeeded" else "failed")


@pytest.mark.req("K15")
def test_events_in_the_wrong_order(shop: Shop, automation: str, buyer: Person) -> None:
    shop.sandbox.post("/_sandbox/webhooks", {"hold": True})
    page = buyer.check_out(automation)["checkoutUrl"]
    shop.sandbox.pay(page, number="4000000000009995")
    shop.sandbox.pay(page)
    shop.sandbox.post("/_sandbox/webhooks", {"hold": True, "shuffle": True})
    shop.sandbox.post("/_sandbox/webhooks/release")
    stored = shop.webhooks_arrive(
        "checkout.session.completed", "payment_intent.payment_failed", "payment_intent.succeeded"
    )
    # And the worker takes them latest first, whatever order they came in.
    for event in sorted(stored, key=lambda event: event.received_at, reverse=True):
        reconciliation.inbox.process([{"event_id": event.pk}])
    shop.work()
    everything_is_in_order(buyer, automation)


@pytest.mark.parametrize("kind", ["timeoutAfterEffect", "timeoutBeforeEffect", "500", "429"])
def test_the_gateway_fails_while_the_page_is_opened(
    shop: Shop, automation: str, buyer: Person, kind: str
) -> None:
    """The buyer is told to try again; trying again goes on where it stopped, with one order and one page.

    (Where the effect is there and only the answer was lost, the client's own repeat is answered already.)
    """
    shop.sandbox.post(
        "/_sandbox/faults", {"endpoint": "POST /v1/checkout/sessions", "kind": kind, "times": 9}
    )
    first = buyer.post("/api/checkout", {"items": [automation]})
    if kind != "timeoutAfterEffect":
        assert (first.status_code, first.json()["code"]) == (503, "gateway_unreachable")
    shop.sandbox.http.delete("/_sandbox/faults")
    page = buyer.check_out(automation)["checkoutUrl"]
    assert Order.objects.count() == 1
    shop.sandbox.pay(page)
    shop.webhooks_arrive("checkout.session.completed")
    shop.work()
    everything_is_in_order(buyer, automation)


@pytest.mark.parametrize("kind", ["timeoutAfterEffect", "timeoutBeforeEffect"])
def test_nobody_waits_long_for_a_gateway_that_does_not_answer(
    shop: Shop, automation: str, buyer: Person, monkeypatch: pytest.MonkeyPatch, kind: str
) -> None:
    """Two tries that are given up, and a buyer who tries again later finds their order where they left it."""
    monkeypatch.setattr(stripe, "PATIENCE", httpx.Timeout(0.5))
    gateways.reset()
    fault = {"endpoint": "POST /v1/checkout/sessions", "kind": kind, "times": 9, "holdMs": 5_000}
    shop.sandbox.post("/_sandbox/faults", fault)
    began = time.monotonic()
    first = buyer.post("/api/checkout", {"items": [automation]})
    assert time.monotonic() - began < 4, "less than the gateway takes"
    assert (first.status_code, first.json()["code"]) == (503, "gateway_unreachable")
    assert "Nothing is lost: try again in a moment." in first.json()["detail"]
    shop.sandbox.http.delete("/_sandbox/faults")
    monkeypatch.undo()
    gateways.reset()
    page = buyer.check_out(automation)["checkoutUrl"]
    assert Order.objects.count() == 1
    assert len(shop.sandbox.stripe.v1.checkout.sessions.list().data) == 1
    shop.sandbox.pay(page)
    shop.webhooks_arrive("checkout.session.completed")
    shop.work()
    everything_is_in_order(buyer, automation)


@pytest.mark.parametrize("kind", ["timeoutAfterEffect", "timeoutBeforeEffect", "500", "429"])
def test_the_gateway_fails_while_a_share_is_sent(
    shop: Shop, camille: Any, adrien: Any, buyer: Person, kind: str
) -> None:
    items = [shop.seller(camille).publish(price=1999), shop.seller(adrien).publish(price=3001)]
    shop.sandbox.pay(buyer.check_out(*items)["checkoutUrl"])
    shop.webhooks_arrive("checkout.session.completed")
    shop.sandbox.post("/_sandbox/faults", {"endpoint": "POST /v1/transfers", "kind": kind, "times": 5})
    shop.work()
    shop.sandbox.http.delete("/_sandbox/faults")
    clock.advance(timedelta(hours=1))
    shop.work()
    assert sorted(t.amount for t in shop.sandbox.stripe.v1.transfers.list().data) == [1699, 2551]
    assert set(Share.objects.values_list("state", flat=True)) == {"sent"}
    everything_is_in_order(buyer, *items)


def test_a_share_whose_key_may_be_forgotten_is_looked_for_before_it_is_sent_again(
    shop: Shop, camille: Any, adrien: Any, buyer: Person
) -> None:
    """The transfer was made and the answer lost; a day later the key protects no more."""
    items = [shop.seller(camille).publish(price=1999), shop.seller(adrien).publish(price=3001)]
    shop.sandbox.pay(buyer.check_out(*items)["checkoutUrl"])
    shop.webhooks_arrive("checkout.session.completed")
    shop.sandbox.post(
        "/_sandbox/faults", {"endpoint": "POST /v1/transfers", "kind": "timeoutAfterEffect", "times": 4}
    )
    shop.work()
    shop.sandbox.http.delete("/_sandbox/faults")
    shop.sandbox.post("/_sandbox/clock", {"advance": 25 * 3600})
    clock.advance(timedelta(hours=25))
    shop.work()
    assert sorted(t.amount for t in shop.sandbox.stripe.v1.transfers.list().data) == [1699, 2551]
    assert set(Share.objects.values_list("state", flat=True)) == {"sent"}
    everything_is_in_order(buyer, *items)


def test_webhooks_that_never_arrive_are_found_by_reconciling(
    shop: Shop, automation: str, buyer: Person
) -> None:
    shop.sandbox.post("/_sandbox/webhooks", {"drop": 1})
    order = buyer.check_out(automation)
    shop.sandbox.pay(order["checkoutUrl"])
    shop.work()
    assert buyer.bought() == []
    clock.advance(timedelta(minutes=10))
    shop.sandbox.post("/_sandbox/clock", {"advance": 600})
    said = reconciliation.run()
    shop.work()
    assert any(order["orderId"] in line and "paid" in line for line in said), said
    assert reconciliation.run() == []
    everything_is_in_order(buyer, automation)


def test_a_page_that_expires_frees_the_order(shop: Shop, automation: str, buyer: Person) -> None:
    first = buyer.check_out(automation)
    days_pass(shop, 1)
    shop.webhooks_arrive("checkout.session.expired")
    shop.work()
    assert buyer.get(f"/api/orders/{first['orderId']}").json()["status"] == "expired"
    second = buyer.check_out(automation)
    assert second["orderId"] != first["orderId"]
    shop.sandbox.pay(second["checkoutUrl"])
    shop.webhooks_arrive("checkout.session.completed")
    shop.work()
    everything_is_in_order(buyer, automation)


def test_asking_twice_gives_the_same_page(shop: Shop, automation: str, buyer: Person) -> None:
    assert buyer.check_out(automation) == buyer.check_out(automation)
    assert len(shop.sandbox.stripe.v1.checkout.sessions.list().data) == 1


def test_eight_clicks_at_once_make_one_order(shop: Shop, automation: str, buyer: Person) -> None:
    start = threading.Barrier(8)

    def click(_number: int) -> httpx.Response:
        start.wait()
        return httpx.post(
            f"{shop.url}/api/checkout", json={"items": [automation]}, headers=buyer.http.headers, timeout=60
        )

    with ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(click, range(8)))
    pages = {answer.json()["checkoutUrl"] for answer in answers if answer.status_code == 200}
    assert len(pages) == 1, [answer.text for answer in answers]
    assert Order.objects.count() == 1
    assert len(shop.sandbox.stripe.v1.checkout.sessions.list().data) == 1


def test_of_two_open_carts_with_the_same_thing_only_one_can_be_paid(
    shop: Shop, camille: Any, automation: str, buyer: Person
) -> None:
    other = shop.person(camille).publish(title="Something else")
    first = buyer.check_out(automation)
    second = buyer.check_out(automation, other)
    assert shop.sandbox.pay(first["checkoutUrl"]).status_code != 303
    shop.sandbox.pay(second["checkoutUrl"])
    shop.webhooks_arrive("checkout.session.completed")
    shop.work()
    everything_is_in_order(buyer, automation, other)
    assert buyer.get(f"/api/orders/{first['orderId']}").json()["status"] == "expired"


def test_a_second_checkout_after_paying_and_before_the_webhook_is_refused(
    shop: Shop, camille: Any, automation: str, buyer: Person
) -> None:
    other = shop.person(camille).publish(title="Something else")
    shop.sandbox.post("/_sandbox/webhooks", {"hold": True})
    shop.sandbox.pay(buyer.check_out(automation)["checkoutUrl"])
    refused = buyer.post("/api/checkout", {"items": [automation, other]})
    assert (refused.status_code, refused.json()["code"]) == (409, "already_bought")
    shop.work()
    everything_is_in_order(buyer, automation)


def test_broken_product_code_keeps_the_money_booked_and_is_made_up_for(
    shop: Shop, automation: str, buyer: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    from comptoir.marketplace.library import delivery

    order = buyer.check_out(automation)
    with monkeypatch.context() as broken:
        broken.setattr(delivery, "_mails", lambda *_: 1 / 0)
        shop.sandbox.pay(order["checkoutUrl"])
        shop.webhooks_arrive("checkout.session.completed")
        shop.work()
        assert Payment.objects.get().state == "paid"
        assert not Purchase.objects.exists()
    clock.advance(timedelta(hours=1))
    shop.work()
    everything_is_in_order(buyer, automation)


def test_a_refused_transfer_is_held_and_sent_once_the_account_is_mended(
    shop: Shop, camille: Any, adrien: Any, buyer: Person
) -> None:
    items = [shop.seller(camille).publish(price=1999), shop.seller(adrien).publish(price=3001)]
    account = camille.payee.account
    shop.sandbox.pay(buyer.check_out(*items)["checkoutUrl"])
    shop.sandbox.post("/_sandbox/accounts", {"account": account, "standing": "restricted"})
    shop.webhooks_arrive("checkout.session.completed")
    shop.work()
    held = Share.objects.get(payee=camille.payee)
    assert held.state == "held"
    assert held.held_because
    shop.sandbox.post("/_sandbox/accounts", {"account": account, "standing": "complete"})
    shop.sandbox.wait_until_delivered()
    shop.work()
    assert sorted(t.amount for t in shop.sandbox.stripe.v1.transfers.list().data) == [1699, 2551]
    everything_is_in_order(buyer, *items)


def test_every_call_that_changes_something_was_stored_with_its_key_first(
    shop: Shop, automation: str, buyer: Person
) -> None:
    shop.sandbox.pay(buyer.check_out(automation)["checkoutUrl"])
    keys = {
        request["idempotencyKey"]
        for request in shop.sandbox.get("/_sandbox/requests")["items"]
        if request["method"] == "POST" and request["path"] in ("/v1/checkout/sessions", "/v1/accounts")
    }
    assert keys == set(GatewayCall.objects.values_list("key", flat=True))
    assert all(len(key) <= 255 for key in keys)


def test_events_of_things_that_are_not_ours_are_kept_and_ignored(shop: Shop) -> None:
    api = shop.sandbox.stripe.v1
    for endpoint in api.webhook_endpoints.list().data:
        api.webhook_endpoints.update(endpoint.id, {"enabled_events": ["*"]})
    customer = api.customers.create({"email": "someone@example.test"})
    api.payment_intents.create(
        {"amount": 500, "currency": "eur", "customer": customer.id, "metadata": {"payment": "not-ours"}}
    )
    shop.webhooks_arrive("customer.created", "payment_intent.created")
    shop.work()
    assert set(InboxEvent.objects.values_list("state", flat=True)) == {"ignored"}
