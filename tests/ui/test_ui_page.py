"""The face in a browser: every component and the account pages, in both themes and languages, by axe and on a phone."""

from collections.abc import Iterator
from typing import Any

import pytest

from tests.accessibility import assert_accessible, assert_fits_a_phone
from tests.cast import PASSWORD

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

FOR_EVERYBODY = ["/_ui", "/accounts/login/", "/accounts/signup/", "/accounts/password/reset/", "/nowhere"]
FOR_MEMBERS = [
    "/accounts/email/",
    "/accounts/password/change/",
    "/accounts/logout/",
    "/account",
    "/account/tokens",
]


@pytest.fixture(params=[("light", "en"), ("dark", "fr")], ids="-".join)
def dressed(request: pytest.FixtureRequest, browser_page: Any, live_shop: Any) -> Iterator[Any]:
    """A browser whose visitor has chosen a theme and a language."""
    theme, language = request.param
    chosen = {"theme": theme, "django_language": language}
    browser_page.context.add_cookies(
        [{"name": k, "value": v, "url": live_shop.url} for k, v in chosen.items()]
    )
    yield browser_page
    assert browser_page.locator("html").get_attribute("lang") == language
    ground = browser_page.evaluate("getComputedStyle(document.documentElement).backgroundColor")
    assert (sum(int(part) for part in ground[4:-1].split(",")) > 384) == (theme == "light")


def test_pages_for_everybody_can_be_used_by_everybody(dressed: Any) -> None:
    for path in FOR_EVERYBODY:
        dressed.goto(path)
        assert_accessible(dressed)
        assert_fits_a_phone(dressed)


def test_account_pages_can_be_used_by_everybody(
    dressed: Any, live_shop: Any, client: Any, bruno: Any
) -> None:
    client.force_login(bruno)
    session = client.cookies["sessionid"].value
    dressed.context.add_cookies([{"name": "sessionid", "value": session, "url": live_shop.url}])
    for path in FOR_MEMBERS:
        dressed.goto(path)
        assert_accessible(dressed)
        assert_fits_a_phone(dressed)


def test_signing_in_says_what_is_wrong_then_lets_in(browser_page: Any, bruno: Any) -> None:
    browser_page.goto("/accounts/login/?next=/accounts/email/")
    for password in ("not this one", PASSWORD):
        browser_page.get_by_label("Email").fill(bruno.email)
        browser_page.get_by_label("Password").fill(password)
        browser_page.get_by_role("button", name="Sign in").click()
        if password != PASSWORD:
            assert "not correct" in browser_page.get_by_role("alert").inner_text()
            assert_accessible(browser_page)
    browser_page.wait_for_url("**/accounts/email/")
    browser_page.locator(".header summary", has=browser_page.locator(".avatar")).click()
    assert "Bruno" in browser_page.locator(".menu-person").inner_text()


def test_open_menus_and_dialogs_can_be_used_by_everybody(browser_page: Any) -> None:
    browser_page.goto("/_ui")
    menu = browser_page.locator("details.menu summary").first
    menu.click()
    assert_accessible(browser_page, within=".menu[open]")
    browser_page.keyboard.press("Escape")
    assert menu.evaluate("menu => menu === document.activeElement && !menu.parentElement.open")

    browser_page.get_by_role("link", name="Refund").click()
    dialog = browser_page.get_by_role("dialog", name="Refund this sale?")
    assert dialog.is_visible()
    assert_accessible(browser_page, within="dialog[open]")
    dialog.get_by_role("link", name="Keep it").click()
    assert not dialog.is_visible()


def test_the_theme_changes_at_once_and_stays(browser_page: Any) -> None:
    browser_page.goto("/_ui")
    browser_page.locator("details.menu summary").first.click()
    browser_page.get_by_role("link", name="Dark").click()
    assert browser_page.locator("html").get_attribute("data-theme") == "dark"
    assert browser_page.url.endswith("/_ui")
    browser_page.reload()
    assert browser_page.locator("html").get_attribute("data-theme") == "dark"


def test_without_scripts_menus_dialogs_and_switches_still_work(chromium: Any, live_shop: Any) -> None:
    context = chromium.new_context(base_url=live_shop.url, java_script_enabled=False)
    page = context.new_page()
    page.goto("/_ui")
    page.get_by_role("link", name="Refund").click()
    assert page.get_by_role("dialog", name="Refund this sale?").is_visible()
    page.get_by_role("link", name="Keep it").click()
    page.locator("details.menu summary").first.click()
    page.get_by_role("link", name="Dark").click()
    assert page.locator("html").get_attribute("data-theme") == "dark"
    page.locator("details.menu summary").first.click()
    page.get_by_role("link", name="Français").click()
    assert page.locator("h1").first.inner_text() == "Sur le comptoir"
    context.close()
