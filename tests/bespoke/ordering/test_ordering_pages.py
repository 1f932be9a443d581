"""The pages of ordering without a browser: whose an order is, what the payment page lets in, what is kept."""

import re
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client

from comptoir.bespoke.models import Offer, Order
from comptoir.bespoke.ordering import current_client
from comptoir.bespoke.orders import experts
from comptoir.kernel import clock
from comptoir.kernel.payments.models import Payment
from tests import cast
from tests.bespoke.bespoke_driver import ANSWERS, BespokeDriver

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.once]

CHOSEN = "/order?level=intuitive&service=premium"


def signed_in(user: Any) -> Client:
    client = Client()
    client.force_login(user)
    return client


def details(bespoke: BespokeDriver, client: Client, **changes: str) -> dict[str, str]:
    """The form of who is to work on it, filled in."""
    page = client.get(CHOSEN).content.decode()
    key = re.search(r'name="request_key" value="([^"]+)"', page)
    assert key
    return {
        "expert": str(bespoke.experts["emile"].pk),
        "customer_name": "Zoé Perrin",
        "customer_email": "zoe@example.test",
        "customer_phone": "",
        "request_key": key[1],
        **changes,
    }


def ordered(bespoke: BespokeDriver, client: Client) -> Order:
    answer = client.post(CHOSEN, details(bespoke, client))
    assert answer.status_code == 303, answer.content.decode()
    order = Order.objects.get(pk=answer["Location"].split("/")[2])
    assert answer["Location"] == f"/order/{order.pk}/pay"
    return order


def secret_of(client: Client, order: Order) -> str:
    page = client.get(f"/order/{order.pk}/pay").content.decode()
    found = re.search(r'data-secret="([^"]+)"', page)
    assert found, page
    return found[1]


def paid(bespoke: BespokeDriver, client: Client) -> Order:
    order = ordered(bespoke, client)
    bespoke.confirm({"clientSecret": secret_of(client, order)})
    bespoke.settled()
    order.refresh_from_db()
    assert order.paid_at
    return order


@pytest.mark.req("L1")
def test_the_grid_shows_each_offer_in_few_queries(
    bespoke: BespokeDriver, django_assert_max_num_queries: Any
) -> None:
    with django_assert_max_num_queries(3):
        page = Client().get("/order").content.decode()
    for text in ("Alchimique", "Intégrale", "€29.00", "€279.00", "A reading of ten pages"):
        assert text in page
    assert page.count("Choose<") == 12


@pytest.mark.req("L1")
def test_the_experts_are_paged_and_shown_in_few_queries(
    bespoke: BespokeDriver, django_assert_max_num_queries: Any
) -> None:
    for number in range(14):
        experts.appoint(cast.person(f"Expert{number:02}"), by=None, name=f"Expert {number:02}")
    with django_assert_max_num_queries(5):
        page = Client().get(CHOSEN).content.decode()
    assert page.count('type="radio"') == 12
    assert "Page 1 of 2" in page
    assert Client().get(f"{CHOSEN}&page=2").content.decode().count('type="radio"') == 4


@pytest.mark.req("L1")
def test_what_is_not_for_sale_says_so_and_leads_back(bespoke: BespokeDriver) -> None:
    Offer.objects.filter(level="simple").update(is_active=False)
    page = Client().get("/order?level=simple&service=vip")
    assert page.status_code == 409
    assert "is not for sale at the moment" in page.content.decode()
    assert Client().get("/order?level=royal&service=vip").status_code == 409


@pytest.mark.req("L1")
def test_an_expert_who_has_left_meanwhile_is_named_and_nothing_typed_is_lost(bespoke: BespokeDriver) -> None:
    client = Client()
    form = details(bespoke, client, customer_phone="06 12")
    experts.deactivate(bespoke.experts["emile"], by=None)
    answer = client.post(CHOSEN, form)
    assert answer.status_code == 409
    page = answer.content.decode()
    assert "Émile Roux takes no orders at the moment" in page
    assert 'value="Zoé Perrin"' in page and 'value="06 12"' in page
    assert not Order.objects.exists()


@pytest.mark.req("L1")
@pytest.mark.parametrize(
    ("language", "said"),
    [
        ("en", "Too many requests. Try again in 50 s."),
        ("fr", "Trop de requêtes. Réessayez dans 50 s."),
    ],
)
def test_who_orders_too_often_waits_and_nothing_typed_is_lost(
    bespoke: BespokeDriver, monkeypatch: pytest.MonkeyPatch, language: str, said: str
) -> None:
    monkeypatch.setattr(current_client.ORDERS_AT_MOST, "limit", 2)
    client = Client(headers={"Accept-Language": language})
    with clock.frozen(clock.now().replace(second=10)):
        ordered(bespoke, client)
        over_the_api = bespoke.wish()
        placed = client.post(
            "/api/payments/create-payment-intent", over_the_api, content_type="application/json"
        )
        assert placed.status_code == 200, placed.text
        form = details(bespoke, client, customer_phone="06 12")
        answer = client.post(CHOSEN, form)
        assert (answer.status_code, answer["Retry-After"]) == (429, "50")
        page = answer.text
        assert said in page.replace("\u00a0", " ")
        for typed in ("Zoé Perrin", "zoe@example.test", "06 12", form["request_key"]):
            assert f'value="{typed}"' in page
        assert re.search(rf'value="{form["expert"]}"[^>]* checked', page)
        assert Order.objects.count() == 2
        assert client.get(CHOSEN).status_code == 200, "one may still read"
        clock.advance(timedelta(seconds=50))
        assert client.post(CHOSEN, form).status_code == 303


@pytest.mark.req("L1")
def test_who_is_signed_in_finds_themselves_filled_in(bespoke: BespokeDriver, paul: Any) -> None:
    page = signed_in(paul).get(CHOSEN).content.decode()
    assert 'value="paul@example.test"' in page and 'value="Paul"' in page


@pytest.mark.req("L16")
def test_sent_twice_the_form_makes_one_order(bespoke: BespokeDriver, paul: Any) -> None:
    for client in (Client(), signed_in(paul)):
        form = details(bespoke, client)
        assert client.post(CHOSEN, form)["Location"] == client.post(CHOSEN, form)["Location"]
    assert Order.objects.count() == 2


@pytest.mark.req("L3", "L5")
def test_the_secret_is_kept_in_the_session_and_in_no_address(bespoke: BespokeDriver) -> None:
    client = Client()
    order = ordered(bespoke, client)
    secret = secret_of(client, order)
    assert secret.startswith("pi_")
    for path in (f"/order/{order.pk}", f"/order/{order.pk}/pay"):
        assert client.get(path).status_code == 200
    back = client.get(f"/payments/{order.payment_id}/return")
    assert secret not in back["Location"]


@pytest.mark.req("L5")
def test_another_persons_order_is_not_to_be_known_of(bespoke: BespokeDriver, paul: Any, bruno: Any) -> None:
    mine, anonymous = paid(bespoke, signed_in(paul)), paid(bespoke, Client())
    for order in (mine, anonymous):
        for tail in ("", "/pay"):
            assert signed_in(bruno).get(f"/order/{order.pk}{tail}").status_code == 404
            stranger = Client().get(f"/order/{order.pk}{tail}")
            assert (stranger.status_code, stranger["Location"][:15]) == (302, "/accounts/login")
        for client in (signed_in(bruno), Client()):
            assert client.post(f"/order/{order.pk}/answers", {"answer-question": "x"}).status_code == 404
    assert order.intake.answers == "{}"


@pytest.mark.req("L3")
def test_only_the_payment_page_lets_the_gateways_script_in(bespoke: BespokeDriver, settings: Any) -> None:
    client = Client()
    order = ordered(bespoke, client)
    policy = client.get(f"/order/{order.pk}/pay")["Content-Security-Policy"]
    parts = {part.split()[0]: part.split()[1:] for part in policy.split("; ")}
    sandbox = bespoke.shop.sandbox.url
    for directive in ("script-src", "frame-src", "connect-src"):
        assert sandbox in parts[directive]
    assert {"'self'", "https://js.stripe.com", "https://*.js.stripe.com"} <= set(parts["script-src"])
    assert {"https://js.stripe.com", "https://hooks.stripe.com"} <= set(parts["frame-src"])
    assert "'unsafe-inline'" not in policy
    for path in ("/order", CHOSEN, f"/order/{order.pk}"):
        elsewhere = client.get(path)["Content-Security-Policy"]
        assert sandbox not in elsewhere and "stripe.com" not in elsewhere


@pytest.mark.req("L3")
def test_without_a_publishable_key_nobody_is_asked_for_a_card(bespoke: BespokeDriver, settings: Any) -> None:
    client = Client()
    order = ordered(bespoke, client)
    settings.STRIPE_PUBLISHABLE_KEY = ""
    page = client.get(f"/order/{order.pk}/pay")
    assert page.status_code == 503
    assert "Payments are not set up yet" in page.content.decode()


@pytest.mark.req("L4")
def test_the_return_page_settles_before_any_webhook(bespoke: BespokeDriver) -> None:
    bespoke.shop.sandbox.post("/_sandbox/webhooks", {"hold": True})
    client = Client()
    order = ordered(bespoke, client)
    assert "Waiting for your payment" in client.get(f"/order/{order.pk}").content.decode()
    bespoke.confirm({"clientSecret": secret_of(client, order)})
    back = client.get(f"/payments/{order.payment_id}/return", follow=True)
    assert back.redirect_chain[0][0] == f"/order/{order.pk}"
    assert "Thank you. Now tell your expert more." in back.content.decode()
    assert client.get(f"/order/{order.pk}/pay")["Location"] == f"/order/{order.pk}"


@pytest.mark.req("L4")
def test_a_slow_bank_is_waited_for_and_not_paid_twice(bespoke: BespokeDriver) -> None:
    client = Client()
    order = ordered(bespoke, client)
    url = f"{bespoke.shop.sandbox.url}/pay/{secret_of(client, order)}"
    bespoke.shop.sandbox.pay(url, method="delayed")
    page = client.get(f"/payments/{order.payment_id}/return", follow=True).content.decode()
    assert "Your payment is being confirmed" in page
    assert client.get(f"/order/{order.pk}/pay").status_code == 303
    assert client.get(f"/order/{order.pk}?seen=confirming", headers={"HX-Request": "true"}).status_code == 204


@pytest.mark.req("L4")
def test_an_intent_that_was_cancelled_ends_the_order_and_leads_to_a_new_one(bespoke: BespokeDriver) -> None:
    client = Client()
    order = ordered(bespoke, client)
    bespoke.shop.sandbox.stripe.v1.payment_intents.cancel(Payment.objects.get().reference)
    bespoke.settled()
    page = client.get(f"/order/{order.pk}").content.decode()
    assert "This order has ended unpaid" in page
    assert f"expert={order.expert_id}" in page


@pytest.mark.req("L1")
def test_half_the_answers_are_kept_and_a_wrong_one_is_named(bespoke: BespokeDriver) -> None:
    client = Client()
    order = paid(bespoke, client)
    path = f"/order/{order.pk}/answers"
    wrong = client.post(path, {"answer-question": ANSWERS["question"], "answer-born_on": "17 May"})
    page = wrong.content.decode()
    assert wrong.status_code == 422
    assert "Give a date as YYYY-MM-DD." in page and ANSWERS["question"] in page and "17 May" in page
    assert client.post(path, {"answer-question": ANSWERS["question"]}).status_code == 303
    page = client.get(f"/order/{order.pk}").content.decode()
    assert "One answer is still missing" in page and ANSWERS["question"] in page
    client.post(path, {f"answer-{name}": text for name, text in ANSWERS.items()})
    page = client.get(f"/order/{order.pk}").content.decode()
    assert "Your order is in good hands" in page


@pytest.mark.req("L1", "L5")
def test_the_order_is_shown_in_few_queries(
    bespoke: BespokeDriver, paul: Any, django_assert_max_num_queries: Any
) -> None:
    client = signed_in(paul)
    order = paid(bespoke, client)
    with django_assert_max_num_queries(6):
        assert client.get(f"/order/{order.pk}").status_code == 200


def test_a_delivered_order_leads_into_the_sanctuary(bespoke: BespokeDriver, paul: Any) -> None:
    order_id = bespoke.delivered_order(bespoke.person(paul))
    page = signed_in(paul).get(f"/order/{order_id}").content.decode()
    assert "It is ready for you" in page
    assert f'href="/sanctuary/orders/{order_id}"' in page
