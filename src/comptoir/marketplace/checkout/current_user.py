"""Who is signed in, and how many items are in their cart."""

from collections.abc import Callable
from functools import cache

from django.conf import settings
from django.http import HttpRequest

from comptoir.kernel.accounts.models import User
from comptoir.marketplace.checkout import cart
from comptoir.marketplace.checkout.cart import Buyer
from comptoir.ui.preferences import person


def buyer_of(request: HttpRequest) -> Buyer:
    """Who is signed in, if anybody is."""
    buyer: Buyer = person(request)
    return buyer


def keep_cart(request: HttpRequest, user: User) -> None:
    """When somebody has signed in: the cart they filled before is their account's from here on."""
    cart.take_over(user, request.session)


def signed_in(request: HttpRequest) -> User:
    """The same where nobody else is let in."""
    buyer = buyer_of(request)
    assert buyer, "this page is behind the sign-in"
    return buyer


def cart_count(request: HttpRequest) -> dict[str, Callable[[], int]]:
    """For every template: the number beside the cart, counted when a page shows it. No session, no cart."""
    if settings.SESSION_COOKIE_NAME not in request.COOKIES:
        return {}

    @cache
    def count() -> int:
        return cart.count(buyer_of(request), request.session)

    return {"cart_count": count}
