"""A seller on the way to being paid, who does not do it all at once."""

from typing import Any

import pytest

from comptoir.kernel.payments.models import Payee
from tests.shop import Shop
from tests.stories.visitor import Visitor
from tests.stories.words import IN_ENGLISH, IN_FRENCH

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@IN_ENGLISH
@pytest.mark.req("K8", "K9", "K10")
def test_set_up_is_left_half_way_and_finished_later(open_shop: Shop, visitor: Visitor, newcomer: Any) -> None:
    visitor.sign_in(newcomer)
    visitor.go("/sell")
    visitor.press("Set up my payments")
    visitor.press("Leave it for later")

    visitor.is_at("/dashboard")
    visitor.reads("Before you can be paid, Stripe needs", "The bank account that you are paid out to")
    visitor.looks()
    visitor.go("/sell")
    visitor.reads("A few answers more")
    visitor.looks()
    assert not visitor.page.get_by_label(visitor.say("Title")).count(), "nothing can be put up yet"

    visitor.press("Continue on Stripe")
    visitor.press("Finish, verification pending")
    visitor.is_at("/dashboard")
    visitor.reads("Your details are being checked.")
    visitor.looks()
    visitor.go("/sell")
    visitor.reads("Almost there")
    visitor.looks()

    # Meanwhile Stripe has looked at them: its webhook is all it takes.
    account = Payee.objects.get(user=newcomer).account
    open_shop.sandbox.http.post(f"/express/{account}/desk", data={"action": "complete"})
    visitor.until_there(lambda: Payee.objects.get(user=newcomer).onboarding_complete)
    visitor.go("/sell")
    visitor.reads("Put an automation on the counter")


@IN_FRENCH
@pytest.mark.req("K10", "K12")
def test_a_seller_who_can_no_longer_be_paid_sells_nothing_until_that_is_mended(
    open_shop: Shop, visitor: Visitor, two_listings: Any, buyer: Any
) -> None:
    visitor.sign_in(buyer)
    visitor.go(f"/product/{two_listings[0].pk}")
    visitor.press("Add to cart")
    account = Payee.objects.get(user=two_listings[0].seller.user).account
    open_shop.sandbox.http.post(f"/express/{account}/desk", data={"action": "restricted"})
    visitor.until_there(lambda: not Payee.objects.get(account=account).charges_enabled)
    visitor.go(f"/product/{two_listings[0].pk}")
    visitor.reads("Not for sale right now")
    visitor.looks()
    visitor.go("/cart")
    visitor.reads("Its seller cannot take payments at the moment.")
    visitor.looks()

    open_shop.sandbox.http.post(f"/express/{account}/desk", data={"action": "complete"})
    visitor.until_there(lambda: Payee.objects.get(account=account).charges_enabled)
    visitor.go("/cart")
    visitor.press("Pay")
    visitor.pay_with("4242 4242 4242 4242")
    visitor.reads("Thank you. It is yours.")
