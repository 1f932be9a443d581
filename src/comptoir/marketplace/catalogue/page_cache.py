"""Whole pages of the catalogue, kept for visitors who are nobody in particular, and never shown when out of date.

A page is kept under all that it is made of: its address, the language and the theme, and the *edition*, a number in
the database that goes up in every transaction that changes what the catalogue shows. The number is read at each
visit, so a change is seen by the next visitor, whichever process made it, and nothing has to be emptied; pages of
former editions are never asked for again, and make room for others when the cache is full. The cache is this
process's memory (`CACHES["pages"]`): a page is sent as fast as it is found, and no other service can be behind.

Only visitors without a session and without a message waiting come here; for them the middleware stands before
sessions, sign-in and the rest. What it keeps has no cookie and no token in it.
"""

import hashlib
import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeGuard
from uuid import UUID

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.utils.cache import get_conditional_response
from django.utils.translation import get_language_from_request

from comptoir.marketplace import queries
from comptoir.marketplace.catalogue.catalogue_page import CatalogueQuery
from comptoir.marketplace.catalogue.local_cache import get_cached, set_cached
from comptoir.ui.preferences import theme_of

PRODUCT = re.compile(r"/product/([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})")
# Their answers set a cookie.
SWITCHES = ("lang", "theme")


@dataclass(frozen=True)
class KeptPage:
    """An answer as it is sent each time. `etag` is made of its body, so that a browser's copy outlives editions."""

    body: bytes
    headers: dict[str, str]
    etag: str

    @classmethod
    def of(cls, response: HttpResponse) -> "KeptPage":
        etag = f'"{hashlib.sha256(response.content).hexdigest()[:32]}"'
        # A browser may keep its copy, and asks each time whether it is still good.
        headers = {**response.headers, "Cache-Control": "no-cache", "ETag": etag}
        return cls(response.content, headers, etag)

    def answer(self, request: HttpRequest) -> HttpResponseBase:
        response = HttpResponse(self.body, headers=self.headers)
        if "HTTP_IF_NONE_MATCH" not in request.META:
            return response
        return get_conditional_response(request, etag=self.etag, response=response) or response


class PageCache:
    """Middleware, as far out as it can be: only what every answer needs stands before it."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        cache_key = _cache_key(request)
        if cache_key is None:
            return self.get_response(request)
        request.get_host()  # refuses a host that is not ours, as is done for all other pages further in
        cache = _cache(request)
        kept = get_cached(cache_key, cache=cache)
        if kept is None:
            response = self.get_response(request)
            if not _may_be_kept(response):
                return response
            kept = KeptPage.of(response)
            set_cached(cache_key, kept, cache=cache)
        return kept.answer(request)


def _cache_key(request: HttpRequest) -> tuple[object, ...] | None:
    """All that the page asked for depends on, or nothing when it is not one of those that are kept."""
    if request.method not in ("GET", "HEAD") or _is_somebody(request):
        return None
    if request.path_info == "/":
        query = CatalogueQuery.read(request.GET)
        if not query.is_known or any(switch in request.GET for switch in SWITCHES):
            return None
        content: tuple[object, ...] = ("/", query.query_string)
    elif (found := PRODUCT.fullmatch(request.path_info)) and not any(s in request.GET for s in SWITCHES):
        # Whether its seller can be paid is the gateway's word, which no edition counts.
        content = (request.path_info, queries.payee_status(UUID(found[1])))
    else:
        return None
    return (*content, get_language_from_request(request), theme_of(request), queries.edition())


def _cache(request: HttpRequest) -> str:
    return CatalogueQuery.read(request.GET).cache if request.path_info == "/" else "pages"


def _is_somebody(request: HttpRequest) -> bool:
    return settings.SESSION_COOKIE_NAME in request.COOKIES or "messages" in request.COOKIES


def _may_be_kept(response: HttpResponseBase) -> TypeGuard[HttpResponse]:
    return isinstance(response, HttpResponse) and response.status_code == 200 and not response.cookies
