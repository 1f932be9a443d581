"""Selling over the API: a listing from its upload to its end, and each refusal by its code and field."""

import json
from collections.abc import Callable
from typing import Any

import httpx
import pytest

from comptoir.kernel.files.models import StoredFile
from comptoir.marketplace.models import Automation
from tests.marketplace.sample_listings import bought, can_be_paid
from tests.shop import WORKFLOW, Person, picture

pytestmark = pytest.mark.django_db(transaction=True)

NEWER = json.dumps({"name": "Hello again", "nodes": [], "connections": {}}).encode()


@pytest.fixture
def seller(live_shop: Any, camille: Any) -> Person:
    return Person(can_be_paid(camille), live_shop.url)


@pytest.fixture
def rival(live_shop: Any, adrien: Any) -> Person:
    return Person(can_be_paid(adrien), live_shop.url)


@pytest.fixture
def anybody(live_shop: Any) -> httpx.Client:
    return httpx.Client(base_url=live_shop.url, timeout=30)


def wrong_fields(answer: httpx.Response) -> list[str]:
    return [error["field"] for error in answer.json()["errors"]]


def refusal(answer: httpx.Response) -> tuple[int, str]:
    return answer.status_code, answer.json()["code"]


@pytest.mark.req("K1", "K2", "K3", "K4")
def test_a_listing_is_stored_as_it_was_sent(seller: Person) -> None:
    answer = seller.post("/api/automations", seller.listing(tags=["Invoices", " late  payers ", "invoices"]))
    assert answer.status_code == 201
    listed = answer.json()
    assert {
        name: listed[name] for name in ("title", "price", "currency", "category", "platform", "version")
    } == {
        "title": "Chase late invoices",
        "price": 1999,
        "currency": "EUR",
        "category": "finance",
        "platform": "n8n",
        "version": "1.0.0",
    }
    assert listed["tags"] == ["invoices", "late payers"]
    assert listed["seller"]["name"] == "Camille"
    automation = Automation.objects.select_related("current__file", "picture").get(pk=listed["id"])
    assert automation.description.startswith("Reads unpaid invoices")
    assert automation.current.file.filename == "chase.json"
    assert automation.current.file.details == {"platform": "n8n"}
    assert (automation.picture.width, automation.picture.height) == (320, 200)
    assert listed["previewImageUrl"].startswith(str(seller.http.base_url)), (
        "whoever is elsewhere finds it too"
    )
    assert seller.http.get(listed["previewImageUrl"]).headers["Content-Type"] == "image/webp"


@pytest.mark.req("K4")
def test_what_nobody_sees_is_not_stored(seller: Person) -> None:
    """A title stands in subjects of mails: it is one line, written in one direction."""
    listed = seller.post(
        "/api/automations",
        seller.listing(
            title="Relance\r\nBcc: all@else.test \u202e\x07: \u00e9t\u00e9\u200b\u00a0!",
            description="First line,\r\nsecond line.\n\n\u2067Third\x01 paragraph.",
            tags=["two\nlines"],
        ),
    ).json()
    assert listed["title"] == "Relance Bcc: all@else.test : \u00e9t\u00e9\u00a0!"
    assert listed["description"] == "First line,\nsecond line.\n\nThird paragraph."
    assert listed["tags"] == ["two lines"]


@pytest.mark.req("K6")
def test_it_is_seen_at_once_in_the_catalogue_and_so_is_each_change(
    seller: Person, anybody: httpx.Client
) -> None:
    def on_show() -> tuple[list[str], bool]:
        listed = [row["title"] for row in anybody.get("/api/automations").json()["items"]]
        return listed, all(title in anybody.get("/").text for title in listed)

    assert on_show() == ([], True)
    automation = seller.publish(title="Late invoices, gently")
    assert on_show() == (["Late invoices, gently"], True)
    seller.patch(f"/api/automations/{automation}", {"title": "Late invoices, firmly"})
    assert on_show() == (["Late invoices, firmly"], True)
    assert "gently" not in anybody.get("/").text
    assert "Late invoices, firmly" in anybody.get(f"/product/{automation}").text
    seller.patch(f"/api/automations/{automation}", {"published": False})
    assert on_show() == ([], True)
    assert "firmly" not in anybody.get("/").text


# ── What is refused ─────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.req("K2", "K5")
def test_nobody_uploads_or_sells_without_signing_in(anybody: httpx.Client, seller: Person) -> None:
    announcement = {
        "kind": "automationFile",
        "filename": "a.json",
        "contentType": "application/json",
        "size": 2,
    }
    for path, body in (("/api/uploads", announcement), ("/api/automations", seller.listing())):
        assert refusal(anybody.post(path, json=body)) == (401, "unauthenticated")
    assert not Automation.objects.exists()


@pytest.mark.req("K5")
def test_who_cannot_be_paid_yet_cannot_sell(live_shop: Any, nour: Any) -> None:
    newcomer = Person(nour, live_shop.url)
    assert refusal(newcomer.post("/api/automations", newcomer.listing())) == (403, "onboarding_incomplete")
    can_be_paid(nour, so=False)
    assert refusal(newcomer.post("/api/automations", newcomer.listing())) == (403, "onboarding_incomplete")
    assert not Automation.objects.exists()


WRONG: list[tuple[str, Any]] = [
    ("title", "ab"),
    ("title", "x" * 121),
    ("description", "Too short."),
    ("description", "x" * 5001),
    ("price", 0),
    ("price", -1999),
    ("price", 49),
    ("price", 1_000_001),
    ("currency", "JPY"),
    ("category", "magic"),
    ("platform", "pipes"),
    ("tags", [f"tag {n}" for n in range(9)]),
    ("tags", ["x" * 31]),
    ("version", "first"),
]


@pytest.mark.req("K5")
def test_each_wrong_field_is_named_with_what_to_do(seller: Person) -> None:
    sound = seller.listing()
    for field, value in WRONG:
        answer = seller.post("/api/automations", {**sound, field: value})
        assert refusal(answer) == (422, "invalid"), (field, value)
        assert wrong_fields(answer) == [field]
        assert len(answer.json()["errors"][0]["message"]) > 15
    assert not Automation.objects.exists()


@pytest.mark.req("K5")
def test_all_wrong_fields_are_named_together(seller: Person) -> None:
    answer = seller.post("/api/automations", {**seller.listing(), **dict(WRONG)})
    assert sorted(wrong_fields(answer)) == sorted({field for field, _value in WRONG} - {"price"})
    missing = seller.post("/api/automations", {"title": "Only a title"})
    assert missing.status_code == 422
    assert {"description", "price", "fileKey", "previewImageKey"} <= set(wrong_fields(missing))


def announced(person: Person) -> str:
    """A key of the person's own, with nothing sent to it."""
    wanted = {
        "kind": "automationFile",
        "filename": "a.json",
        "contentType": "application/json",
        "size": len(WORKFLOW),
    }
    return person.post("/api/uploads", wanted).json()["key"]


KEYS: dict[str, tuple[str, str, Callable[[Person, Person], str]]] = {
    "another’s": ("fileKey", "file_not_yours", lambda me, other: other.listing()["fileKey"]),
    "made up": ("fileKey", "file_not_yours", lambda me, other: "incoming/automationFile/00"),
    "never sent": ("fileKey", "file_missing", lambda me, other: announced(me)),
    "a picture named JSON": (
        "fileKey",
        "file_invalid",
        lambda me, other: me.upload("automationFile", picture(), "a.json", "application/json"),
    ),
    "JSON named a picture": (
        "previewImageKey",
        "file_invalid",
        lambda me, other: me.upload("previewImage", WORKFLOW, "a.png", "image/png"),
    ),
    "the other kind": ("previewImageKey", "file_invalid", lambda me, other: me.listing()["fileKey"]),
}


@pytest.mark.req("K5")
@pytest.mark.parametrize("key", KEYS)
def test_a_key_that_holds_no_sound_upload_of_ones_own_is_refused(
    seller: Person, rival: Person, key: str
) -> None:
    field, code, make = KEYS[key]
    answer = seller.post("/api/automations", seller.listing(**{field: make(seller, rival)}))
    assert refusal(answer) == (422, code)
    assert wrong_fields(answer) == [field]
    assert not Automation.objects.exists()


@pytest.mark.req("K5")
def test_an_upload_is_good_for_one_listing(seller: Person) -> None:
    listing = seller.listing()
    assert seller.post("/api/automations", listing).status_code == 201
    again = seller.post("/api/automations", listing)
    assert (again.status_code, wrong_fields(again)) == (422, ["fileKey"])
    assert Automation.objects.count() == 1


# ── Afterwards ──────────────────────────────────────────────────────────────────────────────────────────────


def newer(seller: Person) -> dict[str, str]:
    return {"fileKey": seller.upload("automationFile", NEWER, "chase-2.json", "application/json")}


@pytest.mark.req("K7")
def test_a_new_version_reaches_those_who_have_bought(seller: Person, live_shop: Any, bruno: Any) -> None:
    automation = Automation.objects.get(pk=seller.publish())
    bought(bruno, automation)
    answer = seller.patch(f"/api/automations/{automation.pk}", {"version": "1.1.0", **newer(seller)})
    assert (answer.status_code, answer.json()["version"]) == (200, "1.1.0")
    download = Person(bruno, live_shop.url).get(f"/api/automations/{automation.pk}/download").json()
    assert download["filename"] == "chase-2.json"
    assert httpx.get(httpx.URL(live_shop.url).join(download["url"])).content == NEWER
    assert [version.number for version in automation.versions.order_by("created_at")] == ["1.0.0", "1.1.0"]


@pytest.mark.req("K7")
def test_a_file_and_its_number_come_together(seller: Person) -> None:
    path = f"/api/automations/{seller.publish()}"
    assert wrong_fields(seller.patch(path, {"version": "2.0.0"})) == ["fileKey"]
    assert wrong_fields(seller.patch(path, newer(seller))) == ["version"]
    assert wrong_fields(seller.patch(path, {"version": "1.0.0", **newer(seller)})) == ["version"]
    assert wrong_fields(seller.patch(path, {"price": 1})) == ["price"]
    assert seller.get(path).json()["version"] == "1.0.0"


@pytest.mark.req("K7")
def test_what_is_off_the_shelf_is_there_for_its_seller_and_its_buyers_alone(
    seller: Person, live_shop: Any, bruno: Any, anybody: httpx.Client
) -> None:
    automation, buyer = seller.publish(), Person(bruno, live_shop.url)
    path = f"/api/automations/{automation}"
    bought(bruno, Automation.objects.get(pk=automation))
    assert seller.patch(path, {"published": False}).json()["state"] == "unpublished"
    assert refusal(anybody.get(path)) == (404, "automation_not_found")
    assert (seller.get(path).status_code, buyer.get(path).status_code) == (200, 200)
    assert buyer.get(f"{path}/download").status_code == 200
    assert seller.patch(path, {"published": True}).json()["state"] == "published"
    assert anybody.get(path).status_code == 200
    assert seller.http.delete(path).status_code == 204
    for person in (seller, anybody):
        assert person.get(path).status_code == 404
    assert refusal(seller.patch(path, {"published": True})) == (404, "automation_not_found")
    assert buyer.get(f"{path}/download").status_code == 200


@pytest.mark.req("K7")
def test_who_can_no_longer_be_paid_does_not_put_things_back_on_the_shelf(seller: Person) -> None:
    path = f"/api/automations/{seller.publish()}"
    seller.patch(path, {"published": False})
    can_be_paid(seller.user, so=False)
    assert refusal(seller.patch(path, {"published": True})) == (403, "onboarding_incomplete")
    assert seller.patch(path, {"title": "Still mine to change"}).status_code == 200


@pytest.mark.req("K7")
def test_anothers_listing_is_not_changed_taken_down_or_deleted(
    seller: Person, rival: Person, anybody: httpx.Client
) -> None:
    path = f"/api/automations/{seller.publish()}"
    before = seller.get(path).json()
    for changes in (
        {"title": "Mine now"},
        {"price": 50},
        {"published": False},
        {"version": "2", **newer(rival)},
    ):
        assert refusal(rival.patch(path, changes)) == (404, "automation_not_found")
        assert refusal(anybody.patch(path, json=changes)) == (401, "unauthenticated")
    assert refusal(rival.http.delete(path)) == (404, "automation_not_found")
    assert refusal(anybody.delete(path)) == (401, "unauthenticated")
    assert seller.get(path).json() == before
    assert StoredFile.objects.filter(owner=rival.user, state="stored").count() == 0, (
        "nothing of it was even read"
    )
