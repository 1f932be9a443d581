"""Being paid: the way to Stripe's pages and back, and what Stripe says of the account afterwards."""

from typing import Any

import pytest
from django.test import Client

from comptoir.kernel.payments.models import GatewayCall, InboxEvent, Payee
from tests.marketplace.pages import FR, seen, shown
from tests.marketplace.sample_listings import put_up
from tests.shop import Person, Shop

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def newcomer(client: Client, sandbox: Any, nour: Any) -> Client:
    """Nour, signed in, who has never sold."""
    client.force_login(nour)
    return client


def set_up(client: Client) -> str:
    """Press the button; returns where it leads."""
    answer = client.post("/sell/onboarding")
    assert answer.status_code == 303, answer.text
    return answer["Location"]


def stands(sandbox: Any, user: Any, standing: str) -> None:
    """Stripe's verification decides."""
    account = Payee.objects.get(user=user).account
    sandbox.post("/_sandbox/accounts", {"account": account, "standing": standing})


# ── The pages ───────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.req("K8")
@pytest.mark.parametrize("path", ["/sell", "/stripe/return", "/stripe/refresh", "/dashboard"])
def test_who_is_not_signed_in_signs_in_first(client: Client, db: None, path: str) -> None:
    answer = client.get(path)
    assert (answer.status_code, answer["Location"]) == (302, f"/accounts/login/?next={path}")
    assert client.post("/sell/onboarding")["Location"].startswith("/accounts/login/")


@pytest.mark.req("K8")
def test_who_never_sold_is_told_what_happens_and_sent_to_stripe(
    newcomer: Client, sandbox: Any, nour: Any
) -> None:
    text = seen(newcomer, "/sell")
    assert "Tell Stripe who you are" in text and "Set up my payments" in text
    assert "You receive €16.99" in text
    assert not Payee.objects.exists(), "looking at the page makes no account"

    url = set_up(newcomer)
    assert url.startswith(f"{sandbox.url}/onboarding/")
    account = sandbox.stripe.v1.accounts.retrieve(Payee.objects.get().account)
    assert (account.type, account.email) == ("express", nour.email)

    assert set_up(newcomer) != url, "a link is for one visit"
    assert len(sandbox.stripe.v1.accounts.list().data) == 1, "and the account is the same"


@pytest.mark.req("K9")
def test_who_has_told_stripe_everything_can_sell(newcomer: Client, sandbox: Any) -> None:
    back = sandbox.onboard(set_up(newcomer), outcome="complete")
    assert back.headers["location"].endswith("/stripe/return")
    answer = newcomer.get("/stripe/return")
    assert (answer.status_code, answer["Location"]) == (303, "/sell")
    page = newcomer.get("/sell").text
    assert "Your payments are set up. You can sell." in page
    assert 'name="file_key"' in page
    payee = Payee.objects.get()
    assert (payee.details_submitted, payee.charges_enabled) == (True, True)


@pytest.mark.req("K9")
def test_who_left_it_for_later_is_told_what_is_missing(newcomer: Client, sandbox: Any) -> None:
    sandbox.onboard(set_up(newcomer), outcome="later")
    answer = newcomer.get("/stripe/return")
    assert (answer.status_code, answer["Location"]) == (303, "/dashboard")
    for path in ("/dashboard", "/sell"):
        text = seen(newcomer, path)
        assert "The bank account that you are paid out to" in text
        assert "What you sell, in a sentence" in text
        assert "Continue on Stripe" in text
    assert "tos_acceptance" not in newcomer.get("/sell").text
    assert "Il manque encore à Stripe" in seen(newcomer, "/sell?lang=fr")


@pytest.mark.req("K9")
def test_coming_back_proves_nothing(newcomer: Client, sandbox: Any) -> None:
    set_up(newcomer)
    assert newcomer.get("/stripe/return")["Location"] == "/dashboard"
    assert 'name="file_key"' not in newcomer.get("/sell").text
    assert newcomer.post("/sell", {"title": "Too early"}).status_code == 422


@pytest.mark.req("K9")
def test_while_stripe_checks_one_waits_and_asks_again(newcomer: Client, sandbox: Any, nour: Any) -> None:
    sandbox.onboard(set_up(newcomer), outcome="pending")
    assert newcomer.get("/stripe/return")["Location"] == "/dashboard"
    assert "Your details are being checked." in seen(newcomer, "/dashboard")
    text = seen(newcomer, "/sell")
    assert "Almost there" in text and "Check again" in text and "Set up my payments" not in text
    stands(sandbox, nour, "complete")
    assert newcomer.get("/stripe/return")["Location"] == "/sell"


@pytest.mark.req("K9")
def test_a_spent_link_is_replaced_at_once(newcomer: Client, sandbox: Any) -> None:
    spent = set_up(newcomer)
    sandbox.onboard(spent, outcome="later")
    assert sandbox.onboard(spent).headers["location"].endswith("/stripe/refresh")
    answer = newcomer.get("/stripe/refresh")
    assert answer.status_code == 303
    assert answer["Location"].startswith(f"{sandbox.url}/onboarding/")
    assert answer["Location"] != spent


def test_a_stray_visitor_of_stripes_addresses_makes_no_account(newcomer: Client) -> None:
    for path in ("/stripe/return", "/stripe/refresh"):
        assert newcomer.get(path)["Location"] == "/sell"
    assert newcomer.get("/sell/onboarding").status_code == 405
    assert not GatewayCall.objects.exists()


@pytest.mark.req("K9")
def test_when_stripe_does_not_answer_that_is_said_and_nothing_is_lost(newcomer: Client, sandbox: Any) -> None:
    sandbox.post("/_sandbox/faults", {"endpoint": "POST /v1/accounts", "kind": "500", "times": 2})
    answer = newcomer.post("/sell/onboarding", follow=True)
    assert answer.redirect_chain == [("/sell", 303)]
    assert "The payment provider does not answer." in answer.text
    sandbox.onboard(set_up(newcomer), outcome="complete")

    sandbox.post("/_sandbox/faults", {"endpoint": "GET /v1/accounts/*", "kind": "500", "times": 2})
    answer = newcomer.get("/stripe/return", follow=True)
    assert answer.redirect_chain == [("/dashboard", 303)]
    assert "The payment provider does not answer." in answer.text
    assert newcomer.get("/stripe/return")["Location"] == "/sell"


# ── The webhook ─────────────────────────────────────────────────────────────────────────────────────────────


def is_complete(person: Person) -> bool:
    return person.get("/api/sellers/me").json()["onboardingComplete"]


@pytest.fixture
def person(shop: Shop, nour: Any) -> Person:
    return shop.person(nour)


def to_stripe(person: Person) -> str:
    return person.post("/api/sellers/onboarding-link").json()["url"]


def heard(shop: Shop, at_least: int) -> None:
    """So many account.updated have come, and the worker has seen to them."""
    shop.sandbox.wait_for(lambda: InboxEvent.objects.filter(type="account.updated").count() >= at_least)
    shop.work()


@pytest.mark.req("K10")
def test_the_webhook_sets_it_before_the_person_returns(shop: Shop, person: Person, client: Client) -> None:
    shop.sandbox.onboard(to_stripe(person), outcome="complete")
    assert not is_complete(person)
    heard(shop, 1)
    assert is_complete(person)
    client.force_login(person.user)
    shop.sandbox.post("/_sandbox/faults", {"endpoint": "GET /v1/accounts/*", "kind": "500", "times": 9})
    assert client.get("/stripe/return")["Location"] == "/sell", "known already, even while Stripe is silent"
    shop.sandbox.http.delete("/_sandbox/faults")


@pytest.mark.req("K10")
def test_the_webhook_unsets_it_and_sets_it_again(shop: Shop, camille: Any, client: Client) -> None:
    seller = shop.seller(camille)
    automation = seller.publish()
    stands(shop.sandbox, camille, "restricted")
    heard(shop, 2)
    assert not is_complete(seller)
    assert seller.post("/api/automations", seller.listing()).json()["code"] == "onboarding_incomplete"
    assert shown(client.get(f"/product/{automation}")).count("Not for sale right now") == 1
    client.force_login(camille)
    assert "Une pièce d’identité" in seen(client, "/sell", **FR)

    stands(shop.sandbox, camille, "complete")
    heard(shop, 3)
    assert is_complete(seller)
    assert seller.post("/api/automations", seller.listing()).status_code == 201


@pytest.mark.req("K10")
@pytest.mark.parametrize("last", ["complete", "restricted"])
def test_in_whatever_order_they_come_what_stripe_says_now_counts(
    shop: Shop, person: Person, last: str
) -> None:
    shop.sandbox.post("/_sandbox/webhooks", {"hold": True})
    shop.sandbox.onboard(to_stripe(person), outcome="pending")
    for standing in ("complete", "restricted", "complete", "restricted", last):
        stands(shop.sandbox, person.user, standing)
    shop.sandbox.post("/_sandbox/webhooks", {"shuffle": True, "duplicate": 1})
    shop.sandbox.post("/_sandbox/webhooks/release")
    heard(shop, 5)
    shop.sandbox.wait_until_delivered()
    shop.work()
    assert is_complete(person) == (last == "complete")


@pytest.mark.req("K10")
def test_a_webhook_that_cries_complete_is_not_believed(shop: Shop, person: Person, camille: Any) -> None:
    """It is only a hint: the account itself is read at Stripe. And it is about nobody else's account."""
    to_stripe(person)
    put_up(camille)
    account = Payee.objects.get(user=person.user).account
    boast = {"id": account, "object": "account", "charges_enabled": True, "details_submitted": True}
    shop.sandbox.post("/_sandbox/events", {"type": "account.updated", "data": boast, "account": account})
    heard(shop, 1)
    assert not is_complete(person)
    assert Payee.objects.get(user=camille).read_at is None
