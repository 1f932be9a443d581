"""The cart, and the way from it to the gateway's page."""

from collections.abc import Sequence
from contextlib import suppress
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.contrib.auth.views import redirect_to_login
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from comptoir.kernel.errors import Refusal
from comptoir.marketplace.checkout import cart, placing
from comptoir.marketplace.checkout.cart_summary import cart_summary
from comptoir.marketplace.checkout.current_user import buyer_of
from comptoir.marketplace.checkout.same_origin import same_origin
from comptoir.marketplace.refusals import AutomationNotFound, TooManyItems
from comptoir.ui.redirects import SeeOther
from comptoir.ui.refused_pages import say_refusals

# What was to be bought when somebody was asked to sign in first: the ids, and the page to come back to.
WANTED = "wanted"


@require_safe
@never_cache
def cart_page(request: HttpRequest) -> HttpResponse:
    return _shown(request)


@require_POST
@say_refusals
@same_origin
def add(request: HttpRequest) -> HttpResponseBase:
    """Put a product in the cart, and stay with it (K13). A page of it that was kept whole sends this."""
    automation_id = _ids(request, "item")[0]
    try:
        cart.add(buyer_of(request), request.session, automation_id)
    except AutomationNotFound:
        raise
    except Refusal as refusal:
        messages.error(request, str(refusal))
    else:
        link = format_html('<a href="{}">{}</a>', reverse("marketplace:cart"), _("See the cart"))
        messages.success(request, format_html("{} {}", _("Added to your cart."), link))
    return SeeOther(reverse("marketplace:product", args=[automation_id]))


@require_POST
@say_refusals
@same_origin
def remove(request: HttpRequest) -> HttpResponseBase:
    cart.remove(buyer_of(request), request.session, _ids(request, "item")[0])
    return SeeOther(reverse("marketplace:cart"))


@require_http_methods(["POST", "GET"])
@never_cache
@say_refusals
@same_origin
def check_out(request: HttpRequest) -> HttpResponseBase:
    """To the gateway's page (K14): with `buy` for one product from its own page, with `item` for a bill of the cart.

    Who has not signed in does that first. What they wanted waits in their session, and a GET goes on with it: the
    wish came in a form of ours, and a link from elsewhere finds none.
    """
    wanted = _wanted(request)
    if wanted is None:
        return SeeOther(reverse("marketplace:cart"))
    buyer = buyer_of(request)
    if buyer is None:
        return _sign_in_first(request, wanted)
    try:
        return SeeOther(placing.check_out(buyer, [UUID(one) for one in wanted["ids"]]).url)
    except AutomationNotFound:
        raise
    except Refusal as refusal:
        if wanted["product"]:
            messages.error(request, str(refusal))
            return SeeOther(reverse("marketplace:product", args=wanted["ids"]))
        return _shown(request, refusal)


def _wanted(request: HttpRequest) -> dict[str, Any] | None:
    if request.method == "GET":
        return request.session.pop(WANTED, None)
    if "buy" in request.POST:
        return {"product": True, "ids": [str(one) for one in _ids(request, "buy")]}
    ids = _ids(request, "item") if "item" in request.POST else cart.ids(buyer_of(request), request.session)
    return {"product": False, "ids": [str(one) for one in ids]}


def _sign_in_first(request: HttpRequest, wanted: dict[str, Any]) -> HttpResponse:
    """What is bought at once goes into the cart as well: should signing up lead elsewhere, it is still at hand."""
    if wanted["product"]:
        with suppress(TooManyItems):
            cart.add(None, request.session, UUID(wanted["ids"][0]))
    request.session[WANTED] = wanted
    return redirect_to_login(reverse("marketplace:checkout"))


def _shown(request: HttpRequest, refusal: Refusal | None = None) -> HttpResponse:
    """The cart; after a refusal with that, beside the thing concerned where it names one."""
    shown = cart_summary(buyer_of(request), request.session, refusal=refusal)
    is_beside = any(line.unavailable_reason is refusal for line in shown.lines)
    context = {"cart": shown, "refusal": None if is_beside else refusal}
    return render(
        request, "marketplace/checkout/cart.html", context, status=refusal.status if refusal else 200
    )


def _ids(request: HttpRequest, name: str) -> Sequence[UUID]:
    """Raises `AutomationNotFound` for what never was the id of anything."""
    try:
        found = [UUID(value) for value in request.POST.getlist(name)]
    except ValueError as error:
        raise AutomationNotFound from error
    if not found:
        raise AutomationNotFound
    return found
