"""The client's own place: their profile first, then where their orders stand and what each level opens (L13, L14)."""

import re
from collections.abc import Callable
from functools import wraps
from typing import Any, Concatenate, ParamSpec
from urllib.parse import urlencode
from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.paginator import Page, Paginator
from django.db.models import QuerySet
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from comptoir.bespoke.models.grid import RANKS, Level
from comptoir.bespoke.orders import content
from comptoir.bespoke.queries import journey
from comptoir.bespoke.refusals import ContentLocked
from comptoir.bespoke.sanctuary import contents, profiles
from comptoir.bespoke.sanctuary import home as client_home
from comptoir.bespoke.sanctuary.forms import ProfileForm
from comptoir.kernel.accounts.models import User
from comptoir.kernel.errors import Refusal
from comptoir.ui.redirects import SeeOther
from comptoir.ui.refused_pages import refused_page

ORDERS_A_PAGE, CONTENTS_A_PAGE = 6, 20
WITHIN = re.compile(r"/sanctuary(/[\w-]+)+(\.pdf)?")

P = ParamSpec("P")
View = Callable[Concatenate[HttpRequest, P], HttpResponseBase]


def client_of(request: HttpRequest) -> User:
    assert isinstance(request.user, User), "this page is behind the sign-in"
    return request.user


def with_profile(view: View[P]) -> View[P]:
    """For signed-in clients who have said who they are (L13): the others are asked first, and then led on.

    What the story refuses is said on a page that leads back to the sanctuary.
    """

    @wraps(view)
    def entered(request: HttpRequest, *args: P.args, **kwargs: P.kwargs) -> HttpResponseBase:
        if profiles.profile_of(client_of(request)) is None:
            onward = {"next": request.path} if request.method == "GET" else {}
            return SeeOther(f"{reverse('bespoke:sanctuary')}?{urlencode(onward)}".rstrip("?"))
        try:
            return view(request, *args, **kwargs)
        except ContentLocked as refusal:
            offers = reverse("bespoke:order")
            return refused_page(request, refusal, href=offers, action=_("See what each level brings"))
        except Refusal as refusal:
            home = reverse("bespoke:sanctuary")
            return refused_page(request, refusal, href=home, action=_("Back to my sanctuary"))

    return never_cache(login_required(entered))


@require_safe
@never_cache
@login_required
def home(request: HttpRequest) -> HttpResponseBase:
    """The dashboard; before the profile is complete, the questions that are left (L13)."""
    client = client_of(request)
    told = profiles.profile_of(client)
    if told is None:
        return _profile_page(request, _first_form(client), is_first=True)
    page = page_of(request, client_home.orders(client), ORDERS_A_PAGE)
    levels = client_home.levels(client)
    return render(
        request,
        "bespoke/sanctuary/home.html",
        {
            "told": told,
            "waiting": client_home.waiting(client),
            "page": page,
            "drawn": [(order, journey(order)) for order in page],
            "levels": levels,
            "reached": [level for level in levels if level.is_open][-1:],
        },
    )


@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
@login_required
def profile(request: HttpRequest) -> HttpResponseBase:
    """Who the client is: asked before all else, and changed here whenever they like."""
    client = client_of(request)
    existing = profiles.profile_of(client)
    if existing is None:
        form = _first_form(client, request.POST or None)
    else:
        shown = {"name": existing.name, "phone": existing.phone, "about": existing.about}
        form = ProfileForm(request.POST or None, known=shown)
    if request.method == "POST" and form.is_valid():
        try:
            profiles.save_profile(client, **form.told)
        except Refusal as refusal:
            form.refuse(refusal)
        else:
            messages.success(request, _("Kept. Thank you.") if existing else _("Welcome to your sanctuary."))
            return SeeOther(_onward(request))
    return _profile_page(request, form, is_first=existing is None)


@require_safe
@with_profile
def content_list(request: HttpRequest) -> HttpResponseBase:
    """All that the levels have to read, the lowest first; what is not open yet is named, and locked (L14)."""
    client = client_of(request)
    rank = contents.rank_of(client)
    page = page_of(request, contents.published_contents(), CONTENTS_A_PAGE)
    context = {"page": page, "rank": rank, "ranks": RANKS}
    return render(request, "bespoke/sanctuary/contents.html", context)


@require_safe
@with_profile
def read(request: HttpRequest, content_id: UUID) -> HttpResponseBase:
    """A content of a level. One that belongs to an order is read there."""
    reading = contents.read(client_of(request), content_id)
    if reading.order:
        return SeeOther(reverse("bespoke:sanctuary_order", args=[content_id]))
    context = {
        "content": reading.content,
        "level": Level(reading.content.level).label,
        "html": content.render(reading.body),
    }
    return render(request, "bespoke/sanctuary/content.html", context)


def page_of(request: HttpRequest, rows: QuerySet[Any], size: int) -> Page[Any]:
    return Paginator(rows, size).get_page(request.GET.get("page"))


# ── Below ───────────────────────────────────────────────────────────────────────────────────────────────


def _first_form(client: User, data: Any = None) -> ProfileForm:
    """Only what we do not know yet."""
    known = profiles.profile_defaults(client)
    return ProfileForm(data, known=known, asked=["about"] if known["name"] else ["name", "about"])


def _profile_page(request: HttpRequest, form: ProfileForm, *, is_first: bool) -> HttpResponseBase:
    context = {"form": form, "is_first": is_first, "next": request.GET.get("next", "")}
    status = form.status if form.errors else 200
    return render(request, "bespoke/sanctuary/profile.html", context, status=status)


def _onward(request: HttpRequest) -> str:
    """Where they were headed, within their sanctuary."""
    wanted = request.GET.get("next", "")
    return wanted if WITHIN.fullmatch(wanted) else reverse("bespoke:sanctuary")
