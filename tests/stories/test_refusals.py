"""What a person is told who asks for what is not there, not theirs, or not any more."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from comptoir.kernel import clock
from comptoir.kernel.files import download_url
from comptoir.marketplace.models import Automation
from tests.cast import PASSWORD
from tests.marketplace.sample_listings import WORKFLOW, bought
from tests.stories.visitor import Visitor
from tests.stories.words import IN_ENGLISH, IN_FRENCH

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@IN_FRENCH
def test_an_address_that_leads_nowhere(visitor: Visitor, two_listings: tuple[Automation, Automation]) -> None:
    assert visitor.go("/nowhere") == 404
    visitor.reads("There is nothing at this address")
    visitor.looks()
    visitor.press("To the first page")
    visitor.is_at("/")
    assert visitor.go("/product/01890000-0000-7000-8000-000000000000") == 404
    visitor.reads("This product does not exist, or not any more.")


@IN_ENGLISH
def test_the_order_of_somebody_else(
    visitor: Visitor, two_listings: tuple[Automation, Automation], buyer: Any, adrien: Any
) -> None:
    """Signed out it asks who is there, and then it is as if there were none."""
    order = bought(adrien, two_listings[0])
    visitor.go(f"/orders/{order.pk}")
    visitor.is_at("/accounts/login/")
    visitor.fill("Email", buyer.email)
    visitor.fill("Password", PASSWORD)
    visitor.press("Sign in", within="main")
    visitor.reads("We could not find this order.")


@IN_FRENCH
@pytest.mark.req("K17")
def test_a_file_that_was_not_bought(
    visitor: Visitor, two_listings: tuple[Automation, Automation], buyer: Any
) -> None:
    visitor.sign_in(buyer)
    assert visitor.go(f"/download/{two_listings[0].pk}") == 403
    visitor.reads("Only those who bought this can download it.")
    visitor.looks()
    visitor.press("See the product")
    visitor.called("Buy now").wait_for()


@IN_ENGLISH
@pytest.mark.req("K17")
def test_a_link_to_a_file_that_has_expired(
    visitor: Visitor, two_listings: tuple[Automation, Automation], buyer: Any
) -> None:
    order = bought(buyer, two_listings[0])
    visitor.sign_in(buyer)
    assert two_listings[0].current
    link = download_url(two_listings[0].current.file, filename="chase.json")
    clock.advance(timedelta(minutes=6))
    assert visitor.go(link) == 403
    visitor.reads("This link has expired. Ask for a new one.")
    visitor.looks()
    visitor.go(f"/orders/{order.pk}")
    assert visitor.download("Download", two_listings[0].title) == ("chase.json", WORKFLOW)


@IN_FRENCH
def test_signing_in_with_the_wrong_password(visitor: Visitor, buyer: Any) -> None:
    visitor.go("/accounts/login/")
    visitor.fill("Email", buyer.email)
    visitor.fill("Password", "not this one")
    visitor.press("Sign in", within="main")
    visitor.reads("The email address and/or password you specified are not correct.")
    assert visitor.page.get_by_label(visitor.say("Email")).input_value() == buyer.email
    visitor.looks()


@IN_ENGLISH
def test_an_old_link_to_confirm_an_address(arrive: Callable[..., Visitor], language: str, db: None) -> None:
    visitor = arrive(language)
    visitor.go("/accounts/confirm-email/old-and-used/")
    visitor.reads("This link has been used, or is too old")
    visitor.looks()
    visitor.press("Sign in", within="main")
    visitor.is_at("/accounts/login/")
