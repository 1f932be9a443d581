"""What a person sees when a page is refused, or does not answer such a request: why, and where to go from there."""

from collections.abc import Callable
from functools import wraps
from typing import Any, Concatenate, ParamSpec

from django.http import HttpRequest, HttpResponseNotAllowed
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.utils.translation import gettext as _

from comptoir.kernel.errors import Refusal

P = ParamSpec("P")
View = Callable[Concatenate[HttpRequest, P], HttpResponseBase]


def say_refusals(view: View[P]) -> View[P]:
    """Answer what the view's story refuses by a page with the refusal's own status and words."""

    @wraps(view)
    def answered(request: HttpRequest, *args: P.args, **kwargs: P.kwargs) -> HttpResponseBase:
        try:
            return view(request, *args, **kwargs)
        except Refusal as refusal:
            return refused_page(request, refusal)

    return answered


def refused_page(
    request: HttpRequest, refusal: Refusal, *, href: str = "/", action: str = ""
) -> HttpResponseBase:
    shown: dict[str, Any] = {
        "title": _title(refusal.status),
        "text": str(refusal),
        "href": href,
        "action": action or _("To the first page"),
    }
    return render(request, "ui/refused.html", shown, status=refusal.status)


def refuse_methods(
    get_response: Callable[[HttpRequest], HttpResponseBase],
) -> Callable[[HttpRequest], HttpResponseBase]:
    """Middleware, after those that know language and person: a page that does not take a method says so, where Django
    would send an empty one. The API has its own answer."""

    def middleware(request: HttpRequest) -> HttpResponseBase:
        response = get_response(request)
        if not isinstance(response, HttpResponseNotAllowed) or request.path.startswith("/api/"):
            return response
        shown = {
            "title": _("That is not possible here"),
            "text": _(
                "This page does not answer such a request. Go back, and try again from the page before."
            ),
            "href": "/",
            "action": _("To the first page"),
        }
        page = render(request, "ui/refused.html", shown, status=response.status_code)
        page["Allow"] = response["Allow"]
        return page

    return middleware


def _title(status: int) -> str:
    titles = {
        403: _("This is not open to you"),
        404: _("There is nothing at this address"),
        503: _("One moment, please"),
    }
    return titles.get(status, _("That did not work"))
