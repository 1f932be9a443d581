"""Who is signed in, and how many items are in their cart."""

from collections.abc import Callable
from functools import cache

from django.conf import settings
from django.http import HttpRequest

from comptoir.kernel.accounts.models import User
from comptoir.marketplace.checkout import cart, requested_items
from comptoir.ui.preferences import person


def keep_cart(request: HttpRequest, user: User) -> None:
    """When somebody has signed in: the cart they filled before is their account's from here on, and what they asked to
    buy before is bought next."""
    cart.take_over(user, request.session)
    requested_items.go_on_after_sign_in(request.session)


def signed_in(request: HttpRequest) -> User:
    """Who is signed in, where nobody else is let in."""
    user = person(request)
    assert user, "this page is behind the sign-in"
    return user


def cart_count(request: HttpRequest) -> dict[str, Callable[[], int]]:
    """For every template: the number beside the cart, counted when a page shows it. No session, no cart."""
    if settings.SESSION_COOKIE_NAME not in request.COOKIES:
        return {}

    @cache
    def count() -> int:
        return cart.count(person(request), request.session)

    return {"cart_count": count}
