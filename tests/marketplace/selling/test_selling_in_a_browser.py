"""The seller's side in Chromium: what the page does while one writes, and that everybody can use it."""

import json
import re
from pathlib import Path
from typing import Any

import pytest

from comptoir.kernel.payments.models import Payee
from tests.accessibility import assert_accessible, assert_fits_a_phone
from tests.marketplace.sample_listings import bought, can_be_paid, put_up
from tests.shop import picture

# What has come by itself fades in.
SETTLING = 300

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def signed_in(browser_page: Any, live_shop: Any, client: Any) -> Any:
    """A function: from here on the browser is that person's, in this theme and language."""

    def sign_in(user: Any, *, theme: str = "light", language: str = "en") -> Any:
        client.force_login(user)
        cookies = {
            "sessionid": client.cookies["sessionid"].value,
            "theme": theme,
            "django_language": language,
        }
        browser_page.context.add_cookies(
            [{"name": name, "value": value, "url": live_shop.url} for name, value in cookies.items()]
        )
        return browser_page

    return sign_in


@pytest.fixture
def make_scenario(tmp_path: Path) -> Path:
    path = tmp_path / "leads.json"
    path.write_text(json.dumps({"name": "Leads", "flow": [], "metadata": {"version": 1}}))
    return path


@pytest.fixture
def drawing(tmp_path: Path) -> Path:
    path = tmp_path / "leads.png"
    path.write_bytes(picture())
    return path


def look_at(page: Any, path: str) -> None:
    page.goto(path)
    page.wait_for_load_state("networkidle")
    page.wait_for_timeout(SETTLING)
    assert_accessible(page)
    assert_fits_a_phone(page)


@pytest.mark.parametrize(("theme", "language"), [("light", "en"), ("dark", "fr")])
def test_the_sellers_pages_can_be_used_by_everybody(
    signed_in: Any, camille: Any, nour: Any, bruno: Any, theme: str, language: str
) -> None:
    listed = put_up(camille)
    bought(bruno, listed)
    bought(camille, put_up(bruno, title="Bought by a seller"))
    Payee.objects.filter(user=camille).update(account=None)  # no balance to ask Stripe for
    page = signed_in(camille, theme=theme, language=language)
    for path in (
        "/sell",
        f"/sell/{listed.pk}",
        "/dashboard",
        *(f"/dashboard/{p}" for p in ("orders", "sales", "products")),
    ):
        look_at(page, path)
    page.goto("/sell")
    page.locator("[data-listing] .button.large").click()
    page.get_by_role("alert").first.wait_for()
    assert_accessible(page)
    assert_fits_a_phone(page)
    signed_in(nour, theme=theme, language=language)
    can_be_paid(nour, so=False)
    for due in ([], ["external_account", "individual.dob.day"]):
        Payee.objects.filter(user=nour).update(details_submitted=True, requirements=due)
        for path in ("/sell", "/dashboard"):
            look_at(page, path)


@pytest.mark.req("K1", "K3")
def test_the_form_helps_while_one_writes(
    signed_in: Any, camille: Any, make_scenario: Path, drawing: Path
) -> None:
    page = signed_in(can_be_paid(camille))
    page.goto("/sell")
    title, preview = page.get_by_label("Title"), page.locator("[data-preview]")
    title.fill("Leads, sorted 🎉")
    assert page.get_by_text("15 / 120").is_visible(), "an emoji is one character"
    page.get_by_label("Price").fill("19.99")
    page.get_by_text("You receive €16.99").wait_for()
    page.get_by_label("Currency").select_option("GBP")
    page.get_by_text("You receive £16.99").wait_for()

    workflow, image = page.locator("[data-upload] input[type=file]").all()
    workflow.set_input_files(make_scenario)
    image.set_input_files(drawing)
    page.get_by_text("Ready", exact=True).nth(1).wait_for()
    assert page.get_by_label("Platform").input_value() == "make", "recognised by its file"
    assert preview.inner_text().split() == ["Make", "Leads,", "sorted", "🎉", "Camille", "£19.99"]
    assert preview.locator("img").get_attribute("src").startswith("data:image/png")

    page.get_by_role("button", name="Publish").click()
    page.get_by_text("Write 20 to 5000").first.or_(
        page.get_by_text("Describe it in a few sentences.").first
    ).wait_for()
    assert page.get_by_text("leads.json").is_visible() and page.get_by_text("leads.png").is_visible()
    assert page.locator("[data-preview] img").get_attribute("src").endswith(".webp")
    page.get_by_label("Description").fill("Sorts what comes in by the form, by size and by country.")
    page.get_by_label("Category").select_option("sales")
    page.get_by_role("button", name="Publish").click()
    page.wait_for_url(re.compile("/product/"))
    assert "on the counter" in page.get_by_role("status").first.inner_text()
    page.get_by_text("£19.99").first.wait_for()


@pytest.mark.req("K7")
def test_a_new_file_proposes_the_next_number(signed_in: Any, camille: Any, make_scenario: Path) -> None:
    listed = put_up(camille, version="1.4.9")
    page = signed_in(camille)
    page.goto(f"/sell/{listed.pk}")
    version = page.get_by_label("Version")
    page.locator("[data-kind=automationFile] input[type=file]").set_input_files(make_scenario)
    page.get_by_role("button", name="Choose another").wait_for()
    assert version.input_value() == "1.4.10"
    with page.expect_file_chooser():
        page.get_by_role("button", name="Choose another").click()
    assert version.input_value() == "1.4.9"


@pytest.mark.req("K20")
def test_the_parts_of_the_dashboard_come_by_themselves(signed_in: Any, camille: Any, bruno: Any) -> None:
    bought(bruno, put_up(camille))
    asked: list[str] = []
    page = signed_in(bruno)
    page.on("request", lambda request: asked.append(request.url.partition("/dashboard/")[2]))
    page.goto("/dashboard")
    page.get_by_role("link", name="Download Chase late invoices").wait_for()
    page.get_by_text("Your sales, and what is left of them for you").wait_for()
    page.get_by_text("What you put up for sale").wait_for()
    assert {"orders", "sales", "products"} <= set(asked)
