"""From the choice of a level to a paid order, over HTTP: who owes what, who may look, and what a failed card leaves."""

from concurrent.futures import ThreadPoolExecutor
from typing import Any

import httpx
import pytest
from django.db import connection

from comptoir.bespoke.models import Offer, Order
from comptoir.bespoke.ordering.placing import OrderRequest, place
from comptoir.bespoke.refusals import NothingToPay
from comptoir.kernel.accounts.models import User
from comptoir.kernel.ledger import chart
from comptoir.kernel.ledger.posting import balance
from comptoir.kernel.money import Money
from comptoir.kernel.notifications.models import Mail
from comptoir.kernel.payments import check
from comptoir.kernel.payments.models import GatewayCall, InboxEvent, Payment
from tests.bespoke.bespoke_driver import BespokeDriver

pytestmark = pytest.mark.django_db(transaction=True)

PRICE = 12900  # intuitive · premium


def revenue() -> Money:
    return balance(chart.revenue("bespoke.order"), "EUR")


@pytest.mark.req("L1", "L2", "L3", "L4")
def test_an_order_is_pending_then_paid_by_the_client_secret(bespoke: BespokeDriver, paul: Any) -> None:
    client = bespoke.person(paul)
    placed = bespoke.order(client)
    assert set(placed) == {"clientSecret", "orderId"}
    before = client.get(f"/api/payments/order/{placed['orderId']}").json()["order"]
    assert (before["status"], before["paymentStatus"], before["paidAt"]) == ("pending", "pending", None)

    intent = bespoke.shop.sandbox.stripe.v1.payment_intents.list().data[0]
    assert (intent.amount, intent.currency) == (PRICE, "eur")
    assert intent.metadata["payment"] == str(Payment.objects.get().pk)
    assert Payment.objects.get().subject_id == placed["orderId"]

    assert bespoke.confirm(placed).status_code == 303
    bespoke.settled()
    after = client.get(f"/api/payments/order/{placed['orderId']}").json()["order"]
    assert (after["status"], after["paymentStatus"]) == ("completed", "succeeded")
    assert after["paidAt"] > after["createdAt"]
    assert revenue() == Money(PRICE, "EUR")
    assert check.run() == []


@pytest.mark.req("L5")
def test_the_order_has_the_documented_shape(bespoke: BespokeDriver, paul: Any) -> None:
    client = bespoke.person(paul)
    order_id = bespoke.paid_order(client)
    body = client.get(f"/api/payments/order/{order_id}").json()
    assert set(body) == {"order"}
    paid_at, created_at = body["order"].pop("paidAt"), body["order"].pop("createdAt")
    assert created_at.endswith("Z")
    assert paid_at.endswith("Z")
    assert body["order"] == {
        "id": order_id,
        "status": "completed",
        "paymentStatus": "succeeded",
        "amount": PRICE,
        "service": "premium",
        "level": "intuitive",
        "duration": 60,
        "expert": {"name": "Émile Roux", "specialties": ["tarot", "oracle"], "rating": None},
        "customerEmail": "paul@example.test",
    }


@pytest.mark.req("L5")
def test_an_order_is_seen_by_those_concerned_alone(
    bespoke: BespokeDriver, paul: Any, bruno: Any, odile: Any
) -> None:
    order_id = bespoke.paid_order(bespoke.person(paul))
    path = f"/api/payments/order/{order_id}"
    assert bespoke.person(paul).get(path).status_code == 200
    assert bespoke.expert("emile").get(path).status_code == 200
    assert bespoke.person(odile).get(path).status_code == 200
    for stranger in (bespoke.person(bruno), bespoke.expert("iris")):
        refused = stranger.get(path)
        assert (refused.status_code, refused.json()["code"]) == (404, "order_not_found")
    assert httpx.get(f"{bespoke.url}{path}").status_code == 401


@pytest.mark.req("L5")
def test_an_unpaid_order_is_not_the_experts_business(bespoke: BespokeDriver, paul: Any) -> None:
    placed = bespoke.order(bespoke.person(paul))
    assert bespoke.expert().get(f"/api/payments/order/{placed['orderId']}").status_code == 404


@pytest.mark.req("L5")
def test_who_is_not_signed_in_proves_the_order_by_its_client_secret(bespoke: BespokeDriver) -> None:
    placed, another = bespoke.order(), bespoke.order(customerEmail="bea@example.test")
    url = f"{bespoke.url}/api/payments/order/{placed['orderId']}"
    seen = httpx.get(url, headers={"X-Client-Secret": placed["clientSecret"]})
    assert seen.json()["order"]["status"] == "pending"
    for wrong in (another["clientSecret"], placed["clientSecret"][:-1], ""):
        assert httpx.get(url, headers={"X-Client-Secret": wrong}).status_code in (401, 404)


@pytest.mark.req("L2")
def test_a_price_sent_by_the_client_counts_for_nothing(bespoke: BespokeDriver, paul: Any) -> None:
    bespoke.order(bespoke.person(paul), amount=1, price=1, currency="JPY")
    assert bespoke.shop.sandbox.stripe.v1.payment_intents.list().data[0].amount == PRICE


@pytest.mark.req("L2")
def test_an_order_keeps_the_price_it_was_placed_at(bespoke: BespokeDriver, paul: Any) -> None:
    client = bespoke.person(paul)
    placed = bespoke.order(client)
    Offer.objects.filter(level="intuitive", service="premium").update(price_minor=99900)
    bespoke.confirm(placed)
    bespoke.settled()
    order = client.get(f"/api/payments/order/{placed['orderId']}").json()["order"]
    assert (order["status"], order["amount"]) == ("completed", PRICE)
    assert check.run() == []


@pytest.mark.req("L2")
def test_an_order_replaced_at_a_new_price_can_no_longer_be_paid(bespoke: BespokeDriver, paul: Any) -> None:
    client = bespoke.person(paul)
    old = bespoke.order(client)
    Offer.objects.filter(level="intuitive", service="premium").update(price_minor=99900)
    new = bespoke.order(client)
    assert new["orderId"] != old["orderId"]
    assert Order.objects.get(pk=old["orderId"]).status == "cancelled"
    bespoke.confirm(old)  # the page that was still open elsewhere
    intents = bespoke.shop.sandbox.stripe.v1.payment_intents.list().data
    assert {intent.amount: intent.status for intent in intents} == {
        PRICE: "canceled",
        99900: "requires_payment_method",
    }
    bespoke.confirm(new)
    bespoke.settled()
    assert Order.objects.get(pk=new["orderId"]).status == "completed"
    assert check.run() == []


@pytest.mark.req("L2")
def test_an_order_paid_just_before_its_price_changed_is_not_replaced(
    bespoke: BespokeDriver, paul: Any
) -> None:
    client = bespoke.person(paul)
    old = bespoke.order(client)
    bespoke.confirm(old)  # and no webhook of it was worked on yet
    Offer.objects.filter(level="intuitive", service="premium").update(price_minor=99900)
    wish = OrderRequest("intuitive", "premium", Order.objects.get().expert_id, paul.email, "Paul")
    with pytest.raises(NothingToPay):
        place(wish, customer=paul)
    bespoke.settled()
    assert Order.objects.get().status == "completed"
    assert check.run() == []


@pytest.mark.req("L4")
def test_a_refused_card_is_tried_again_on_the_same_order(bespoke: BespokeDriver, paul: Any) -> None:
    client = bespoke.person(paul)
    placed = bespoke.order(client)
    path = f"/api/payments/order/{placed['orderId']}"
    assert bespoke.confirm(placed, "4000000000009995").status_code == 422
    bespoke.settled()
    failed = client.get(path).json()["order"]
    assert (failed["status"], failed["paymentStatus"]) == ("pending", "failed")

    again = client.post(f"{path}/retry").json()
    assert again == placed, "the same order and the same intent"
    bespoke.confirm(again)
    bespoke.settled()
    paid = client.get(path).json()["order"]
    assert (paid["status"], paid["paymentStatus"]) == ("completed", "succeeded")
    assert len(bespoke.shop.sandbox.stripe.v1.payment_intents.list().data) == 1
    assert revenue() == Money(PRICE, "EUR")
    assert client.post(f"{path}/retry").json()["code"] == "nothing_to_pay"
    assert check.run() == []


@pytest.mark.req("L4")
def test_3d_secure_is_part_of_paying(bespoke: BespokeDriver, paul: Any) -> None:
    placed = bespoke.order(bespoke.person(paul))
    bespoke.confirm(placed, "4000002500003155", authenticate=False)
    bespoke.settled()
    assert bespoke.status(placed["orderId"]) == "pending"
    bespoke.confirm(placed, "4000002500003155")
    bespoke.settled()
    assert bespoke.status(placed["orderId"]) == "completed"


@pytest.mark.req("L4", "L15")
def test_the_same_event_five_times_in_parallel_pays_once(bespoke: BespokeDriver, paul: Any) -> None:
    bespoke.shop.sandbox.post("/_sandbox/webhooks", {"duplicate": 5, "shuffle": True})
    order_id = bespoke.paid_order(bespoke.person(paul))
    assert bespoke.status(order_id) == "completed"
    assert Mail.objects.filter(template="bespoke_paid").count() == 1
    assert Mail.objects.filter(template="bespoke_new").count() == 1
    assert revenue() == Money(PRICE, "EUR")
    assert check.run() == []


@pytest.mark.req("L16")
def test_asking_again_before_paying_gives_the_same_order(bespoke: BespokeDriver, paul: Any) -> None:
    client = bespoke.person(paul)
    first = bespoke.order(client)
    assert bespoke.order(client) == first
    assert bespoke.order(client, level="Intégrale")["orderId"] != first["orderId"]
    bespoke.confirm(first)
    bespoke.settled()
    assert bespoke.order(client)["orderId"] != first["orderId"], (
        "what is paid is not ordered again by accident"
    )


@pytest.mark.req("L16")
def test_pressed_twice_at_once_it_is_one_order(bespoke: BespokeDriver, paul: Any) -> None:
    def press(_time: int) -> str:
        try:
            return bespoke.order(bespoke.person(paul))["orderId"]
        finally:
            connection.close()

    with ThreadPoolExecutor(4) as pool:
        assert len(set(pool.map(press, range(4)))) == 1
    assert Order.objects.count() == 1


@pytest.mark.req("L16")
def test_an_idempotency_key_gives_the_same_answer_signed_in_or_not(bespoke: BespokeDriver, paul: Any) -> None:
    headers = {"Idempotency-Key": "6f1c"}
    path = f"{bespoke.url}/api/payments/create-payment-intent"
    anonymous = [httpx.post(path, json=bespoke.wish(), headers=headers).json() for _time in range(2)]
    assert anonymous[0] == anonymous[1]
    other = httpx.post(path, json=bespoke.wish(customerEmail="eve@example.test"), headers=headers).json()
    assert other["orderId"] != anonymous[0]["orderId"], "somebody else's key opens nothing"
    client = bespoke.person(paul)
    signed_in = [
        client.post("/api/payments/create-payment-intent", bespoke.wish(), **headers).json() for _ in range(2)
    ]
    assert signed_in[0] == signed_in[1]
    assert signed_in[0]["orderId"] not in (anonymous[0]["orderId"], other["orderId"])


REFUSED = [
    ({"level": "royal"}, 422, "level"),
    ({"service": "gold"}, 422, "service"),
    ({"customerEmail": "nowhere"}, 422, "customerEmail"),
    ({"customerName": " "}, 422, "customerName"),
    ({"customerPhone": "call me"}, 422, "customerPhone"),
    ({"expertId": "01890000-0000-7000-8000-000000000000"}, 404, "expert_not_found"),
    ({"level": "simple"}, 409, "offer_not_for_sale"),
]


@pytest.mark.req("L1")
@pytest.mark.parametrize(("changes", "status", "named"), REFUSED)
def test_what_cannot_be_ordered_is_refused_by_name(
    bespoke: BespokeDriver, changes: dict[str, str], status: int, named: str
) -> None:
    Offer.objects.filter(level="simple").update(is_active=False)
    refused = httpx.post(f"{bespoke.url}/api/payments/create-payment-intent", json=bespoke.wish(**changes))
    body = refused.json()
    assert refused.status_code == status
    assert named in [body["code"], *(error["field"] for error in body["errors"])]
    assert not Order.objects.exists()


@pytest.mark.req("L1")
def test_the_grid_and_the_experts_are_there_to_choose_from(bespoke: BespokeDriver) -> None:
    offers = httpx.get(f"{bespoke.url}/api/offers").json()
    assert offers["total"] == 12
    levels = [offer["level"] for offer in offers["items"]]
    assert levels == [level for level in ("simple", "intuitive", "alchimique", "integrale") for _ in range(3)]
    assert offers["items"][0]["price"] == 2900
    names = [expert["name"] for expert in httpx.get(f"{bespoke.url}/api/experts").json()["items"]]
    assert set(names) == {"Iris Blanc", "Émile Roux"}


@pytest.mark.req("L1")
def test_a_full_week_moves_the_next_free_day_and_the_due_date(bespoke: BespokeDriver, paul: Any) -> None:
    bespoke.experts["emile"].weekly_capacity = 1
    bespoke.experts["emile"].save()

    def free_on() -> str:
        shown = httpx.get(f"{bespoke.url}/api/experts").json()["items"]
        return next(expert["nextFreeOn"] for expert in shown if expert["name"] == "Émile Roux")

    first, before = bespoke.paid_order(bespoke.person(paul)), free_on()
    second = bespoke.paid_order(bespoke.person(paul))
    assert free_on() > before
    due = {pk: Order.objects.get(pk=pk).due_on for pk in (first, second)}
    assert (due[second] - due[first]).days == 7


@pytest.mark.req("L17")
def test_personal_data_lies_encrypted_in_the_database(bespoke: BespokeDriver, paul: Any) -> None:
    bespoke.order(bespoke.person(paul), customerEmail="secret@example.test")
    with connection.cursor() as cursor:
        cursor.execute("SELECT customer_email, customer_name, customer_phone FROM bespoke_order")
        stored = " ".join(cursor.fetchone())
        cursor.execute("SELECT digest FROM bespoke_ordersearchtoken")
        stored += " ".join(row[0] for row in cursor.fetchall())
    for plain in ("secret@", "Paul", "Okafor", "12 34"):
        assert plain not in stored
    assert Order.objects.get().customer_email == "secret@example.test"


def test_who_orders_without_an_account_gets_one_that_only_their_mailbox_opens(bespoke: BespokeDriver) -> None:
    order_id = bespoke.paid_order(customerEmail="zoe@example.test", customerName="Zoé")
    account = User.objects.get(email="zoe@example.test")
    assert not account.has_usable_password()
    mail = Mail.objects.get(recipient=account)
    assert mail.secret, "operators do not see the link"
    link = next(line for line in mail.text.splitlines() if "/enter/" in line)

    with httpx.Client(base_url=bespoke.url, follow_redirects=True) as browser:
        assert "zoe@example.test" in browser.get(link).text
        assert browser.get(f"/api/payments/order/{order_id}").status_code == 401, "looking is not entering"
        browser.post(link, data={"csrfmiddlewaretoken": browser.cookies["csrftoken"]})
        seen = browser.get(f"/api/payments/order/{order_id}")
        assert seen.json()["order"]["status"] == "completed"
    with httpx.Client(base_url=bespoke.url) as thief:
        assert thief.get(link).status_code == 403, "it works once"


def test_a_password_set_before_the_address_was_confirmed_is_thrown_away(bespoke: BespokeDriver) -> None:
    """Somebody signs up with another's address, and waits for its owner to confirm it for them."""
    User.objects.create_user("zoe@example.test", "the-thiefs-password", verified=False)
    bespoke.paid_order(customerEmail="zoe@example.test")
    mail = Mail.objects.get(recipient__email="zoe@example.test")
    link = next(line for line in mail.text.splitlines() if "/enter/" in line)
    with httpx.Client(base_url=bespoke.url, follow_redirects=True) as browser:
        browser.get(link)
        browser.post(link, data={"csrfmiddlewaretoken": browser.cookies["csrftoken"]})
    assert not User.objects.get(email="zoe@example.test").check_password("the-thiefs-password")


def test_an_order_for_somebody_elses_address_shows_nothing_to_whoever_placed_it(
    bespoke: BespokeDriver, paul: Any, bruno: Any
) -> None:
    """Paul's address, and Bruno's browser: the order is Paul's once it is paid, and Bruno has only its secret."""
    order_id = bespoke.paid_order(customerEmail=paul.email)
    assert bespoke.person(paul).get(f"/api/payments/order/{order_id}").status_code == 200
    assert bespoke.person(bruno).get(f"/api/payments/order/{order_id}").status_code == 404


def test_the_client_secret_is_kept_nowhere_and_given_again(bespoke: BespokeDriver, paul: Any) -> None:
    client = bespoke.person(paul)
    placed = bespoke.order(client)
    bespoke.confirm(placed, "4000000000009995")
    bespoke.settled()
    assert InboxEvent.objects.filter(type="payment_intent.payment_failed").exists()
    kept = [str(call.answer) for call in GatewayCall.objects.all()]
    kept += InboxEvent.objects.values_list("payload", flat=True)
    assert not [each for each in kept if placed["clientSecret"] in each]
    assert client.post(f"/api/payments/order/{placed['orderId']}/retry").json() == placed
