"""The operator sets offers, experts and portraits by hand, and is told what to mend."""

import json
from typing import Any

import pytest
from django.test import Client

from comptoir.bespoke.models import Expert, Offer
from comptoir.bespoke.orders import experts
from comptoir.kernel import files
from tests import cast
from tests.bespoke.bespoke_driver import QUESTIONS, BespokeDriver
from tests.shop import picture

pytestmark = [pytest.mark.django_db, pytest.mark.once, pytest.mark.req("L1", "L12")]

OFFER = {
    "level": "simple",
    "service": "vip",
    "is_active": "on",
    "price": "79,50",
    "currency": "EUR",
    "duration_minutes": "45",
    "delivery_days": "5",
    "revision_limit": "2",
    "included": "Ten pages\n\nA ritual",
    "intake_form": json.dumps(QUESTIONS),
}
ADD_OFFER, ADD_EXPERT = "/admin/bespoke/offer/add/", "/admin/bespoke/expert/add/"


@pytest.fixture
def desk(odile: Any) -> Client:
    client = Client(headers={"accept-language": "en"})
    client.cookies["django_language"] = "en"
    client.force_login(odile)
    return client


def test_an_offer_is_priced_in_euros_and_listed_by_lines(desk: Client) -> None:
    assert desk.post(ADD_OFFER, OFFER).status_code == 302
    offer = Offer.objects.get()
    assert (offer.price_minor, offer.included) == (7950, ["Ten pages", "A ritual"])
    assert offer.intake_form == QUESTIONS
    page = desk.get(f"/admin/bespoke/offer/{offer.pk}/change/").content.decode()
    assert 'value="79.50"' in page and "Ten pages\nA ritual" in page
    assert desk.post(f"/admin/bespoke/offer/{offer.pk}/change/", {**OFFER, "price": "80"}).status_code == 302
    assert Offer.objects.get().price_minor == 8000


WRONG = [
    ({"price": "cheap"}, "Write the amount in digits"),
    ({"price": "0"}, "Set a price above zero."),
    ({"delivery_days": "999"}, "Give a number from 0 to 365."),
    ({"intake_form": '[{"name": "a",}]'}, "This is not JSON: look at line 1"),
    ({"intake_form": '{"name": "a"}'}, "Give a list of questions"),
    (
        {"intake_form": json.dumps([QUESTIONS[0], {"name": "b", "kind": "text"}])},
        "Question 2: Write the question itself, as its label.",
    ),
]


@pytest.mark.parametrize(("changes", "told"), WRONG)
def test_what_is_wrong_with_an_offer_is_named_with_its_mend(
    desk: Client, changes: dict[str, str], told: str
) -> None:
    page = desk.post(ADD_OFFER, {**OFFER, **changes})
    assert page.status_code == 200
    assert told in page.content.decode()
    assert not Offer.objects.exists()


def test_an_expert_is_appointed_and_presented(desk: Client, paul: Any) -> None:
    words = {
        "name": "Paul O.",
        "about": "Reads slowly.",
        "specialties": "tarot\noracle",
        "weekly_capacity": "4",
    }
    unknown = desk.post(ADD_EXPERT, {**words, "email": "nobody@example.test"})
    assert "Nobody has an account with this address." in unknown.content.decode()
    assert desk.post(ADD_EXPERT, {**words, "email": "Paul@example.test"}).status_code == 302
    expert = Expert.objects.get()
    assert (expert.user, expert.specialties, expert.is_active) == (paul, ["tarot", "oracle"], True)

    experts.deactivate(expert, by=None)
    change = f"/admin/bespoke/expert/{expert.pk}/change/"
    assert desk.post(change, {**words, "name": "Paul Okafor"}).status_code == 302
    expert.refresh_from_db()
    assert (expert.name, expert.is_active) == ("Paul Okafor", False), "presenting is not letting in"
    assert f"/desk/experts/{expert.pk}/portrait" in desk.get(change).content.decode()


def test_only_operators_set_them(paul: Any) -> None:
    client = Client()
    client.force_login(paul)
    assert client.post(ADD_OFFER, OFFER).status_code in (302, 403)
    assert not Offer.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_a_portrait_is_brought_by_the_operator_alone(bespoke: BespokeDriver, odile: Any, paul: Any) -> None:
    expert = bespoke.experts["emile"]
    path = f"/desk/experts/{expert.pk}/portrait"
    desk, stranger = Client(), Client()
    desk.force_login(odile)
    stranger.force_login(paul)
    key = bespoke.person(odile).upload("previewImage", picture(), "emile.png", "image/png")
    assert stranger.post(path, {"portrait_key": key}).status_code == 403
    assert desk.post(path, {"portrait_key": "incoming/another"}).status_code != 303
    assert desk.post(path, {"portrait_key": key}).status_code == 303
    expert.refresh_from_db()
    assert (
        files.public_url(expert.portrait, "card")
        in desk.get("/order?level=simple&service=vip").content.decode()
    )
    assert desk.get(f"/desk/experts/{cast.person('Zoé').pk:032x}/portrait").status_code == 404
