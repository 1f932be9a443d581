"""Asking the gateway by itself: soon, then ever more seldom, and at once when an operator wants to know."""

import json
from datetime import timedelta
from typing import Any

import pytest

from comptoir.kernel import clock
from comptoir.kernel.payments import reconciliation
from comptoir.kernel.payments.models import InboxEvent, InboxState, Payment
from comptoir.kernel.payments.webhooks import inbox
from tests.shop import Shop

pytestmark = pytest.mark.django_db(transaction=True)


def questions(shop: Shop) -> int:
    """How often Stripe was asked about a page so far."""
    asked = shop.sandbox.get("/_sandbox/requests")["items"]
    return sum(r["method"] == "GET" and r["path"].startswith("/v1/checkout/sessions/") for r in asked)


@pytest.fixture
def open_payment(shop: Shop, camille: Any, bruno: Any) -> Payment:
    shop.person(bruno).check_out(shop.seller(camille).publish())
    return Payment.objects.get()


def test_a_silent_payment_is_asked_about_ever_more_seldom(shop: Shop, open_payment: Payment) -> None:
    counts = []
    for _five_minutes in range(18):
        reconciliation.reconcile_due()
        counts.append(questions(shop))
        clock.advance(timedelta(minutes=5))
    # At 5, 20 and 80 minutes; not every five.
    assert counts == [0, 1, 1, 1, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 3, 3]


def test_an_operator_is_answered_at_once(shop: Shop, open_payment: Payment) -> None:
    clock.advance(timedelta(minutes=3))
    assert reconciliation.run() == []
    assert questions(shop) == 1


def test_a_gateway_that_does_not_answer_is_said_so_and_asked_again(shop: Shop, open_payment: Payment) -> None:
    clock.advance(timedelta(minutes=3))
    session = f"GET /v1/checkout/sessions/{open_payment.session}"
    shop.sandbox.post("/_sandbox/faults", {"endpoint": session, "kind": "timeoutBeforeEffect", "times": 2})
    said = reconciliation.run()
    assert len(said) == 1
    assert f"payment {open_payment.pk}: still open" in said[0]
    assert reconciliation.run() == []


def test_an_event_that_cannot_be_worked_holds_up_nothing(shop: Shop, open_payment: Payment) -> None:
    """Signed, and yet not as Stripe writes them: what is behind it is resolved all the same."""
    said = {"metadata": {"payment": 7}, "id": "cs_odd", "object": "checkout.session"}
    InboxEvent.objects.create(
        id="stripe:evt_odd", type="checkout.session.completed", payload=json.dumps({"data": {"object": said}})
    )
    shop.sandbox.post("/_sandbox/webhooks", {"drop": 1.0})
    shop.sandbox.pay(open_payment.page_url, email="bruno@example.test")
    clock.advance(timedelta(minutes=3))
    lines = reconciliation.run()
    assert any(line.startswith("event stripe:evt_odd: still not processed") for line in lines)
    assert any(line.startswith(f"payment {open_payment.pk}") and "open → paid" in line for line in lines)


@pytest.mark.parametrize("data", [None, {}, {"object": None}, {"object": {}}, {"object": {"id": 7}}])
def test_an_event_about_nothing_is_put_aside(db: None, data: Any) -> None:
    payload = json.dumps({"id": "evt_1", "type": "checkout.session.completed", "data": data})
    event = InboxEvent.objects.create(id="stripe:evt_1", type="checkout.session.completed", payload=payload)
    inbox.process([{"event_id": event.pk}])
    event.refresh_from_db()
    assert event.state == InboxState.IGNORED
