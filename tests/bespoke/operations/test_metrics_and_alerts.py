"""Figures and alerts: what an operator sees of the work, and what they are told, once."""

from datetime import timedelta
from typing import Any

import httpx
import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from comptoir.bespoke.models import AlertRule, Order
from comptoir.bespoke.operations import metrics
from comptoir.kernel import clock
from comptoir.kernel.jobs import schedule
from comptoir.kernel.notifications.models import Mail
from tests.bespoke.bespoke_driver import Assistant, BespokeDriver

pytestmark = pytest.mark.django_db(transaction=True)


def look(bespoke: BespokeDriver) -> None:
    """A minute passes, and the watch looks."""
    clock.advance(timedelta(minutes=1))
    schedule()
    bespoke.work()


@pytest.mark.req("L18")
def test_the_figures_count_orders_time_load_and_what_went_wrong(
    bespoke: BespokeDriver, paul: Any, bea: Any, odile: Any
) -> None:
    first = bespoke.paid_order(bespoke.person(paul))
    clock.advance(timedelta(hours=2))
    bespoke.process(first)
    bespoke.work()
    bespoke.call_back(first, 1)
    bespoke.validate(first, "reject", rejectionReason="No.")
    bespoke.paid_order(bespoke.person(bea))
    figures = bespoke.person(odile).get("/api/admin/bespoke/metrics").json()
    counts = {row["status"]: row["count"] for row in figures["statuses"]}
    assert (counts["rejected"], counts["completed"], counts["pending"]) == (1, 1, 0)
    paid = next(row for row in figures["statuses"] if row["status"] == "completed")
    assert paid["left"] == 1
    assert 7200 <= paid["meanSeconds"] < 7260
    assert {row["name"]: row["inHand"] for row in figures["experts"]} == {"Émile Roux": 2, "Iris Blanc": 0}
    contents = figures["contents"]
    assert (contents["asked"], contents["answered"], contents["rejected"], contents["failed"]) == (1, 1, 1, 0)
    assert bespoke.person(paul).get("/api/admin/bespoke/metrics").status_code == 403


@pytest.mark.req("L18")
def test_prometheus_reads_the_same(bespoke: BespokeDriver, paul: Any) -> None:
    bespoke.paid_order(bespoke.person(paul))
    said = httpx.get(f"{bespoke.url}/metrics").text
    assert 'comptoir_bespoke_orders{status="completed"} 1.0' in said
    assert 'comptoir_bespoke_in_hand{expert="Émile Roux"} 1.0' in said


@pytest.mark.req("L16", "L18")
def test_the_figures_take_as_many_queries_for_one_order_as_for_many(
    bespoke: BespokeDriver, paul: Any, bea: Any
) -> None:
    with CaptureQueriesContext(connection) as few:
        metrics.figures()
    for person in (paul, bea):
        bespoke.written_order(bespoke.person(person))
    with CaptureQueriesContext(connection) as more:
        metrics.figures()
    assert len(few) == len(more) <= 12


@pytest.mark.req("L18")
def test_an_alert_is_told_once_until_it_clears(
    bespoke: BespokeDriver, paul: Any, bea: Any, odile: Any
) -> None:
    hook = Assistant()
    AlertRule.objects.create(
        measure="unclaimed_orders", threshold=1, mail_to=odile.email, webhook_url=hook.url
    )
    look(bespoke)
    assert not Mail.objects.filter(template="bespoke_alert").exists()
    order_id = bespoke.paid_order(bespoke.person(paul))
    for _minute in range(3):
        look(bespoke)
    assert Mail.objects.filter(template="bespoke_alert").count() == 1
    assert [(one["measure"], one["value"]) for one in hook.asked] == [("unclaimed_orders", 1)]
    bespoke.expert().post(f"/api/expert/orders/{order_id}/claim")
    look(bespoke)
    assert AlertRule.objects.get().firing_since is None
    bespoke.paid_order(bespoke.person(bea))
    look(bespoke)
    assert Mail.objects.filter(template="bespoke_alert").count() == 2
    assert len(hook.asked) == 2
    hook.stop()


@pytest.mark.req("L18")
@pytest.mark.parametrize(
    "measure", ["overdue_orders", "validation_hours", "assistant_failures", "rejections", "dead_jobs"]
)
def test_each_thing_that_can_be_watched_is_counted(bespoke: BespokeDriver, paul: Any, measure: str) -> None:
    rule = AlertRule.objects.create(measure=measure, threshold=1, mail_to="ops@example.test")
    look(bespoke)
    assert not Mail.objects.filter(template="bespoke_alert").exists()
    if measure == "assistant_failures" or measure == "dead_jobs":
        bespoke.assistant.status = 403
        bespoke.process(bespoke.paid_order(bespoke.person(paul)))
        bespoke.work()
    elif measure == "rejections":
        bespoke.validate(bespoke.written_order(bespoke.person(paul)), "reject", rejectionReason="No.")
    else:
        order_id = bespoke.written_order(bespoke.person(paul))
        if measure == "overdue_orders":
            Order.objects.filter(pk=order_id).update(due_on=clock.now().date() - timedelta(days=1))
        else:
            clock.advance(timedelta(hours=1))
    look(bespoke)
    assert Mail.objects.get(template="bespoke_alert").address == "ops@example.test"
    rule.refresh_from_db()
    assert rule.firing_since


@pytest.mark.req("L18")
def test_only_operators_set_offers_and_experts(bespoke: BespokeDriver, paul: Any, odile: Any) -> None:
    offer = {"price": 4900, "currency": "EUR", "deliveryDays": 3, "included": ["Ten pages"]}
    path = "/api/admin/offers/simple/basic"
    assert bespoke.person(paul).http.put(path, json=offer).status_code == 403
    operator = bespoke.person(odile)
    assert operator.http.put(path, json=offer).json()["price"] == 4900
    shown = httpx.get(f"{bespoke.url}/api/offers").json()["items"][0]
    assert (shown["level"], shown["service"], shown["price"]) == ("simple", "basic", 4900)
    wrong = {
        **offer,
        "price": 0,
        "currency": "ZZZ",
        "intakeForm": [{"name": "a b", "label": "?", "kind": "text"}],
    }
    fields = {error["field"] for error in operator.http.put(path, json=wrong).json()["errors"]}
    assert fields == {"price", "currency", "intakeForm.0"}
    appointed = operator.post(
        "/api/admin/experts", {"email": paul.email, "name": "Paul", "specialties": ["runes"]}
    )
    assert appointed.json()["isActive"] is True
    assert bespoke.person(paul).get("/api/expert/me").json()["expert"]["name"] == "Paul"
