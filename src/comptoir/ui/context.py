"""What every template may show about the site itself, the visitor's preferences and the ways around."""

from functools import cache
from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.utils.translation import get_language

from comptoir.kernel.registry import NavLink, modules
from comptoir.ui.preferences import person, theme_of


@cache
def navigation() -> dict[str, list[NavLink]]:
    """The links of all products, by their place in the header."""
    places: dict[str, list[NavLink]] = {"main": [], "search": [], "cart": [], "account": []}
    for module in modules():
        for link in module.nav:
            places[link.place].append(link)
    return places


def navigation_of(request: HttpRequest, user: Any) -> dict[str, list[NavLink]]:
    """The same, with those links of the account's menu that are for this user."""
    everything = navigation()
    if user is None:
        return everything
    own = [link for link in everything["account"] if link.shown is None or link.shown(request)]
    return {**everything, "account": own}


def of_products(request: HttpRequest) -> dict[str, Any]:
    """What the products let every template show."""
    found: dict[str, Any] = {}
    for module in modules():
        if module.context:
            found |= module.context(request)
    return found


def site(request: HttpRequest) -> dict[str, Any]:
    address, user = f"{settings.SITE_URL}{request.path}", person(request)
    return {
        "site_name": settings.SITE_NAME,
        "site_url": settings.SITE_URL,
        "page_url": address,
        "canonical_url": f"{address}?lang={get_language() or settings.LANGUAGE_CODE}",
        "languages": settings.LANGUAGES,
        "theme": theme_of(request),
        "navigation": navigation_of(request, user),
        "person": user,
    }
