"""In the sanctuary: who one is, what was written, to read, to listen to and to keep, and one's word on it."""

from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import expect

from comptoir.bespoke.models import Expert, Order
from comptoir.bespoke.operations import level_contents
from tests import cast
from tests.bespoke import desk_driver
from tests.bespoke.readings import at_home, deliver, delivered
from tests.stories.visitor import Visitor

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

PLAYS_ON = """player => player.play().then(() => new Promise((there) =>
    player.addEventListener("timeupdate", () => player.currentTime > 0 && there(player.currentTime))))"""


@pytest.fixture
def emile(camille: Any) -> Expert:
    return desk_driver.expert(camille, "Émile Roux")


@pytest.fixture
def client(language: str, db: None) -> Any:
    return cast.person("Paul", locale=language)


@pytest.fixture
def order(emile: Expert, client: Any) -> Order:
    for level in ("simple", "integrale"):
        level_contents.save(None, level=level, title=f"For {level}", summary="What it brings", body="*Read.*")
    return delivered(emile, client)


@pytest.mark.req("L11", "L13", "L14")
def test_from_the_first_visit_to_the_acceptance(
    visitor: Visitor, client: Any, order: Order, emile: Expert
) -> None:
    """Asked who they are, they read, listen, keep it as a PDF, ask for a change, write a line, and accept."""
    visitor.sign_in(client)
    visitor.go("/sanctuary")
    visitor.reads("Come in, Paul")
    visitor.looks()
    visitor.forgives("/sanctuary/profile")
    visitor.press("Enter my sanctuary")
    visitor.reads("Tell a little of yourself: a sentence is enough.")
    visitor.fill("A little about you", "Je fais du pain.")
    visitor.press("Enter my sanctuary")
    visitor.reads("Good to see you, Paul", "Waiting for you", "Your level: Intuitive (2 of 4).", "Locked")
    visitor.looks()

    visitor.press("Read", order.code)
    visitor.sees("Votre saison", "Ce que dit la Lune")
    visitor.reads("To listen to", "Is it what you hoped for?")
    expect(visitor.page.get_by_role("img", name="La Lune sur la ville")).to_have_js_property(
        "naturalWidth", 640
    )
    assert visitor.page.locator("audio").evaluate(PLAYS_ON) > 0
    name, booklet = visitor.download("Download as a PDF")
    assert (name, booklet[:5]) == (f"Intuitive-{order.code}.pdf", b"%PDF-")
    visitor.looks()

    visitor.forgives(f"/sanctuary/orders/{order.pk}/change#acceptance")
    visitor.page.get_by_text(visitor.say("I would like a change")).click()
    visitor.press("Ask for this change")
    visitor.reads("Say what you would like changed.")
    visitor.looks()
    visitor.fill("What would you like changed?", "Plus de Lyon.")
    visitor.press("Ask for this change")
    visitor.reads("Your expert has your words", within="body")
    visitor.sees("Plus de Lyon.", "Ce que dit la Lune")
    deliver(emile, order, "# Lyon\n\nTout sur Lyon.")
    visitor.page.reload()
    visitor.sees("Tout sur Lyon.")
    visitor.page.get_by_text(visitor.say("I would like a change")).click()
    visitor.reads("One change is left")

    visitor.fill("Your message", "Merci, c’est très beau.")
    visitor.press("Send my message")
    visitor.reads("Your message is on its way.", within="body")
    visitor.sees("Merci, c’est très beau.")
    visitor.page.get_by_label(visitor.say("4 – very good")).check()
    visitor.press("Yes, I accept it")
    visitor.reads("You have accepted it.")


@pytest.mark.req("L14")
def test_a_level_that_is_not_open_yet_says_how_to_open_it(
    visitor: Visitor, client: Any, order: Order
) -> None:
    visitor.sign_in(at_home(client))
    visitor.go("/sanctuary/contents")
    visitor.looks()
    visitor.page.get_by_role("link", name="For simple").click()
    visitor.sees("For simple", "Read.")
    visitor.looks()
    locked = level_contents.LevelContent.objects.get(level="integrale")
    assert visitor.go(f"/sanctuary/contents/{locked.pk}") == 403
    visitor.reads("This content opens with the level Intégrale.")
    visitor.press("See what each level brings")
    visitor.is_at("/order")


@pytest.mark.req("L13")
@pytest.mark.parametrize("language", ["en"])
def test_without_scripts_everything_works_all_the_same(
    arrive: Callable[..., Visitor], client: Any, order: Order, language: str
) -> None:
    visitor = arrive(language, scripts=False)
    visitor.sign_in(client)
    visitor.go(f"/sanctuary/orders/{order.pk}")
    visitor.fill("A little about you", "I bake bread.")
    visitor.press("Enter my sanctuary")
    visitor.is_at(f"/sanctuary/orders/{order.pk}")
    visitor.press("Yes, I accept it")
    visitor.reads("You have accepted it.")
