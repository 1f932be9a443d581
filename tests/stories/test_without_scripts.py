"""Buying and selling with JavaScript switched off: what cannot move loads a page instead."""

from collections.abc import Callable
from typing import Any

import pytest

from comptoir.marketplace.models import Automation, Order
from tests.cast import PASSWORD
from tests.marketplace.sample_listings import WORKFLOW
from tests.shop import Shop
from tests.stories.visitor import Visitor
from tests.stories.words import IN_ENGLISH, IN_FRENCH

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@IN_FRENCH
def test_a_purchase_without_scripts(
    open_shop: Shop,
    arrive: Callable[..., Visitor],
    language: str,
    two_listings: tuple[Automation, Automation],
    buyer: Any,
) -> None:
    hers, his = two_listings
    visitor = arrive(language, scripts=False)
    visitor.go("/")
    visitor.sees(hers.title, his.title)
    visitor.press("Operations", "1")
    visitor.sees(his.title)
    assert not visitor.page.get_by_role("link", name=hers.title).count()
    visitor.page.get_by_role("searchbox").fill("facture")
    visitor.page.keyboard.press("Enter")
    visitor.page.get_by_role("link", name=hers.title).click()
    visitor.press("Add to cart")
    visitor.press("See the cart")
    visitor.sees(hers.title, visitor.price("19.99"))
    visitor.press("Sign in and pay")

    visitor.fill("Email", buyer.email)
    visitor.fill("Password", PASSWORD)
    visitor.press("Sign in", within="main")
    visitor.pay_with("4242 4242 4242 4242")
    visitor.is_at(f"/orders/{Order.objects.get().pk}")
    visitor.reads("Thank you. It is yours.")
    assert visitor.download("Download", hers.title) == ("chase.json", WORKFLOW)


@IN_ENGLISH
@pytest.mark.req("K7", "K20")
def test_a_listing_is_changed_without_scripts(
    arrive: Callable[..., Visitor], language: str, two_listings: tuple[Automation, Automation], camille: Any
) -> None:
    """All but sending files, and the page says so."""
    camille.locale = language
    camille.save()
    seller = arrive(language, scripts=False)
    seller.sign_in(camille)
    seller.go("/sell")
    shown = seller.page.inner_text("main")
    assert seller.say("Files cannot be sent from here without JavaScript") in shown
    seller.go("/dashboard")
    seller.press("Products", within="main nav")
    seller.press("Edit", two_listings[0].title)
    seller.fill("Price", "24,50" if language == "fr" else "24.50")
    seller.press("Save")
    seller.reads("Saved. Buyers see it as it is now.", within="#toasts")
    seller.sees(seller.price("24.50"))
