"""Paying on the gateway's page, when that does not go smoothly."""

from typing import Any

import pytest
from django.core.mail import EmailMessage

from comptoir.marketplace.models import Automation, Order
from tests.cast import PASSWORD
from tests.marketplace.sample_listings import WORKFLOW
from tests.shop import Shop
from tests.stories.visitor import Visitor
from tests.stories.words import IN_ENGLISH, IN_FRENCH

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

PAYS = "4242 4242 4242 4242"
HAS_NO_FUNDS = "4000 0000 0000 9995"
ASKS_FOR_3DS = "4000 0025 0000 3155"


@IN_FRENCH
@pytest.mark.req("K14", "K15", "K17")
def test_a_card_is_declined_and_the_next_asks_for_3d_secure(
    open_shop: Shop, visitor: Visitor, two_listings: tuple[Automation, Automation], buyer: Any
) -> None:
    """All on one page, and one order for all of it."""
    visitor.sign_in(buyer)
    visitor.go(f"/product/{two_listings[0].pk}")
    visitor.press("Buy now")
    visitor.sees(visitor.price("19.99"), two_listings[0].title)
    visitor.looks()
    visitor.pay_with(HAS_NO_FUNDS)
    visitor.reads("The card has insufficient funds.")
    visitor.looks()

    visitor.pay_with(ASKS_FOR_3DS)
    visitor.sees("3-D Secure", visitor.price("19.99"))
    visitor.looks()
    visitor.press("Fail authentication")
    visitor.reads("The bank could not authenticate you.")
    visitor.pay_with(ASKS_FOR_3DS)
    visitor.press("Complete authentication")

    order = Order.objects.get()
    visitor.is_at(f"/orders/{order.pk}")
    visitor.reads("Thank you. It is yours.")
    assert visitor.download("Download", two_listings[0].title) == ("chase.json", WORKFLOW)


@IN_ENGLISH
@pytest.mark.req("K14")
def test_the_gateways_page_is_left_and_the_payment_taken_up_again(
    open_shop: Shop, visitor: Visitor, two_listings: tuple[Automation, Automation], buyer: Any
) -> None:
    visitor.sign_in(buyer)
    visitor.go(f"/product/{two_listings[0].pk}")
    visitor.press("Buy now")
    page_of_gateway = visitor.page.url
    visitor.press("Cancel and go back")

    visitor.reads("Waiting for your payment", "Nothing has been paid for this order yet")
    visitor.looks()
    visitor.press("Continue to the payment")
    visitor.sees(two_listings[0].title)
    assert visitor.page.url == page_of_gateway
    visitor.pay_with(PAYS)
    visitor.reads("Thank you. It is yours.")
    assert Order.objects.count() == 1


@IN_FRENCH
def test_the_order_says_by_itself_when_a_slow_bank_has_paid(
    open_shop: Shop, visitor: Visitor, two_listings: tuple[Automation, Automation], buyer: Any
) -> None:
    visitor.sign_in(buyer)
    visitor.go(f"/product/{two_listings[0].pk}")
    visitor.press("Buy now")
    page_of_gateway = visitor.page.url
    visitor.page.get_by_label(visitor.say("Bank debit, settled in 3 days")).check()
    visitor.page.get_by_role("button", name=visitor.say("Pay")).click()
    visitor.reads("Your payment is being confirmed", "Asking the bank…")
    visitor.looks()
    assert not visitor.called("Download", two_listings[0].title).count()

    open_shop.sandbox.http.post(page_of_gateway, data={"settle": "succeeded"})
    visitor.reads("Thank you. It is yours.")
    assert visitor.download("Download", two_listings[0].title) == ("chase.json", WORKFLOW)


@IN_ENGLISH
@pytest.mark.req("K14", "K19")
def test_an_account_is_opened_on_the_way_to_paying(
    open_shop: Shop,
    visitor: Visitor,
    two_listings: tuple[Automation, Automation],
    mailoutbox: list[EmailMessage],
) -> None:
    """Nothing has to be looked for again: the link in the mail leads on to the payment."""
    visitor.go(f"/product/{two_listings[0].pk}")
    visitor.press("Buy now")
    visitor.press("Open an account", within="main")
    visitor.fill("Email", "lena@stories.test")
    visitor.fill("Password", PASSWORD)
    visitor.press("Open my account")
    visitor.reads("Look in your mailbox")
    visitor.opens_link_of(visitor.waits_for_mail(mailoutbox, 1)[0])
    visitor.press("Yes, it is mine")
    visitor.sees(two_listings[0].title, visitor.price("19.99"))
    visitor.pay_with(PAYS)
    visitor.reads("Thank you. It is yours.")
    assert visitor.download("Download", two_listings[0].title) == ("chase.json", WORKFLOW)
