"""What an operator takes off the shelf stays off it, until an operator puts it back."""

from typing import Any

import pytest
from django.test import Client

from comptoir.kernel.notifications.models import Mail
from comptoir.kernel.timeline.models import TimelineEntry
from comptoir.marketplace.models import Automation
from tests.marketplace.pages import FR, HERE, add, seen, shown
from tests.marketplace.sample_listings import bought, put_up
from tests.sandbox_process import visible_text

pytestmark = [pytest.mark.django_db, pytest.mark.req("K6")]

LISTINGS = "/admin/marketplace/automation/"


def signed_in(user: Any, locale: str = "en") -> Client:
    user.locale = locale
    user.save()
    client = Client(headers=HERE)
    client.force_login(user)
    return client


@pytest.fixture
def desk(odile: Any) -> Client:
    return signed_in(odile)


@pytest.fixture
def seller(camille: Any) -> Client:
    return signed_in(camille)


@pytest.fixture
def listed(camille: Any) -> Automation:
    return put_up(camille, title="Stolen work")


def moderate(desk: Client, action: str, *chosen: Automation, reason: str = "") -> str:
    wish = {"action": action, "_selected_action": [one.pk for one in chosen], "reason": reason}
    return visible_text(desk.post(LISTINGS, wish, follow=True).text)


def state_of(automation: Automation) -> str:
    return Automation.objects.get(pk=automation.pk).state


def change(seller: Client, automation: Automation, **changes: Any) -> Any:
    path = f"/api/automations/{automation.pk}"
    return seller.patch(path, changes, content_type="application/json")


def test_what_is_taken_down_is_off_the_shelf_at_once(desk: Client, listed: Automation, camille: Any) -> None:
    good, visitor, product = put_up(camille, title="Sound work"), Client(), f"/product/{listed.pk}"
    places = ("/", "/?q=stolen", "/sitemap-products.xml", "/api/automations")
    for place in places:
        assert listed.title in visitor.get(place).text or str(listed.pk) in visitor.get(place).text, place
    found = visible_text(desk.get(f"{LISTINGS}?q=STOLEN+wórk").text)
    assert listed.title in found and good.title not in found

    assert "1 listing is off the shelf." in moderate(desk, "take_down", listed, reason="It is stolen.")
    for place in places:
        page = visitor.get(place).text
        assert listed.title not in page and str(listed.pk) not in page, place
    assert visitor.get(product).status_code == 404
    assert good.title in visitor.get("/").text
    entry = TimelineEntry.objects.get(kind="taken_down")
    assert entry.actor.email == "odile@example.test"
    assert entry.data == {"before": "published", "reason": "It is stolen."}
    assert "0 listings are off the shelf." in moderate(desk, "take_down", listed)

    assert "1 listing is back where it was." in moderate(desk, "put_back", listed)
    assert listed.title in visitor.get("/").text
    assert visitor.get(product).status_code == 200
    assert "0 listings are back where they were." in moderate(desk, "put_back", listed)


def test_its_seller_sees_why_and_cannot_put_it_back(desk: Client, seller: Client, listed: Automation) -> None:
    moderate(desk, "take_down", listed, reason="It is somebody else’s work.")
    products = seen(seller, "/dashboard/products")
    assert "Taken down by us" in products
    assert "We took it off the shelf, and only we can put it back. See why" in products
    page = seen(seller, f"/sell/{listed.pk}")
    assert "nobody can find or buy it any more. Those who bought it keep it." in page
    assert "The reason given: It is somebody else’s work." in page
    assert "Put it back on the shelf" not in page

    for step in ("publish", "unpublish"):
        answer = seller.post(f"/sell/{listed.pk}/{step}", follow=True)
        assert "We took “Stolen work” off the shelf: only we can put it back." in visible_text(answer.text)
    refused = change(seller, listed, published=True)
    assert (refused.status_code, refused.json()["code"]) == (403, "taken_down")
    assert state_of(listed) == "taken_down"

    answer = change(seller, listed, title="My own work")
    assert (answer.status_code, answer.json()["state"]) == (200, "taken_down"), "it can be mended"
    moderate(desk, "put_back", listed)
    assert "My own work" in Client().get("/").text
    assert seller.post(f"/sell/{listed.pk}/unpublish").status_code == 303
    assert state_of(listed) == "unpublished"


def test_its_seller_reads_so_in_french(desk: Client, camille: Any, listed: Automation) -> None:
    seller = signed_in(camille, "fr")
    moderate(desk, "take_down", listed)
    products = visible_text(seller.get("/dashboard/products", headers=FR).text)
    assert "Retiré par nos soins" in products and "nous seuls pouvons l’y remettre" in products
    page = visible_text(seller.get(f"/sell/{listed.pk}", headers=FR).text)
    assert "plus personne ne peut le trouver ni l’acheter" in page and "La raison donnée" not in page
    answer = seller.post(f"/sell/{listed.pk}/publish", headers=FR, follow=True)
    assert "nous seuls pouvons l’y remettre" in visible_text(answer.text)
    refused = seller.patch(
        f"/api/automations/{listed.pk}", {"published": True}, content_type="application/json", headers=FR
    )
    assert refused.json()["code"] == "taken_down" and "nous seuls" in refused.json()["detail"]


@pytest.mark.parametrize(
    ("locale", "subject", "said"),
    [
        ("en", "We took “Stolen work” off the shelf", "The reason given: It is stolen."),
        ("fr", "Nous avons retiré «\u00a0Stolen work\u00a0» de la vente", "La raison donnée : It is stolen."),
    ],
)
def test_its_seller_gets_a_mail_each_time(
    desk: Client, camille: Any, listed: Automation, locale: str, subject: str, said: str
) -> None:
    signed_in(camille, locale)
    moderate(desk, "take_down", listed, reason=" It is stolen. ")
    mail = Mail.objects.get(recipient=camille)
    assert mail.subject == subject
    for words in (mail.text, visible_text(mail.html)):
        assert said in words.replace("\u00a0", " ")
        assert "Stolen work" in words
    assert f"/sell/{listed.pk}" in mail.text and f"/sell/{listed.pk}" in mail.html
    moderate(desk, "put_back", listed)
    moderate(desk, "take_down", listed)
    assert Mail.objects.filter(recipient=camille).count() == 2
    assert said not in Mail.objects.order_by("pk").last().text.replace("\u00a0", " ")


def test_those_who_bought_it_keep_it(desk: Client, listed: Automation, bruno: Any) -> None:
    buyer = signed_in(bruno)
    order = bought(bruno, listed)
    moderate(desk, "take_down", listed)
    assert buyer.get(f"/download/{listed.pk}").status_code == 302
    assert listed.title in seen(buyer, f"/orders/{order.pk}")
    assert "You have this" in seen(buyer, f"/product/{listed.pk}")


def test_who_had_it_in_the_cart_cannot_order_it(
    desk: Client, camille: Any, listed: Automation, bruno: Any
) -> None:
    buyer, other = signed_in(bruno), put_up(camille, title="Sound work")
    add(buyer, listed, other)
    moderate(desk, "take_down", listed)
    page = seen(buyer, "/cart")
    assert other.title in page and listed.title not in page
    refused = buyer.post("/checkout", {"buy": listed.pk}, follow=True)
    assert refused.status_code == 404 and "does not exist, or not any more" in shown(refused)
    refused = buyer.post("/api/checkout", {"items": [str(listed.pk)]}, content_type="application/json")
    assert (refused.status_code, refused.json()["code"]) == (409, "not_for_sale")
    assert buyer.post("/cart/add", {"item": listed.pk}).status_code == 404


def test_what_its_seller_had_taken_off_goes_back_there(
    desk: Client, seller: Client, listed: Automation
) -> None:
    change(seller, listed, published=False)
    assert "1 listing is off the shelf." in moderate(desk, "take_down", listed)
    assert change(seller, listed, published=True).status_code == 403
    moderate(desk, "put_back", listed)
    assert state_of(listed) == "unpublished"
    assert change(seller, listed, published=True).json()["state"] == "published"


def test_what_its_seller_deleted_is_gone_for_good(desk: Client, seller: Client, listed: Automation) -> None:
    moderate(desk, "take_down", listed)
    assert seller.post(f"/sell/{listed.pk}/delete").status_code == 303
    assert "0 listings are back where they were." in moderate(desk, "put_back", listed)
    assert state_of(listed) == "deleted"
