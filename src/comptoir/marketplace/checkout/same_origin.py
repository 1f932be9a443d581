"""Forms without a token, for pages that are the same for everybody."""

from collections.abc import Callable
from functools import wraps
from typing import Concatenate, ParamSpec
from urllib.parse import urlsplit

from django.conf import settings
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.utils.translation import gettext_lazy as _
from django.views.decorators.csrf import csrf_exempt

from comptoir.kernel.errors import Forbidden

P = ParamSpec("P")
View = Callable[Concatenate[HttpRequest, P], HttpResponseBase]


class ForeignForm(Forbidden):
    code = "foreign_form"
    message = _("This was sent from another site. Open the page here, and send it again.")


def same_origin(view: View[P]) -> View[P]:
    """In place of Django's token: take the form only from a page of ours, by what the browser says of its origin.

    A page that is kept whole for all visitors cannot hold a token that is one visitor's own. Every browser of
    today sends `Sec-Fetch-Site`, or at least `Origin` with a POST, and lets no page forge them. A request with
    neither comes from a program, which has no other person's cookies to abuse.
    """

    @csrf_exempt
    @wraps(view)
    def guarded(request: HttpRequest, *args: P.args, **kwargs: P.kwargs) -> HttpResponseBase:
        if request.method == "POST" and not _is_ours(request):
            raise ForeignForm
        return view(request, *args, **kwargs)

    return guarded


def _is_ours(request: HttpRequest) -> bool:
    site, origin = request.headers.get("Sec-Fetch-Site"), request.headers.get("Origin")
    if site is not None:
        return site == "same-origin"
    if origin is None:
        return True
    return urlsplit(origin).netloc == request.get_host() or origin in settings.CSRF_TRUSTED_ORIGINS
