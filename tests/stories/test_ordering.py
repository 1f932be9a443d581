"""From the choice of a level to the answers that an expert waits for: choosing, paying on our own page, being asked."""

from collections.abc import Callable
from typing import Any

import pytest
from django.core.mail import EmailMessage
from playwright.sync_api import FrameLocator, expect

from comptoir.bespoke.models import Order
from comptoir.bespoke.operations import offers
from comptoir.bespoke.orders import experts
from tests import cast
from tests.accessibility import assert_accessible
from tests.shop import Shop
from tests.stories.visitor import Visitor

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

PAYS = "4242 4242 4242 4242"
HAS_NO_FUNDS = "4000 0000 0000 9995"
ASKS_FOR_3DS = "4000 0025 0000 3155"
QUESTIONS = [
    {
        "name": "question",
        "label": "Your question?",
        "kind": "longtext",
        "required": True,
        "help": "One only.",
    },
    {"name": "born_on", "label": "Born on?", "kind": "date", "required": True},
    {"name": "tone", "label": "Tone?", "kind": "choice", "options": ["Gentle", "Straight"]},
]


@pytest.fixture
def counter(open_shop: Shop) -> Shop:
    """Two levels with two services each, and two experts."""
    for level, price in (("simple", 2900), ("intuitive", 7900)):
        for service, more in (("basic", 0), ("premium", 2000)):
            offers.set_offer(
                None,
                level=level,
                service=service,
                price=price + more,
                currency="EUR",
                duration=60,
                delivery_days=7,
                included=["Ten pages", f"Read {service}"],
                intake_form=QUESTIONS,
            )
    experts.appoint(cast.person("Émile"), by=None, name="Émile Roux", about="Tarot.", specialties=["tarot"])
    experts.appoint(cast.person("Iris"), by=None, name="Iris Blanc", specialties=["astrology"])
    return open_shop


def choose(visitor: Visitor) -> None:
    """Intuitive · Basic by Émile, for Zoé."""
    visitor.go("/order")
    visitor.press("Choose", "Intuitive Basic")
    visitor.page.get_by_label("Émile Roux").check()
    visitor.fill("Your name", "Zoé Perrin")
    visitor.fill("Email", "zoe@stories.test")


def element(visitor: Visitor) -> FrameLocator:
    return visitor.page.frame_locator("[data-pay-element] iframe")


def pay_with(visitor: Visitor, number: str) -> None:
    frame = element(visitor)
    frame.get_by_label(visitor.say("Card number")).fill(number)
    frame.get_by_label(visitor.say("Expiry (MM/YY)")).fill("12/40")
    frame.get_by_label(visitor.say("Security code")).fill("123")
    visitor.page.get_by_role("button", name=visitor.say("Pay")).click()


def frame_looks(visitor: Visitor) -> None:
    """The element can be used by everybody too: it is a page of its own, in a frame."""
    found = visitor.page.locator("[data-pay-element] iframe").element_handle().content_frame()
    assert found
    assert_accessible(found)


@pytest.mark.req("L1", "L3", "L4")
def test_a_level_and_an_expert_are_chosen_and_paid_after_a_card_was_declined(
    counter: Shop, visitor: Visitor, mailoutbox: list[EmailMessage]
) -> None:
    """Without an account, on one order and one intent; and the answers are given at once by half, later in full."""
    visitor.go("/order")
    visitor.sees(visitor.price("79.00"), "Ten pages", "Read basic")
    visitor.looks()
    visitor.press("Choose", "Intuitive Basic")
    visitor.forgives("/order?level=intuitive&service=basic")
    visitor.fill("Your name", "Zoé Perrin")
    visitor.press("Go on to the payment")
    visitor.reads("Choose who will work on your order.")
    expect(visitor.page.get_by_label(visitor.say("Your name"))).to_have_value("Zoé Perrin")
    visitor.looks()
    visitor.page.get_by_label("Émile Roux").check()
    visitor.fill("Email", "zoe@stories.test")
    visitor.press("Go on to the payment")

    expect(element(visitor).get_by_label(visitor.say("Card number"))).to_be_visible()
    visitor.sees(visitor.price("79.00"), "Émile Roux")
    frame_looks(visitor)
    pay_with(visitor, "4242 4242 4242 4241")
    visitor.reads("Your card number is incorrect.")
    frame_looks(visitor)
    pay_with(visitor, HAS_NO_FUNDS)
    visitor.reads("The card has insufficient funds.")
    visitor.looks()
    pay_with(visitor, PAYS)
    order = Order.objects.get()
    visitor.is_at(f"/order/{order.pk}")
    visitor.reads("Thank you. Now tell your expert more.")
    assert len(counter.sandbox.stripe.v1.payment_intents.list().data) == 1

    visitor.page.get_by_label("Your question?").fill("Shall I move to Lyon?")
    visitor.press("Keep my answers")
    visitor.reads("Kept. One answer is still missing", within="body")
    visitor.looks()
    visitor.go(f"/order/{order.pk}")
    expect(visitor.page.get_by_label("Your question?")).to_have_value("Shall I move to Lyon?")
    visitor.page.get_by_label("Born on?").fill("1990-05-17")
    visitor.press("Keep my answers")
    visitor.reads("Thank you. Your expert has all that they need.", within="body")
    visitor.reads("Your order is in good hands")
    visitor.looks()


@pytest.mark.req("L3", "L4")
def test_the_bank_asks_and_what_fails_there_is_tried_again(
    counter: Shop, arrive: Callable[..., Visitor]
) -> None:
    visitor = arrive("en")
    choose(visitor)
    visitor.press("Go on to the payment")
    pay_with(visitor, ASKS_FOR_3DS)
    visitor.press("Fail authentication")
    visitor.reads("The payment did not go through")
    visitor.looks()
    visitor.press("Pay again")
    pay_with(visitor, ASKS_FOR_3DS)
    visitor.press("Complete authentication")
    visitor.reads("Thank you. Now tell your expert more.")
    assert Order.objects.get().payment_status == "succeeded"


@pytest.mark.req("L4")
def test_paid_in_another_tab_it_is_not_paid_again(counter: Shop, arrive: Callable[..., Visitor]) -> None:
    visitor = arrive("fr")
    choose(visitor)
    visitor.press("Go on to the payment")
    expect(element(visitor).get_by_label(visitor.say("Card number"))).to_be_visible()
    secret = visitor.page.locator("[data-pay]").get_attribute("data-secret")
    counter.sandbox.pay(f"{counter.sandbox.url}/pay/{secret}")
    pay_with(visitor, PAYS)
    visitor.reads("Thank you. Now tell your expert more.")
    charges = counter.sandbox.stripe.v1.charges.list().data
    assert [charge.amount for charge in charges if charge.paid] == [7900]


@pytest.mark.req("L14")
def test_an_operator_gives_a_part_back_then_the_rest(
    counter: Shop, arrive: Callable[..., Visitor], odile: Any
) -> None:
    client, operator = arrive("fr"), arrive("fr")
    choose(client)
    client.press("Go on to the payment")
    pay_with(client, PAYS)
    client.reads("Thank you. Now tell your expert more.")
    order = Order.objects.get()

    operator.sign_in(odile)
    operator.page.on("dialog", lambda dialog: dialog.accept())
    operator.go(f"/desk/orders/{order.pk}/refund")
    operator.looks()
    operator.fill("Amount", "29,00")
    operator.fill("Reason", "Une page manque.")
    operator.press("Give the money back")
    operator.sees(operator.price("50.00"), "Une page manque.")
    operator.looks()
    operator.fill("Reason", "Tout est à refaire.")
    operator.press("Give the money back")
    operator.sees("Tout est à refaire.")
    client.until_there(lambda: Order.objects.get().status == "refunded")
    operator.go(f"/desk/orders/{order.pk}/refund")
    operator.reads("All of it has been given back")
    operator.looks()
    client.go(f"/order/{order.pk}")
    client.reads("This order was refunded")
    client.looks()
