"""The operator's desk: a purchase can be followed through orders, payments, books and timeline, and nothing be bent."""

import re
from html import unescape
from typing import Any

import pytest
from django.contrib.admin.utils import quote
from django.test import Client

from comptoir.kernel.ledger.models import Account, Transfer
from comptoir.kernel.payments.models import Dispute, GatewayCall, InboxEvent, Payee, Payment, Refund
from comptoir.kernel.timeline.models import TimelineEntry
from comptoir.marketplace.models import Automation, Order
from tests.marketplace.sample_listings import bought, put_up, put_up_many
from tests.sandbox_process import visible_text
from tests.shop import Shop

LISTS = {
    "payments/payment": Payment,
    "payments/refund": Refund,
    "payments/dispute": Dispute,
    "payments/payee": Payee,
    "payments/gatewaycall": GatewayCall,
    "payments/inboxevent": InboxEvent,
    "ledger/transfer": Transfer,
    "ledger/account": Account,
    "timeline/timelineentry": TimelineEntry,
    "marketplace/order": Order,
    "marketplace/automation": Automation,
}


@pytest.fixture
def desk(client: Client, odile: Any) -> Client:
    """Odile, who runs the house, at her desk, reading English."""
    odile.locale = "en"
    odile.save()
    client.force_login(odile)
    return client


def read(desk: Client, path: str) -> str:
    answer = desk.get(f"/admin/{path}")
    assert answer.status_code == 200, (path, answer.status_code)
    return visible_text(unescape(answer.text))


@pytest.mark.django_db(transaction=True)
def test_a_purchase_is_followed_from_its_order_to_the_books(
    desk: Client, shop: Shop, camille: Any, adrien: Any, bruno: Any
) -> None:
    first, second, buyer = shop.seller(camille), shop.seller(adrien), shop.person(bruno)
    ordered = buyer.check_out(first.publish(price=1999), second.publish(price=3001))
    order = ordered["orderId"]
    shop.sandbox.pay(ordered["checkoutUrl"])
    shop.sandbox.wait_until_delivered()
    shop.work()
    payment = Payment.objects.get()

    assert "€50.00" in read(desk, f"marketplace/order/?q={order}")
    assert "1 result" in read(desk, f"marketplace/order/?q={bruno.email}")
    page = read(desk, f"marketplace/order/{order}/change/")
    assert "€19.99 €3.00" in page and "€30.01 €4.50" in page and str(payment.pk) in page

    assert "1 result" in read(desk, f"payments/payment/?q={payment.reference}")
    page = read(desk, f"payments/payment/{payment.pk}/change/")
    for said in ("€50.00", payment.reference, "€16.99", "€25.51", "See its postings", "Sent"):
        assert said in page, said
    links = re.findall(
        r'href="/admin/([^"]+subject_id[^"]+)"',
        desk.get(f"/admin/payments/payment/{payment.pk}/change/").text,
    )
    postings, history = (read(desk, unescape(link)) for link in links)
    assert "payments.payment" in history
    assert "payment.paid" in postings and "payment.gateway_fee" in postings
    paid = Transfer.objects.get(kind="payment.paid")
    page = read(desk, f"ledger/transfer/{paid.pk}/change/")
    assert "gateway:stripe EUR fees:marketplace.order EUR €7.50" in page
    fees = Account.objects.get(code="fees:marketplace.order")
    assert "€7.50" in read(desk, f"ledger/account/{fees.pk}/change/")
    assert "payments.payment" in read(desk, f"timeline/timelineentry/?q={payment.pk}")
    event = InboxEvent.objects.get(type="checkout.session.completed")
    assert '"checkout.session.completed"' in read(desk, f"payments/inboxevent/{quote(event.pk)}/change/")
    call = GatewayCall.objects.get(operation="session")
    page = read(desk, f"payments/gatewaycall/{call.pk}/change/")
    assert '"customer_email": "bruno@example.test"' in page and '"cs_' in page


def refunded_and_disputed(payment: Payment) -> Refund:
    about = {"payment": payment, "gateway": "stripe"}
    Dispute.objects.create(**about, reference=f"du_{payment.pk}", amount_minor=500, currency="EUR")
    return Refund.objects.create(
        **about, key=f"k{payment.pk}", reference=f"re_{payment.pk}", amount_minor=500, reason="Late"
    )


@pytest.mark.django_db
def test_refunds_are_found_by_their_payment_by_their_name_at_the_gateway_and_by_state(
    desk: Client, camille: Any, bruno: Any, bea: Any
) -> None:
    for buyer in (bruno, bea):
        bought(buyer, put_up(camille))
    refunds = [refunded_and_disputed(payment) for payment in Payment.objects.all()]
    Refund.objects.filter(pk=refunds[1].pk).update(state="failed", failure_message="expired_or_canceled_card")
    for words in (refunds[0].payment_id, refunds[0].reference, refunds[0].pk):
        assert "1 result" in read(desk, f"payments/refund/?q={words}")
    page = read(desk, "payments/refund/?state__exact=failed")
    assert "1 refund" in page and "Failed" in page and "€5.00" in page
    page = read(desk, f"payments/refund/{refunds[1].pk}/change/")
    assert "expired_or_canceled_card" in page and "€5.00 · Failed" in page and "See its postings" in page


@pytest.mark.once
@pytest.mark.django_db
@pytest.mark.parametrize("path", LISTS)
def test_nothing_can_be_added_changed_or_deleted(desk: Client, camille: Any, bruno: Any, path: str) -> None:
    bought(bruno, put_up(camille))
    refunded_and_disputed(Payment.objects.get())
    GatewayCall.objects.create(key="payment:1", gateway="stripe", operation="session", params={"amount": 1})
    InboxEvent.objects.create(id="stripe:evt_1", type="charge.succeeded", payload='{"id": "evt_1"}')
    ledger = {"key": "k", "kind": "k", "subject": "s", "subject_id": "1", "entry_count": 0}
    Transfer.objects.create(**ledger)
    Account.objects.create(code="fees:x", currency="EUR", kind="revenue")
    row = LISTS[path].objects.first()
    assert row is not None
    before = {field.name: getattr(row, field.attname) for field in row._meta.concrete_fields}
    row_path = f"/admin/{path}/{quote(row.pk)}"
    assert desk.get(f"{row_path}/change/").status_code == 200
    for refused in (f"/admin/{path}/add/", f"{row_path}/change/", f"{row_path}/delete/"):
        assert desk.post(refused, {"post": "yes", "state": "paid", "amount_minor": 1}).status_code == 403, (
            refused
        )
    page = desk.get(f"/admin/{path}/").text
    assert "delete_selected" not in page
    row.refresh_from_db()
    assert before == {field.name: getattr(row, field.attname) for field in row._meta.concrete_fields}


@pytest.mark.django_db
@pytest.mark.parametrize("path", LISTS)
def test_a_search_for_nonsense_finds_nothing_and_breaks_nothing(desk: Client, path: str) -> None:
    for words in ("nonsense", "o’clock 100%", "01890000-0000-7000-8000-000000000000", "9" * 40):
        assert "0 results" in read(desk, f"{path}/?q={words}"), words


@pytest.mark.once
@pytest.mark.django_db
@pytest.mark.parametrize("path", LISTS)
def test_the_desk_is_closed_to_others(client: Client, camille: Any, path: str) -> None:
    client.force_login(camille)
    assert client.get(f"/admin/{path}/").status_code in (302, 403)


@pytest.mark.django_db
@pytest.mark.parametrize(
    "path",
    [
        "marketplace/automation",
        "marketplace/order",
        "payments/payment",
        "payments/refund",
        "payments/dispute",
        "timeline/timelineentry",
    ],
)
def test_lists_ask_the_database_a_few_times_whatever_there_is(
    desk: Client, camille: Any, bruno: Any, django_assert_max_num_queries: Any, path: str
) -> None:
    for automation in (put_up(camille, title=f"Number {number}") for number in range(5)):
        bought(bruno, automation)
    for payment in Payment.objects.all():
        refunded_and_disputed(payment)
    with django_assert_max_num_queries(9):
        assert desk.get(f"/admin/{path}/").status_code == 200


@pytest.mark.django_db
def test_lists_are_paged(desk: Client, camille: Any) -> None:
    put_up_many(camille, 60)
    page = desk.get("/admin/marketplace/automation/").text
    assert page.count('class="action-select"') == 50
    assert "60 automations" in visible_text(page)
