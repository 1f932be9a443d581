"""A machine has several names for itself, and a browser keeps the cookies of each apart.

Who signs in at `localhost` would come back from the payment page, at the `127.0.0.1` of `SITE_URL`, as a stranger.
So a browser that opens a page by another of these names is sent to the one in `SITE_URL`; programs are left alone.
Where `SITE_URL` names a real host, this stands in nobody's way.
"""

from collections.abc import Callable
from urllib.parse import urlsplit

from django.conf import settings
from django.core.exceptions import MiddlewareNotUsed
from django.http import HttpRequest, HttpResponseRedirect
from django.http.request import split_domain_port
from django.http.response import HttpResponseBase

OWN_NAMES = frozenset({"localhost", "127.0.0.1", "[::1]"})


class CanonicalHost:
    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        if _name_of_site() not in OWN_NAMES:
            raise MiddlewareNotUsed
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        # https://www.w3.org/TR/fetch-metadata/: browsers say so of a page that is opened, to their own machine too.
        if request.method == "GET" and request.headers.get("Sec-Fetch-Mode") == "navigate":
            name, port = split_domain_port(request.META.get("HTTP_HOST", ""))
            if name in OWN_NAMES and _name_of_site() in OWN_NAMES - {name}:
                # The port stays as it was asked for: a tunnel may have one of its own, and cookies know no ports.
                host = f"{_name_of_site()}:{port}" if port else _name_of_site()
                return HttpResponseRedirect(f"{request.scheme}://{host}{request.get_full_path()}")
        return self.get_response(request)


def _name_of_site() -> str:
    return split_domain_port(urlsplit(settings.SITE_URL).netloc)[0]
