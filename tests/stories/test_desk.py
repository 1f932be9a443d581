"""An order at the desk: claimed, asked of the assistant, edited, compared, sent back, written anew and delivered."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest

from comptoir.bespoke.assistant import calls as assistants
from comptoir.bespoke.models import AlertRule, Expert
from comptoir.bespoke.sanctuary import profiles
from tests import cast
from tests.bespoke.bespoke_driver import CONTENT, SECRET, Assistant, BespokeDriver
from tests.bespoke.desk_driver import expert, offer, paid, written
from tests.shop import Shop
from tests.stories.visitor import Visitor

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

READING = "The moon is kind to you this week."


@pytest.fixture
def assistant(settings: Any) -> Iterator[Assistant]:
    assistant = Assistant()
    settings.ASSISTANT_URL, settings.ASSISTANT_SECRETS = assistant.url, [SECRET]
    yield assistant
    assistant.stop()


@pytest.fixture
def emile(language: str, db: None) -> Expert:
    return expert(cast.person("Émile", locale=language), "Émile Roux")


@pytest.fixture
def paul(language: str, db: None) -> Any:
    return cast.person("Paul", locale=language)


@pytest.fixture
def bespoke(shop: Shop, assistant: Assistant, emile: Expert) -> BespokeDriver:
    offer()
    return BespokeDriver(shop, assistant, {"emile": emile})


@pytest.mark.req("L6", "L7", "L8", "L9", "L10", "L11")
def test_from_the_claim_to_the_delivery(
    bespoke: BespokeDriver, arrive: Callable[..., Visitor], language: str, paul: Any, mailoutbox: Any
) -> None:
    order_id = bespoke.paid_order(bespoke.person(paul))
    desk = arrive(language)
    desk.sign_in(bespoke.experts["emile"].user)
    desk.go("/desk")
    desk.sees("Paul Okafor")
    desk.looks()
    desk.page.locator("form[action$='/claim'] button").click()
    desk.reads("Nothing is written yet", "What the client told")
    desk.looks()

    desk.fill("Prompt", "Write a reading.")
    desk.press("Send to the assistant")
    desk.reads("The assistant is writing")
    bespoke.work()
    assert bespoke.assistant.asked[0]["expertPrompt"] == "Write a reading."
    assert bespoke.call_back(order_id, 1).status_code == 200
    desk.sees(READING)
    desk.reads("To validate")

    desk.press("Edit")
    desk.fill("Text", CONTENT.replace("week", "month"))
    desk.sees("kind to you this month", within="#preview")
    desk.looks()
    desk.press("Keep this text")
    desk.press("Compare revisions")
    desk.sees("week", within="del")
    desk.sees("month", within="ins")
    desk.looks()

    desk.go(f"/desk/orders/{order_id}")
    desk.forgives(f"/desk/orders/{order_id}/validate#send-back")
    desk.press("Send back")
    desk.reads("Say why, so that the next one can be better.")
    desk.looks()
    desk.fill("What is wrong with it", "Nothing of Lyon.")
    desk.press("Send back")
    desk.reads("To be written anew")
    desk.sees("Nothing of Lyon.")
    desk.press("Send to the assistant")
    bespoke.work()
    assert bespoke.assistant.asked[1]["previous"][-1]["reason"] == "Nothing of Lyon."
    assert bespoke.call_back(order_id, 3, "# Lyon\n\nGo in spring.").status_code == 200
    desk.sees("Go in spring.")
    desk.press("Approve and deliver")
    desk.reads("Delivered")
    assert bespoke.status(order_id) == "delivered"

    bespoke.work()
    assert any(f"/sanctuary/orders/{order_id}" in mail.body for mail in mailoutbox if paul.email in mail.to)
    profiles.save_profile(paul, name="Paul", about="A baker.")
    client = arrive(language)
    client.sign_in(paul)
    client.go(f"/sanctuary/orders/{order_id}")
    client.sees("Go in spring.")


@pytest.mark.req("L6", "L7")
def test_without_scripts_the_answer_is_there_after_a_reload(
    assistant: Assistant, arrive: Callable[..., Visitor], language: str, emile: Expert, paul: Any
) -> None:
    order = paid(emile, paul)
    desk = arrive(language, scripts=False)
    desk.sign_in(emile.user)
    desk.go(f"/desk/orders/{order.pk}")
    desk.fill("Prompt", "Write a reading.")
    desk.press("Send to the assistant")
    desk.reads("The assistant is writing")
    assistants.take_answer(order.pk, revision=1, content=CONTENT)
    desk.press("See whether its answer has come")
    desk.sees(READING)


def test_single_keys_walk_the_desk_until_they_are_switched_off(
    assistant: Assistant, visitor: Visitor, emile: Expert, paul: Any
) -> None:
    first, second = (written(paid(emile, paul), emile) for _ in range(2))
    visitor.sign_in(emile.user)
    visitor.go("/desk")
    keys, page = visitor.page.keyboard, visitor.page
    for _ in range(2):
        keys.press("j")
    assert str(second.pk) in page.evaluate("document.activeElement.href")
    keys.press("k")
    assert str(first.pk) in page.evaluate("document.activeElement.href")
    keys.press("/")
    keys.type("j?")
    assert page.locator("#desk-q").input_value() == "j?", "keys rest while something is typed"
    visitor.go(f"/desk/orders/{first.pk}")
    keys.press("r")
    assert page.evaluate("document.activeElement.id") == "send_back_rejection_reason"
    page.locator("h1").click()
    page.evaluate("document.activeElement.blur()")
    keys.press("?")
    page.locator("#keys[open]").wait_for()
    visitor.looks()
    page.locator("[data-keys-switch]").uncheck()
    keys.press("Escape")
    keys.press("r")
    assert page.evaluate("document.activeElement.id") != "send_back_rejection_reason"


@pytest.mark.req("L18")
def test_an_operator_looks_at_the_figures_and_sets_an_alert(
    assistant: Assistant, visitor: Visitor, language: str, emile: Expert, paul: Any, odile: Any
) -> None:
    odile.locale = language
    written(paid(emile, paul), emile)
    visitor.sign_in(odile)
    visitor.go("/desk")
    visitor.looks()
    visitor.press("Figures", within="main")
    visitor.sees("Émile Roux")
    visitor.looks()
    visitor.press("Alerts", within="main")
    visitor.fill("Tell from", "3")
    visitor.press("Set this alert")
    visitor.reads("Quiet")
    visitor.looks()
    assert AlertRule.objects.get().mail_to == odile.email
