"""The selling pages: what a seller writes, is told, and finds on the shelf afterwards."""

import re
from html import unescape
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from comptoir.marketplace.models import Automation, AutomationState
from comptoir.marketplace.selling import publishing
from tests.marketplace.pages import main_part, seen, shown
from tests.marketplace.sample_listings import WORKFLOW, bought, can_be_paid, put_up
from tests.sandbox_process import visible_text
from tests.shop import picture

pytestmark = [pytest.mark.django_db, pytest.mark.once]

WORDS = {
    "title": "Chase late invoices",
    "description": "Reads unpaid invoices every morning.\r\nWrites a polite reminder.",
    "category": "finance",
    "platform": "n8n",
    "tags": "Invoices, mail",
    "price": "19.99",
    "currency": "EUR",
    "version": "1.0.0",
}


@pytest.fixture
def seller(client: Client, camille: Any) -> Client:
    """Camille, signed in, reading English."""
    camille.locale = "en"
    camille.save()
    client.force_login(can_be_paid(camille))
    return client


def upload(client: Client, kind: str, content: bytes, filename: str, content_type: str) -> str:
    """As the page's script does it; returns the key that it leaves in the form."""
    wanted = {"kind": kind, "filename": filename, "contentType": content_type, "size": len(content)}
    permission = client.post("/api/uploads", wanted, content_type="application/json").json()
    form = {**permission["fields"], "file": SimpleUploadedFile(filename, content)}
    assert Client().post("/files/upload", form).status_code == 204
    return permission["key"]


def workflow_key(client: Client, content: bytes = WORKFLOW, filename: str = "chase.json") -> str:
    return upload(client, "automationFile", content, filename, "application/json")


def keys(client: Client) -> dict[str, str]:
    return {
        "file_key": workflow_key(client),
        "preview_image_key": upload(client, "previewImage", picture(), "chase.png", "image/png"),
    }


def value(page: str, name: str) -> str:
    """What stands in a field of the page."""
    found = re.search(rf'<input[^>]*name="{name}"[^>]*value="([^"]*)"', page)
    return unescape(found[1]) if found else ""


def errors(page: str) -> dict[str, str]:
    """What is wrong by the field's name, as it is said beside each."""
    found = re.findall(r'id="id_(\w+)_error"[^>]*>(?:<svg.*?</svg>)?<span>(.*?)</span>', page, re.DOTALL)
    return {name: unescape(text).strip() for name, text in found if text.strip()}


# ── A new listing ───────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.req("K1", "K4", "K6")
def test_what_is_published_is_for_sale_at_once(seller: Client) -> None:
    visitor = Client()
    assert "Chase late invoices" not in visitor.get("/").text
    answer = seller.post("/sell", {**WORDS, **keys(seller)})
    automation = Automation.objects.select_related("current__file").get()
    assert (answer.status_code, answer["Location"]) == (303, f"/product/{automation.pk}")
    assert "“Chase late invoices” is on the counter." in unescape(seller.get(answer["Location"]).text)
    assert "Chase late invoices" in visitor.get("/").text
    assert "€19.99" in visitor.get(answer["Location"]).text
    assert automation.description == "Reads unpaid invoices every morning.\nWrites a polite reminder."
    assert (automation.price_minor, automation.tags) == (1999, ["invoices", "mail"])
    assert (automation.current.number, automation.current.file.filename) == ("1.0.0", "chase.json")


@pytest.mark.req("K5")
def test_everything_that_is_wrong_is_said_at_once_beside_it_and_above(seller: Client) -> None:
    answer = seller.post(
        "/sell", {**WORDS, "title": "ab", "price": "ten", "version": "first", "category": ""}
    )
    assert answer.status_code == 422
    wrong = errors(answer.text)
    assert set(wrong) == {"title", "price", "version", "category", "file_key", "preview_image_key"}
    assert wrong["title"] == "Write 3 to 120 characters; this has 2."
    assert wrong["price"] == "Write the amount in digits, for example 19.99."
    summary = re.search(r'<div class="error-summary".*?</div>', answer.text, re.DOTALL)
    assert summary and "6 answers need your attention" in summary[0]
    for anchor in re.findall(r'href="#(\w+)"', summary[0]):
        assert f'id="{anchor}"' in answer.text, anchor
    assert not Automation.objects.exists()


@pytest.mark.req("K5")
def test_nothing_that_was_typed_or_sent_is_lost_on_an_error(seller: Client) -> None:
    sent = keys(seller)
    page = seller.post("/sell", {**WORDS, **sent, "description": "Too short."}).text
    assert set(errors(page)) == {"description"}
    for name in ("title", "tags", "price", "version", "file_key", "preview_image_key"):
        assert value(page, name) == {**WORDS, **sent}[name], name
    assert "Too short.</textarea>" in page
    assert '<option value="finance" selected>' in page
    assert "<strong data-upload-name>chase.json</strong>" in page
    assert "<strong data-upload-name>chase.png</strong>" in page
    assert "You receive €16.99" in visible_text(main_part(page))
    mended = {
        name: value(page, name)
        for name in (*WORDS, *sent)
        if name not in ("category", "platform", "currency")
    }
    answer = seller.post("/sell", {**WORDS, **mended, "description": WORDS["description"]})
    assert answer.status_code == 303


@pytest.mark.req("K5")
def test_a_key_that_is_not_ones_own_is_refused_and_forgotten(seller: Client, adrien: Any) -> None:
    rival = Client()
    rival.force_login(adrien)
    stolen = workflow_key(rival)
    answer = seller.post("/sell", {**WORDS, **keys(seller), "file_key": stolen})
    assert answer.status_code == 422
    assert errors(answer.text) == {"file_key": "We do not know this file. Upload it again."}
    assert stolen not in answer.text
    not_json = workflow_key(seller, picture())
    assert errors(seller.post("/sell", {**WORDS, **keys(seller), "file_key": not_json}).text) == {
        "file_key": "It is not text in UTF-8."
    }
    assert not Automation.objects.exists()


@pytest.mark.req("K5")
def test_a_long_description_counts_each_new_line_once(seller: Client) -> None:
    lines = "\r\n".join(["x" * 9] * 500)
    assert seller.post("/sell", {**WORDS, **keys(seller), "description": lines}).status_code == 303
    assert len(Automation.objects.get().description) == 4999


@pytest.mark.req("K5")
def test_who_may_no_longer_sell_keeps_what_was_written(seller: Client, camille: Any) -> None:
    sent = {**WORDS, **keys(seller)}
    can_be_paid(camille, so=False)
    answer = seller.post("/sell", sent)
    assert answer.status_code == 403
    assert "Set up your payments before you sell" in shown(answer)
    assert value(answer.text, "title") == WORDS["title"]
    assert value(answer.text, "file_key") == sent["file_key"]


@pytest.mark.parametrize(
    ("language", "price", "currency", "said"),
    [
        ("en", "19.99", "EUR", "You receive €16.99 (15% commission: €3.00)"),
        ("fr", "19,99", "EUR", "Vous recevez 16,99 € (commission de 15 % : 3,00 €)"),
        ("en", "0.50", "GBP", "You receive £0.42 (15% commission: £0.08)"),
        ("en", "", "EUR", "We keep 15% of each sale. The rest is yours."),
        ("en", "0.10", "EUR", "Choose a price between €0.50 and €10,000.00."),
        ("en", "ten", "EUR", "Write the amount in digits, for example 19.99."),
        ("en", "10", "JPY", "Choose one of: EUR, USD, GBP."),
        ("en", "9" * 400, "EUR", "Write the amount in digits, for example 19.99."),
    ],
)
def test_what_is_left_of_a_price_is_said_while_it_is_typed(
    client: Client, language: str, price: str, currency: str, said: str
) -> None:
    asked = {"price": price, "currency": currency}
    answer = client.get("/sell/take", asked, headers={"Accept-Language": language})
    assert re.sub(r"\s", " ", re.sub(r"<[^>]+>", "", unescape(answer.text))).strip() == said


def test_without_scripts_the_page_says_what_does_not_work(seller: Client) -> None:
    page = seller.get("/sell").text
    said = re.search(r"<noscript><div.*?</noscript>", page, re.DOTALL)
    assert said and "Files cannot be sent from here without JavaScript" in said[0]


# ── A listing that stands ───────────────────────────────────────────────────────────────────────────────────


@pytest.fixture
def listed(seller: Client, camille: Any) -> Automation:
    return put_up(camille)


def as_shown(page: str) -> dict[str, str]:
    """The form of the edit page, as it would be sent without touching anything."""
    typed = {name: value(page, name) for name in ("title", "tags", "price", "version")}
    chosen = dict(re.findall(r'<select name="(\w+)".*?<option value="([^"]*)" selected', page, re.DOTALL))
    (description,) = re.findall(r"<textarea[^>]*>\s*(.*?)</textarea>", page, re.DOTALL)
    return {**typed, **chosen, "description": unescape(description), "file_key": "", "preview_image_key": ""}


@pytest.mark.req("K7")
def test_the_form_comes_filled_in_and_changes_what_was_changed(seller: Client, listed: Automation) -> None:
    path = f"/sell/{listed.pk}"
    form = as_shown(seller.get(path).text)
    assert form["price"] == "19.99"
    assert form["tags"] == "invoices, mail"
    answer = seller.post(path, {**form, "title": "Chase them kindly", "price": "24.5"})
    assert (answer.status_code, answer["Location"]) == (303, f"/product/{listed.pk}")
    text = shown(Client().get(answer["Location"]))
    assert "Chase them kindly" in text and "€24.50" in text
    changed = Automation.objects.get(pk=listed.pk)
    assert changed.description == listed.description
    assert (changed.current_id, changed.picture_id) == (listed.current_id, listed.picture_id)
    assert value(seller.get(f"{path}?lang=fr").text, "price") == "24,50"


@pytest.mark.req("K7")
def test_a_new_file_comes_with_a_new_number(seller: Client, listed: Automation, bruno: Any) -> None:
    bought(bruno, listed)
    path = f"/sell/{listed.pk}"
    form = as_shown(seller.get(path).text)
    key = workflow_key(seller, b'{"nodes": [], "connections": {}}', "chase-2.json")
    answer = seller.post(path, {**form, "file_key": key})
    assert errors(answer.text) == {"version": "A new file needs a new version number."}
    assert value(answer.text, "file_key") == key
    assert errors(seller.post(path, {**form, "version": "1.1.0"}).text) == {
        "file_key": "A new version comes with its file: choose one."
    }
    assert seller.post(path, {**form, "file_key": key, "version": "1.1.0"}).status_code == 303
    text = seen(seller, path)
    assert "Buyers get version 1.1.0 now (chase-2.json)." in text
    assert "1.0.0 chase.json" in text
    buyer = Client()
    buyer.force_login(bruno)
    assert b'"nodes": []' in b"".join(buyer.get(f"/download/{listed.pk}", follow=True).streaming_content)


@pytest.mark.req("K7")
def test_off_the_shelf_and_back(seller: Client, listed: Automation) -> None:
    visitor, product = Client(), f"/product/{listed.pk}"
    assert visitor.get(product).status_code == 200
    answer = seller.post(f"/sell/{listed.pk}/unpublish", follow=True)
    assert answer.redirect_chain == [(f"/sell/{listed.pk}", 303)]
    assert "Put it back on the shelf" in shown(answer)
    assert visitor.get(product).status_code == 404
    assert listed.title not in visitor.get("/").text
    again = seller.post(f"/sell/{listed.pk}/unpublish", follow=True)
    assert "This cannot be done any more" in again.text
    assert "Take it off the shelf" in shown(seller.post(f"/sell/{listed.pk}/publish", follow=True))
    assert visitor.get(product).status_code == 200


@pytest.mark.req("K7")
def test_deleting_says_what_it_means_and_leaves_buyers_what_they_bought(
    seller: Client, listed: Automation, bruno: Any
) -> None:
    bought(bruno, listed)
    assert "One person has bought it, and keeps it with its file." in seen(seller, f"/sell/{listed.pk}")
    answer = seller.post(f"/sell/{listed.pk}/delete", follow=True)
    assert answer.redirect_chain == [("/dashboard/products", 303)]
    assert listed.title not in shown(answer)
    for path in (f"/sell/{listed.pk}", f"/product/{listed.pk}"):
        assert seller.get(path).status_code == 404
    buyer = Client()
    buyer.force_login(bruno)
    assert buyer.get(f"/download/{listed.pk}").status_code == 302


@pytest.mark.req("K7")
def test_who_can_no_longer_be_paid_is_told_so(seller: Client, listed: Automation, camille: Any) -> None:
    publishing.unpublish(camille, listed.pk)
    can_be_paid(camille, so=False)
    answer = seller.post(f"/sell/{listed.pk}/publish", follow=True)
    assert "Set up your payments before you sell" in answer.text
    assert Automation.objects.get().state == AutomationState.UNPUBLISHED


@pytest.mark.req("K7")
def test_anothers_listing_is_nobodys_business(seller: Client, listed: Automation, adrien: Any) -> None:
    rival = Client()
    rival.force_login(can_be_paid(adrien))
    form = as_shown(seller.get(f"/sell/{listed.pk}").text)
    assert rival.get(f"/sell/{listed.pk}").status_code == 404
    assert rival.post(f"/sell/{listed.pk}", {**form, "title": "Mine now"}).status_code == 404
    for what in ("unpublish", "publish", "delete"):
        assert rival.post(f"/sell/{listed.pk}/{what}").status_code == 404
        assert Client().post(f"/sell/{listed.pk}/{what}").status_code == 302
        assert seller.get(f"/sell/{listed.pk}/{what}").status_code == 405, "a link changes nothing"
    after = Automation.objects.get(pk=listed.pk)
    assert (after.title, after.state) == (listed.title, AutomationState.PUBLISHED)


def test_forms_are_taken_from_our_own_pages_alone(camille: Any) -> None:
    careful = Client(enforce_csrf_checks=True)
    careful.force_login(can_be_paid(camille))
    listed = put_up(camille)
    for path in (
        "/sell",
        "/sell/onboarding",
        f"/sell/{listed.pk}",
        f"/sell/{listed.pk}/delete",
        "/dashboard/shop",
    ):
        assert careful.post(path, {}).status_code == 403, path
