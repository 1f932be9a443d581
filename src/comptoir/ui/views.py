"""The page that shows all components, for those who make pages."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from comptoir.ui import samples


def components(request: HttpRequest) -> HttpResponse:
    return render(request, "ui/components.html", samples.everything())
