"""Many pay at once: their events are worked off together, and each has what they paid for as if alone."""

from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from django.contrib.sessions.backends.base import SessionBase
from django.db import connection

from comptoir.kernel import clock
from comptoir.kernel.jobs.models import Job
from comptoir.kernel.jobs.running import run_jobs
from comptoir.kernel.ledger import chart
from comptoir.kernel.ledger.posting import balance
from comptoir.kernel.notifications.models import Mail
from comptoir.kernel.payments import check
from comptoir.kernel.payments.models import InboxEvent, Payee, Payment, Share
from comptoir.marketplace.checkout import cart, placing
from comptoir.marketplace.library import delivery
from comptoir.marketplace.models import CartItem, Order
from tests.shop import Person, Shop

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def things(shop: Shop, camille: Any, adrien: Any) -> tuple[str, str]:
    """One of Camille's and one of Adrien's."""
    return shop.seller(camille).publish(price=1999), shop.seller(adrien).publish(price=3001)


@pytest.fixture
def buyers(shop: Shop, bruno: Any, bea: Any, nour: Any) -> list[Person]:
    return [shop.person(user) for user in (bruno, bea, nour)]


@pytest.fixture
def orders(shop: Shop, things: tuple[str, str], buyers: list[Person]) -> list[str]:
    """All of them have both in their carts. Bruno buys one, Béa the other, Nour both; and they pay at one time."""
    for buyer in buyers:
        for thing in things:
            cart.add(buyer.user, SessionBase(), UUID(thing))
    bruno, bea, nour = buyers
    shop.sandbox.post("/_sandbox/webhooks", {"hold": True})
    placed = [bruno.check_out(things[0]), bea.check_out(things[1]), nour.check_out(*things)]
    for order in placed:
        shop.sandbox.pay(order["checkoutUrl"])
    shop.sandbox.post("/_sandbox/webhooks/release")
    shop.sandbox.wait_until_delivered()
    return [order["orderId"] for order in placed]


def in_carts() -> set[tuple[str, str]]:
    return {(item.buyer.email, str(item.automation_id)) for item in CartItem.objects.select_related("buyer")}


@pytest.mark.req("K15")
def test_each_has_what_they_paid_for(
    shop: Shop, things: tuple[str, str], buyers: list[Person], orders: list[str], camille: Any, adrien: Any
) -> None:
    shop.work()
    (hers, his), (bruno, bea, nour) = things, buyers
    assert [bruno.bought(), bea.bought(), sorted(nour.bought())] == [[hers], [his], sorted(things)]
    assert in_carts() == {(bruno.user.email, his), (bea.user.email, hers)}, (
        "what they did not buy stays there"
    )
    assert [Mail.objects.filter(template="purchase", recipient=each.user).count() for each in buyers] == [
        1
    ] * 3
    assert [Mail.objects.filter(template="sale", recipient=each).count() for each in (camille, adrien)] == [
        2
    ] * 2
    sent = Share.objects.filter(state="sent").values_list("payee__user__email", "gross_minor", "fee_minor")
    assert sorted(sent) == sorted([(camille.email, 1999, 300), (adrien.email, 3001, 450)] * 2)
    assert balance(chart.fees("marketplace.order"), "EUR").minor == 2 * (300 + 450)
    assert check.run() == []


def test_what_goes_wrong_with_one_of_them_holds_up_no_other(
    shop: Shop,
    things: tuple[str, str],
    buyers: list[Person],
    orders: list[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    mails = delivery._mails

    def stumbling(order: Order, *others: Any) -> Any:
        assert str(order.pk) != orders[1], "the mail to Béa cannot be written"
        return mails(order, *others)

    bruno, bea, nour = buyers
    with monkeypatch.context() as broken:
        broken.setattr(delivery, "_mails", stumbling)
        shop.work()
        assert [len(buyer.bought()) for buyer in (bruno, bea, nour)] == [1, 0, 2]
        assert {*Payment.objects.values_list("state", flat=True)} == {"paid"}
        assert Job.objects.get(name="payments.react", state="ready").attempts == 1
    clock.advance(timedelta(hours=1))
    shop.work()
    assert bea.bought() == [things[1]]
    assert [Mail.objects.filter(template="purchase", recipient=each.user).count() for each in buyers] == [
        1
    ] * 3
    assert check.run() == []


def test_a_gateway_that_knows_nothing_of_one_holds_up_no_other(
    shop: Shop, buyers: list[Person], orders: list[str]
) -> None:
    unknown = Payment.objects.get(subject_id=orders[0])
    session = unknown.session
    Payment.objects.filter(pk=unknown.pk).update(session="cs_test_nobody_knows")
    shop.work()
    assert [len(buyer.bought()) for buyer in buyers] == [0, 1, 2]
    Payment.objects.filter(pk=unknown.pk).update(session=session)
    clock.advance(timedelta(hours=1))
    shop.work()
    assert [len(buyer.bought()) for buyer in buyers] == [1, 1, 2]
    assert check.run() == []


def test_working_them_off_takes_so_many_queries_however_many_they_are(
    shop: Shop, orders: list[str], django_assert_max_num_queries: Any
) -> None:
    events = Job.objects.filter(state="ready", name="payments.process_event")
    assert events.count() > len(orders), "Stripe tells of each payment more than once"
    with django_assert_max_num_queries(25):
        run_jobs([job.pk for job in events])
    reactions = list(Job.objects.filter(state="ready", name="payments.react"))
    assert len(reactions) == len(orders)
    with django_assert_max_num_queries(16):
        run_jobs([job.pk for job in reactions])


def test_an_account_that_is_told_of_twice_is_read_once(shop: Shop, camille: Any) -> None:
    account = shop.seller(camille).user.payee.account

    def readings() -> int:
        asked = shop.sandbox.get("/_sandbox/requests")["items"]
        return sum(r["method"] == "GET" and r["path"] == f"/v1/accounts/{account}" for r in asked)

    before = readings()
    shop.sandbox.post("/_sandbox/webhooks", {"hold": True})
    for standing in ("restricted", "complete"):
        shop.sandbox.post("/_sandbox/accounts", {"account": account, "standing": standing})
    shop.sandbox.post("/_sandbox/webhooks/release")
    shop.sandbox.wait_until_delivered()
    assert InboxEvent.objects.filter(type="account.updated", state="received").count() == 2
    shop.work()
    assert readings() == before + 1
    assert {*InboxEvent.objects.values_list("state", flat=True)} == {"processed"}
    assert Payee.objects.get(account=account).onboarding_complete


def test_an_order_asks_the_database_as_often_for_two_things_as_for_one(
    things: tuple[str, str], bruno: Any, bea: Any, django_assert_max_num_queries: Any
) -> None:
    hers, his = map(UUID, things)
    # The listings, everything that is written, the gateway's answer and the opened page. SQLite writes table by table.
    at_most = 4 if connection.vendor == "postgresql" else 15
    with django_assert_max_num_queries(at_most) as for_one:
        placing.check_out(bruno, [hers])
    with django_assert_max_num_queries(at_most) as for_two:
        placing.check_out(bea, [hers, his])
    assert len(for_one) == len(for_two)
