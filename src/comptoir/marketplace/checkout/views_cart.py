"""The cart, and what is put into it and taken out."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from comptoir.kernel.errors import Refusal
from comptoir.marketplace.checkout import cart
from comptoir.marketplace.checkout.cart import Buyer
from comptoir.marketplace.checkout.cart_summary import cart_summary
from comptoir.marketplace.checkout.requested_items import ids_in_form
from comptoir.marketplace.checkout.same_origin import same_origin
from comptoir.marketplace.refusals import AutomationNotFound
from comptoir.ui.preferences import person
from comptoir.ui.redirects import SeeOther
from comptoir.ui.refused_pages import say_refusals


@require_safe
@never_cache
def cart_page(request: HttpRequest) -> HttpResponse:
    return show_cart(request, person(request))


@require_POST
@say_refusals
@same_origin
def add(request: HttpRequest) -> HttpResponseBase:
    """Put a product in the cart, and stay with it (K13). A page of it that was kept whole sends this."""
    automation_id = ids_in_form(request, "item")[0]
    try:
        cart.add(person(request), request.session, automation_id)
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
    cart.remove(person(request), request.session, ids_in_form(request, "item")[0])
    return SeeOther(reverse("marketplace:cart"))


def show_cart(request: HttpRequest, buyer: Buyer, refusal: Refusal | None = None) -> HttpResponse:
    """The cart; after a refusal with that, beside the thing concerned where it names one."""
    shown = cart_summary(buyer, request.session, refusal=refusal)
    is_beside = any(line.unavailable_reason is refusal for line in shown.lines)
    context = {"cart": shown, "refusal": None if is_beside else refusal}
    return render(
        request, "marketplace/checkout/cart.html", context, status=refusal.status if refusal else 200
    )
