"""The sanctuary over HTTP: the profile first, levels that open and close, and the client's word on what they got."""

import io
from typing import Any

import httpx
import pytest
from PIL import Image

from comptoir.bespoke.models import ClientProfile, Expert, Order
from comptoir.bespoke.operations import level_contents
from comptoir.kernel.notifications.models import Mail
from comptoir.kernel.payments import check, refunds
from comptoir.kernel.payments.models import Payment
from tests.bespoke.bespoke_driver import ANSWERS, CONTENT, BespokeDriver
from tests.shop import Person

pytestmark = pytest.mark.django_db(transaction=True)

PROFILE = {"name": "Paul Okafor", "phone": "", "about": "I bake bread, and wonder."}


def at_home(bespoke: BespokeDriver, user: Any) -> Person:
    client = bespoke.person(user)
    client.http.put("/api/sanctuary/profile", json=PROFILE).raise_for_status()
    return client


def give_back(order_id: str, minor: int | None = None) -> None:
    from comptoir.kernel.money import Money

    payment = Payment.objects.get(subject_id=order_id)
    amount = Money(minor, "EUR") if minor else None
    refunds.refund(payment, amount=amount, reason="asked", actor=None, key=f"test:{order_id}:{minor}")


@pytest.mark.req("L13")
def test_the_profile_is_asked_for_first(bespoke: BespokeDriver, paul: Any) -> None:
    client = bespoke.person(paul)
    order_id = bespoke.delivered_order(client)
    before = client.get("/api/sanctuary").json()
    assert before == {"profileComplete": False, "level": "intuitive", "levelNumber": 2, "contents": []}
    assert client.get(f"/api/sanctuary/contents/{order_id}").json()["code"] == "profile_incomplete"
    refused = client.http.put("/api/sanctuary/profile", json={**PROFILE, "about": " "})
    assert refused.json()["errors"][0]["field"] == "about"
    client.http.put("/api/sanctuary/profile", json=PROFILE).raise_for_status()
    after = client.get("/api/sanctuary").json()
    assert after["profileComplete"] is True
    assert [(one["id"], one["kind"], one["locked"]) for one in after["contents"]] == [
        (order_id, "order", False)
    ]
    assert httpx.get(f"{bespoke.url}/api/sanctuary").status_code == 401


@pytest.mark.req("L17")
def test_the_profile_lies_sealed(bespoke: BespokeDriver, paul: Any) -> None:
    from django.db import connection

    at_home(bespoke, paul)
    with connection.cursor() as cursor:
        cursor.execute("SELECT name, about FROM bespoke_clientprofile")
        stored = " ".join(cursor.fetchone())
    assert "Okafor" not in stored
    assert "bread" not in stored
    assert ClientProfile.objects.get().about == PROFILE["about"]


@pytest.mark.req("L14")
@pytest.mark.parametrize(
    ("level", "number"), [("simple", 1), ("intuitive", 2), ("alchimique", 3), ("integrale", 4)]
)
def test_each_level_opens_its_own_contents_and_all_below(
    bespoke: BespokeDriver, paul: Any, level: str, number: int
) -> None:
    shelf = {
        name: level_contents.save(
            None, level=name, title=f"For {name}", summary="What it brings", body="*Read.*"
        )
        for name in ("simple", "intuitive", "alchimique", "integrale")
    }
    client = at_home(bespoke, paul)
    assert all(one["locked"] for one in client.get("/api/sanctuary").json()["contents"])
    bespoke.paid_order(client, level=level)
    mine = client.get("/api/sanctuary").json()
    assert (mine["level"], mine["levelNumber"]) == (level, number)
    assert [one["locked"] for one in mine["contents"]] == [rank > number for rank in (1, 2, 3, 4)]
    for rank, name in enumerate(shelf, start=1):
        opened = client.get(f"/api/sanctuary/contents/{shelf[name].pk}")
        if rank <= number:
            assert opened.json()["html"] == "<p><em>Read.</em></p>\n"
        else:
            assert (opened.status_code, opened.json()["code"]) == (403, "content_locked")
            assert "Read." not in opened.text


@pytest.mark.req("L14")
def test_the_level_is_the_highest_paid_and_a_refund_lowers_it(bespoke: BespokeDriver, paul: Any) -> None:
    client = at_home(bespoke, paul)
    bespoke.paid_order(client, level="simple")
    high = bespoke.paid_order(client, level="integrale")
    bespoke.order(client, level="alchimique")  # never paid
    assert client.get("/api/sanctuary").json()["level"] == "integrale"
    give_back(high)
    bespoke.work()
    bespoke.settled()
    assert client.get("/api/sanctuary").json()["level"] == "simple"
    assert check.run() == []


@pytest.mark.req("L14")
def test_a_refund_closes_what_was_delivered(bespoke: BespokeDriver, paul: Any) -> None:
    client = at_home(bespoke, paul)
    order_id = bespoke.delivered_order(client)
    assert client.get(f"/api/sanctuary/contents/{order_id}").json()["content"] == CONTENT
    give_back(order_id)
    bespoke.work()
    bespoke.settled()
    assert client.get(f"/api/sanctuary/contents/{order_id}").json()["code"] == "content_not_found"
    assert client.get("/api/sanctuary").json()["contents"] == []
    order = client.get(f"/api/payments/order/{order_id}").json()["order"]
    assert (order["status"], order["paymentStatus"]) == ("refunded", "refunded")
    assert check.run() == []


def test_a_part_given_back_leaves_the_order_as_it_is(bespoke: BespokeDriver, paul: Any) -> None:
    client = at_home(bespoke, paul)
    order_id = bespoke.delivered_order(client)
    give_back(order_id, 1000)
    bespoke.work()
    bespoke.settled()
    seen = client.get(f"/api/sanctuary/orders/{order_id}").json()
    assert (seen["status"], seen["paymentStatus"], seen["refunded"]) == ("delivered", "succeeded", 1000)
    assert client.get(f"/api/sanctuary/contents/{order_id}").status_code == 200
    assert "€10.00" in Mail.objects.get(template="bespoke_refunded").text
    assert check.run() == []


@pytest.mark.req("L7", "L15")
def test_a_refund_in_the_middle_of_the_work_stops_it(bespoke: BespokeDriver, paul: Any) -> None:
    client = at_home(bespoke, paul)
    order_id = bespoke.paid_order(client)
    bespoke.process(order_id)
    bespoke.work()
    give_back(order_id)
    bespoke.work()
    bespoke.settled()
    assert bespoke.status(order_id) == "refunded"
    late = bespoke.call_back(order_id, 1)
    assert (late.status_code, late.json()["code"]) == (409, "revision_closed")
    assert bespoke.status(order_id) == "refunded"
    assert bespoke.process(order_id).json()["code"] == "nothing_to_work_on"
    assert Mail.objects.get(template="bespoke_stopped").recipient == bespoke.experts["emile"].user
    assert Mail.objects.get(template="bespoke_refunded").recipient == paul
    assert check.run() == []


def test_a_refund_made_in_stripes_dashboard_stops_it_too(bespoke: BespokeDriver, paul: Any) -> None:
    order_id = bespoke.written_order(bespoke.person(paul))
    charge = bespoke.shop.sandbox.stripe.v1.charges.list().data[0]
    bespoke.shop.sandbox.stripe.v1.refunds.create({"charge": charge.id})
    bespoke.settled()
    bespoke.settled()
    assert bespoke.status(order_id) == "refunded"
    assert bespoke.validate(order_id, "approve").json()["code"] == "nothing_to_validate"
    assert check.run() == []


def test_the_client_accepts_and_the_experts_rating_follows(
    bespoke: BespokeDriver, paul: Any, bea: Any
) -> None:
    for user, rating in ((paul, 5), (bea, 4)):
        client = bespoke.person(user)
        order_id = bespoke.delivered_order(client)
        accepted = client.post(f"/api/sanctuary/orders/{order_id}/accept", {"rating": rating})
        assert accepted.json()["acceptedAt"]
        again = client.post(f"/api/sanctuary/orders/{order_id}/accept", {"rating": 1})
        assert again.json()["code"] == "already_accepted"
    shown = client.get(f"/api/payments/order/{order_id}").json()["order"]["expert"]
    assert shown["rating"] == 4.5
    assert Expert.objects.get(name="Émile Roux").rating_count == 2


@pytest.mark.req("L10")
def test_the_client_asks_for_a_change_as_often_as_the_offer_says(bespoke: BespokeDriver, paul: Any) -> None:
    client = at_home(bespoke, paul)
    order_id = bespoke.delivered_order(client)
    for number in (2, 3):
        asked = client.post(f"/api/sanctuary/orders/{order_id}/change", {"wish": "More about Lyon."})
        assert (asked.status_code, asked.json()["status"]) == (200, "rejected")
        assert client.get(f"/api/sanctuary/contents/{order_id}").status_code == 200, (
            "what is there stays readable"
        )
        bespoke.process(order_id)
        bespoke.work()
        assert bespoke.assistant.asked[-1]["previous"][-1]["reason"] == "More about Lyon."
        bespoke.call_back(order_id, number, f"Lyon {number}")
        bespoke.validate(order_id, "approve")
        assert client.get(f"/api/sanctuary/contents/{order_id}").json()["content"] == f"Lyon {number}"
    refused = client.post(f"/api/sanctuary/orders/{order_id}/change", {"wish": "And again."})
    assert (refused.status_code, refused.json()["code"]) == (409, "no_change_left")
    assert Order.objects.get().revision_count == 2
    bespoke.work()
    assert Mail.objects.filter(template="bespoke_to_revise").count() == 2
    wishes = bespoke.expert().get(f"/api/expert/orders/{order_id}/messages").json()["items"]
    assert [one["body"] for one in wishes] == ["More about Lyon."] * 2


@pytest.mark.req("L13")
def test_another_clients_order_is_nobodys_business(bespoke: BespokeDriver, paul: Any, bruno: Any) -> None:
    order_id = bespoke.delivered_order(bespoke.person(paul))
    stranger = at_home(bespoke, bruno)
    for path in (f"/api/sanctuary/orders/{order_id}", f"/api/sanctuary/contents/{order_id}"):
        assert stranger.get(path).status_code == 404
    for verb, body in (("accept", {}), ("change", {"wish": "Mine"})):
        assert stranger.post(f"/api/sanctuary/orders/{order_id}/{verb}", body).status_code == 404
    answered = stranger.http.put(f"/api/payments/order/{order_id}/intake", json={"answers": ANSWERS})
    assert answered.status_code == 404


def test_the_intake_is_answered_bit_by_bit_and_signed_in_or_not(bespoke: BespokeDriver) -> None:
    placed = bespoke.order()
    url = f"{bespoke.url}/api/payments/order/{placed['orderId']}/intake"
    proof = {"X-Client-Secret": placed["clientSecret"]}

    def answer(**answers: str) -> httpx.Response:
        return httpx.put(url, json={"answers": answers}, headers=proof)

    assert answer(question="Why?").json()["code"] == "intake_closed", "it is asked for after the payment"
    bespoke.confirm(placed)
    bespoke.settled()
    assert answer(question="Why?").json() == {"complete": False, "missing": ["born_on"]}
    for wrong in ({"born_on": "17/05/1990"}, {"mood": "green"}, {"weight": "80"}):
        refused = answer(**wrong)
        assert (refused.status_code, refused.json()["errors"][0]["field"]) == (
            422,
            f"answers.{next(iter(wrong))}",
        )
    assert answer(born_on="1990-05-17").json() == {"complete": True, "missing": []}
    assert httpx.put(url, json={"answers": {}}).status_code == 401
    bespoke.work()
    assert Mail.objects.get(template="bespoke_intake").recipient == bespoke.experts["emile"].user
    seen = bespoke.expert().get(f"/api/expert/orders/{placed['orderId']}").json()
    assert {one["name"]: one["answer"] for one in seen["intake"]} == {
        "question": "Why?",
        "born_on": "1990-05-17",
        "mood": "",
    }


def test_the_way_of_an_order_is_drawn(bespoke: BespokeDriver, paul: Any) -> None:
    client = bespoke.person(paul)
    order_id = bespoke.written_order(client)

    def drawn() -> list[str]:
        return [step["state"] for step in client.get(f"/api/sanctuary/orders/{order_id}").json()["steps"]]

    assert drawn() == ["done", "done", "done", "now", "ahead"]
    bespoke.validate(order_id, "reject", rejectionReason="No.")
    assert drawn() == ["done", "done", "now", "ahead", "ahead"]
    bespoke.process(order_id)
    bespoke.work()
    bespoke.call_back(order_id, 2)
    bespoke.validate(order_id, "approve")
    assert drawn() == ["done"] * 5


def test_files_come_with_the_content_and_for_its_client_alone(
    bespoke: BespokeDriver, paul: Any, bruno: Any
) -> None:
    client = at_home(bespoke, paul)
    order_id = bespoke.written_order(client)
    drawn = io.BytesIO()
    Image.new("RGB", (64, 64), "#17513d").save(drawn, "PNG")
    emile = bespoke.expert()
    key = emile.upload("attachment", drawn.getvalue(), "moon.png", "image/png")
    added = emile.post(f"/api/expert/orders/{order_id}/attachments", {"key": key})
    assert added.status_code == 201, added.text
    picture = added.json()["id"]
    false = emile.upload("attachment", b"<html>", "song.mp3", "audio/mpeg")
    refused = emile.post(f"/api/expert/orders/{order_id}/attachments", {"key": false})
    assert refused.json()["code"] == "file_invalid"
    bespoke.validate(order_id, "approve", content=f"See ![the moon](attachment:{picture}).")
    reading = client.get(f"/api/sanctuary/contents/{order_id}").json()
    assert [one["filename"] for one in reading["attachments"]] == ["moon.png"]
    assert (
        httpx.get(httpx.URL(bespoke.url).join(reading["attachments"][0]["url"])).content == drawn.getvalue()
    )
    assert '<img src="' in reading["html"]
    assert "attachment:" not in reading["html"]
    assert bespoke.person(bruno).get(f"/api/sanctuary/contents/{order_id}").status_code != 200
