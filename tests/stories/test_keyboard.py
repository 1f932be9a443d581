"""From the home page to a file that is paid for, without a mouse."""

from typing import Any

import pytest
from playwright.sync_api import Locator

from comptoir.marketplace.models import Automation
from tests.cast import PASSWORD
from tests.marketplace.sample_listings import WORKFLOW
from tests.shop import Shop
from tests.stories.visitor import Visitor
from tests.stories.words import IN_ENGLISH, IN_FRENCH

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

STEPS_AT_MOST = 60
# The ring is drawn by the thing itself, or by what it stands in.
SHOWS_FOCUS = """one => { for (let it = one; it; it = it.parentElement)
    if (getComputedStyle(it).outlineStyle !== "none") return true; return false }"""


class Typist:
    """Hands that know the keyboard alone."""

    def __init__(self, visitor: Visitor) -> None:
        self.visitor, self.keys = visitor, visitor.page.keyboard

    def reach(self, wanted: Locator) -> None:
        """Tab by tab, and see where one stands."""
        wanted.wait_for(state="attached")
        for _step in range(STEPS_AT_MOST):
            if wanted.evaluate("one => one === document.activeElement"):
                assert wanted.evaluate(SHOWS_FOCUS), f"the focus does not show on {wanted}"
                return
            self.keys.press("Tab")
        raise AssertionError(f"{wanted} was not reached in {STEPS_AT_MOST} steps")

    def press(self, english: str, of: str = "") -> None:
        self.reach(self.visitor.called(english, of))
        self.keys.press("Enter")

    def fill(self, label: str, value: str) -> None:
        self.reach(self.visitor.page.get_by_label(self.visitor.say(label)))
        self.keys.type(value)


@IN_FRENCH
def test_a_purchase_without_a_mouse(
    open_shop: Shop, visitor: Visitor, two_listings: tuple[Automation, Automation], buyer: Any
) -> None:
    hands = Typist(visitor)
    visitor.go("/")
    hands.press("Skip to the content")
    hands.reach(visitor.page.get_by_role("link", name=two_listings[0].title))
    hands.keys.press("Enter")
    hands.press("Add to cart")
    visitor.reads("Added to your cart.", within="#toasts")
    hands.press("See the cart")
    visitor.is_at("/cart")
    hands.press("Sign in and pay")

    visitor.is_at("/accounts/login/")
    hands.fill("Email", buyer.email)
    hands.fill("Password", PASSWORD)
    hands.keys.press("Enter")

    hands.fill("Card number", "4242 4242 4242 4242")
    hands.fill("Expiry (MM/YY)", "12/40")
    hands.fill("Security code", "123")
    hands.keys.press("Enter")

    visitor.reads("Thank you. It is yours.")
    hands.reach(visitor.called("Download", two_listings[0].title))
    with visitor.page.expect_download() as coming:
        hands.keys.press("Enter")
    assert coming.value.path().read_bytes() == WORKFLOW


@IN_ENGLISH
def test_menus_open_and_close_by_keys(open_shop: Shop, visitor: Visitor, buyer: Any) -> None:
    """The language changes and the person leaves, from the header's menus."""
    visitor.sign_in(buyer)
    visitor.go("/cart")
    hands = Typist(visitor)
    hands.reach(visitor.page.locator("summary", has=visitor.page.locator(".avatar")))
    hands.keys.press("Enter")
    hands.keys.press("Escape")
    assert not visitor.page.locator("details.menu[open]").count()
    hands.keys.press("Enter")
    hands.press("Sign out")
    visitor.is_at("/")
    visitor.called("Sign in", within=".header").wait_for()
