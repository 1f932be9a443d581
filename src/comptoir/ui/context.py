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


def site(request: HttpRequest) -> dict[str, Any]:
    address = f"{settings.SITE_URL}{request.path}"
    return {
        "site_name": settings.SITE_NAME,
        "site_url": settings.SITE_URL,
        "page_url": address,
        "canonical_url": f"{address}?lang={get_language() or settings.LANGUAGE_CODE}",
        "languages": settings.LANGUAGES,
        "theme": theme_of(request),
        "navigation": navigation(),
        "person": person(request),
    }
