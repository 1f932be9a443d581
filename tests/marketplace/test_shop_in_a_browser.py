"""The buying pages in Chromium: usable by everybody, in both themes and languages, with and without moving parts."""

from collections.abc import Callable
from typing import Any

import pytest

from comptoir.kernel.ids import new_id
from comptoir.marketplace.checkout import cart
from comptoir.marketplace.models import CartItem, Order
from tests.accessibility import assert_accessible, assert_fits_a_phone
from tests.cast import PASSWORD
from tests.marketplace.sample_listings import bought, can_be_paid, put_up, put_up_many

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def refused_by_the_policy(browser_page: Any) -> list[str]:
    """What the browser would not run or show because of the Content Security Policy."""
    refused: list[str] = []
    browser_page.on(
        "console", lambda said: refused.append(said.text) if "Content Security Policy" in said.text else None
    )
    return refused


@pytest.fixture
def signed_in(browser_page: Any, live_shop: Any, client: Any) -> Callable[[Any], None]:
    def sign_in(user: Any) -> None:
        client.force_login(user)
        session = client.cookies["sessionid"].value
        browser_page.context.add_cookies([{"name": "sessionid", "value": session, "url": live_shop.url}])

    return sign_in


@pytest.mark.parametrize(("theme", "language"), [("light", "en"), ("dark", "fr")])
def test_every_page_can_be_used_by_everybody(
    browser_page: Any,
    live_shop: Any,
    signed_in: Any,
    camille: Any,
    adrien: Any,
    bruno: Any,
    theme: str,
    language: str,
) -> None:
    chosen = {"theme": theme, "django_language": language}
    browser_page.context.add_cookies(
        [{"name": name, "value": value, "url": live_shop.url} for name, value in chosen.items()]
    )
    hers, his, owned = put_up(camille), put_up(adrien, currency="USD"), put_up(camille, title="Owned")
    unpayable = put_up(adrien, title="Of a seller who cannot be paid")
    order = bought(bruno, owned)
    given_up = Order.objects.create(
        buyer=bruno, state="failed", total_minor=1999, currency="EUR", payment_id=new_id()
    )

    def look_at(*paths: str) -> None:
        for path in paths:
            browser_page.goto(path)
            assert browser_page.locator("html").get_attribute("lang") == language
            assert_accessible(browser_page)
            assert_fits_a_phone(browser_page)

    look_at("/", "/?category=finance", "/?q=zebra", f"/product/{hers.pk}", "/cart")
    signed_in(bruno)
    for thing in (hers, his, unpayable):
        CartItem.objects.create(buyer=bruno, automation=thing)
    look_at(f"/product/{owned.pk}", "/cart", f"/orders/{order.pk}", f"/orders/{given_up.pk}")
    can_be_paid(adrien, so=False)
    look_at("/cart", f"/product/{his.pk}", f"/download/{hers.pk}")


@pytest.mark.req("K11")
def test_moving_through_the_catalogue_loads_no_page_anew(
    browser_page: Any, live_shop: Any, camille: Any, refused_by_the_policy: list[str]
) -> None:
    put_up_many(camille, 26)
    put_up(camille, title="Stock counts", category="operations")
    browser_page.goto("/")
    browser_page.evaluate("window.still = 'here'")
    browser_page.get_by_role("link", name="Operations 1").click()
    browser_page.get_by_role("heading", name="Operations", level=1).wait_for()
    assert browser_page.get_by_role("article").count() == 1
    assert browser_page.url == f"{live_shop.url}/?category=operations"
    assert browser_page.title() == "Operations · Comptoir"
    assert browser_page.evaluate("document.activeElement.textContent") == "Operations", "the focus goes along"
    browser_page.get_by_role("link", name="All 27").first.click()
    browser_page.get_by_role("link", name="Next").click()
    browser_page.get_by_text("Page 2 of 2").wait_for()
    assert browser_page.evaluate("window.still") == "here", "no page was loaded anew"
    link = browser_page.get_by_role("link", name="Français", include_hidden=True)
    assert "page=2" in link.get_attribute("href"), "the header goes along as well"
    browser_page.go_back()
    browser_page.get_by_text("Page 1 of 2").wait_for()
    browser_page.reload()
    assert browser_page.get_by_role("article").count() == 24
    assert not refused_by_the_policy


@pytest.mark.req("K12", "K13")
def test_from_the_product_through_the_sign_in_to_the_gateway(
    browser_page: Any, sandbox: Any, camille: Any, bruno: Any, refused_by_the_policy: list[str]
) -> None:
    can_be_paid(camille, account=sandbox.onboarded_account(email=camille.email).id)
    kept, wanted = put_up(camille, title="For later"), put_up(camille, title="For now")
    browser_page.goto(f"/product/{kept.pk}")
    browser_page.get_by_role("button", name="Add to cart").click()
    browser_page.get_by_text("Added to your cart.").wait_for()
    browser_page.goto(f"/product/{wanted.pk}")
    browser_page.get_by_role("button", name="Buy now").click()
    browser_page.get_by_label("Email").fill(bruno.email)
    browser_page.get_by_label("Password").fill(PASSWORD)
    browser_page.get_by_role("button", name="Sign in").click()
    browser_page.wait_for_url(f"{sandbox.url}/**")
    browser_page.fill("input[name=number]", "4242424242424242")
    browser_page.fill("input[name=exp]", "12/40")
    browser_page.fill("input[name=cvc]", "123")
    browser_page.get_by_role("button", name="Pay").click()
    browser_page.get_by_role("heading", name="Thank you. It is yours.").wait_for(timeout=10_000)
    with browser_page.expect_download() as download:
        browser_page.get_by_role("link", name="Download For now").click()
    assert download.value.suggested_filename == "chase.json"
    assert cart.ids(bruno, {}) == [kept.pk]  # type: ignore[arg-type]  # who is signed in has nothing in the session
    assert not refused_by_the_policy
