"""What a seller does with a listing afterwards, and that buyers see it at once."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from comptoir.marketplace.models import Automation
from tests.marketplace.sample_listings import WORKFLOW, bought
from tests.stories.visitor import Visitor
from tests.stories.words import IN_ENGLISH, IN_FRENCH

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

NEWER = json.dumps({"nodes": [{"type": "n8n-nodes-base.cron", "name": "Newer"}], "connections": {}}).encode()


@pytest.fixture
def seller(arrive: Callable[..., Visitor], language: str, camille: Any) -> Visitor:
    camille.locale = language
    camille.save()
    seller = arrive(language)
    seller.sign_in(camille)
    return seller


@IN_FRENCH
@pytest.mark.req("K6", "K7")
def test_words_and_price_change_and_the_catalogue_shows_it_at_once(
    seller: Visitor, visitor: Visitor, two_listings: tuple[Automation, Automation]
) -> None:
    visitor.go("/")
    visitor.sees("Relancer les factures", visitor.price("19.99"))
    seller.go("/dashboard")
    seller.press("Edit", two_listings[0].title)
    seller.looks()
    seller.fill("Title", "Relancer les devis")
    seller.fill("Price", "24,50" if seller.language == "fr" else "24.50")
    seller.press("Save")
    seller.reads("Saved. Buyers see it as it is now.", within="#toasts")
    visitor.page.reload()
    visitor.sees("Relancer les devis", visitor.price("24.50"))
    visitor.misses("Relancer les factures", visitor.price("19.99"))


@IN_ENGLISH
@pytest.mark.req("K7", "K17")
def test_a_new_version_reaches_those_who_bought_the_old_one(
    seller: Visitor, visitor: Visitor, two_listings: tuple[Automation, Automation], buyer: Any, tmp_path: Path
) -> None:
    bought(buyer, two_listings[0])
    visitor.sign_in(buyer)
    visitor.go("/dashboard/orders")
    visitor.looks()
    assert visitor.download("Download", two_listings[0].title) == ("chase.json", WORKFLOW)

    newer = tmp_path / "newer.json"
    newer.write_bytes(NEWER)
    seller.go(f"/sell/{two_listings[0].pk}")
    seller.send("Workflow file", newer)
    assert seller.page.get_by_label(seller.say("Version")).input_value() == "1.0.1"
    seller.press("Save")
    seller.sees("1.0.1")
    assert visitor.download("Download", two_listings[0].title) == ("newer.json", NEWER)


@IN_FRENCH
@pytest.mark.req("K6", "K7")
def test_taken_off_the_shelf_and_put_back(
    seller: Visitor, visitor: Visitor, two_listings: tuple[Automation, Automation]
) -> None:
    visitor.go("/")
    seller.go(f"/sell/{two_listings[0].pk}")
    seller.press("Take it off the shelf")
    seller.reads("Taken off the shelf. Those who bought it keep it.", within="#toasts")
    seller.looks()
    visitor.page.reload()
    visitor.misses(two_listings[0].title)
    assert visitor.go(f"/product/{two_listings[0].pk}") == 404

    seller.press("Put it back on the shelf")
    seller.reads("It is for sale again.", within="#toasts")
    visitor.go("/")
    visitor.sees(two_listings[0].title)


@IN_ENGLISH
@pytest.mark.req("K7")
def test_deleted_for_good_after_being_asked(
    seller: Visitor, visitor: Visitor, two_listings: tuple[Automation, Automation]
) -> None:
    seller.go(f"/sell/{two_listings[0].pk}")
    seller.press("Delete")
    seller.looks()
    seller.press("Keep the product")
    seller.press("Delete")
    seller.press("Delete for good")
    seller.is_at("/dashboard/products")
    seller.reads("Your side of the counter is empty")
    seller.looks()
    visitor.go("/")
    visitor.misses(two_listings[0].title)


@IN_FRENCH
@pytest.mark.req("K1", "K5")
def test_wrong_files_are_named_and_nothing_that_was_typed_is_lost(
    seller: Visitor, two_listings: tuple[Automation, Automation], tmp_path: Path
) -> None:
    notes, heavy, liar, good = (
        tmp_path / name for name in ("notes.txt", "heavy.json", "liar.json", "good.json")
    )
    notes.write_text("not a workflow")
    heavy.write_bytes(b" " * (5 * 1024 * 1024 + 1))
    liar.write_text("this is not JSON")
    good.write_bytes(NEWER)
    seller.go("/sell")
    seller.fill("Title", "Typed before")
    seller.choose_file("Workflow file", notes)
    seller.reads("This kind of file is not accepted here.")
    seller.choose_file("Workflow file", heavy)
    seller.reads("This file is too large.")
    seller.looks()
    seller.forgives("/api/uploads/claim")
    seller.choose_file("Workflow file", liar)
    seller.reads("It is not valid JSON.")
    seller.looks()

    seller.send("Workflow file", good)
    seller.press("Publish")
    seller.reads("Choose a picture: it is what buyers see first.", "Set a price.", "Choose a category.")
    assert seller.page.get_by_label(seller.say("Title")).input_value() == "Typed before"
    seller.sees("good.json")
    seller.looks()


@IN_ENGLISH
def test_what_a_seller_says_of_themselves_is_read_by_buyers(
    seller: Visitor, visitor: Visitor, two_listings: tuple[Automation, Automation]
) -> None:
    seller.go("/dashboard")
    seller.fill("Shop name", "Atelier Camille")
    seller.fill("About you", "Céramiste à Angers, et bricoleuse.")
    seller.press("Save")
    seller.reads("This is how buyers see your shop from now on.", within="#toasts")
    visitor.go(f"/product/{two_listings[0].pk}")
    visitor.sees(f"{visitor.say('About')} Atelier Camille", "Céramiste à Angers, et bricoleuse.")
    visitor.looks()
