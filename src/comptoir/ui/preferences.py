"""A visitor's language and theme: chosen by plain links (`?lang=fr`, `?theme=dark`), kept in cookies.

No form, no session and no script is needed, so that a page cached whole for anonymous visitors carries the switches.
"""

from collections.abc import Callable
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.utils import translation
from django.utils.cache import patch_vary_headers
from django.utils.http import escape_leading_slashes

THEMES = ("auto", "light", "dark")
THEME_COOKIE = "theme"
A_YEAR = 365 * 24 * 3600


def theme_of(request: HttpRequest) -> str:
    chosen = request.COOKIES.get(THEME_COOKIE, "")
    return chosen if chosen in THEMES else "auto"


def person(request: HttpRequest) -> Any:
    """Who is signed in, or None. Without a session cookie the session is not even asked."""
    if settings.SESSION_COOKIE_NAME not in request.COOKIES:
        return None
    user = getattr(request, "user", None)
    return user if user is not None and user.is_authenticated else None


def preferences(get_response: Callable[[HttpRequest], HttpResponse]) -> Callable[[HttpRequest], HttpResponse]:
    """Middleware, after the one that knows the user: answers both switches on any page.

    A language is shown at its own address, which search engines may keep; a theme is nobody else's business,
    so that its link leads back to the clean address.
    """

    def middleware(request: HttpRequest) -> HttpResponse:
        theme = request.GET.get("theme")
        if theme in THEMES and request.method == "GET":
            return _keep(HttpResponseRedirect(_without_theme(request)), THEME_COOKIE, theme)
        language = _wanted_language(request)
        if language:
            translation.activate(language)
            request.LANGUAGE_CODE = language
        response = get_response(request)
        if language:
            _keep(response, settings.LANGUAGE_COOKIE_NAME, language)
        if response.get("Content-Type", "").startswith("text/html"):
            patch_vary_headers(response, ["Cookie"])
        return response

    return middleware


def _wanted_language(request: HttpRequest) -> str | None:
    """The language of the link, or the one a person signed in with, when this browser has none yet."""
    spoken = dict(settings.LANGUAGES)
    asked = request.GET.get("lang")
    if asked in spoken:
        user = person(request)
        if user is not None and user.locale != asked:
            user.locale = asked
            user.save(update_fields=["locale"])
        return asked
    if settings.LANGUAGE_COOKIE_NAME not in request.COOKIES:
        user = person(request)
        return user.locale if user is not None and user.locale in spoken else None
    return None


def _without_theme(request: HttpRequest) -> str:
    query = request.GET.copy()
    del query["theme"]
    path = escape_leading_slashes(request.path)
    return f"{path}?{query.urlencode()}" if query else path


def _keep(response: HttpResponse, cookie: str, value: str) -> HttpResponse:
    response.set_cookie(cookie, value, max_age=A_YEAR, samesite="Lax", secure=settings.SESSION_COOKIE_SECURE)
    return response
