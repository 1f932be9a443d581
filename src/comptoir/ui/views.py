"""The way in where no product has a page at `/`, and the page that shows all components."""

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render

from comptoir.ui import samples
from comptoir.ui.context import navigation


def entrance(_request: HttpRequest) -> HttpResponse:
    """To the first page that the header leads to, or to the sign-in where there is none."""
    main = navigation()["main"]
    return redirect(main[0].path if main else settings.LOGIN_URL)


def components(request: HttpRequest) -> HttpResponse:
    return render(request, "ui/components.html", samples.everything())
