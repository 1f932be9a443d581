"""The way from the cart, or from a product's own page, to the gateway's page."""

from uuid import UUID

from django.contrib import messages
from django.contrib.auth.views import redirect_to_login
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from comptoir.kernel.errors import Refusal
from comptoir.marketplace.checkout import placing
from comptoir.marketplace.checkout.requested_items import requested_items
from comptoir.marketplace.checkout.same_origin import same_origin
from comptoir.marketplace.checkout.views_cart import show_cart
from comptoir.marketplace.refusals import AutomationNotFound
from comptoir.ui.preferences import person
from comptoir.ui.redirects import SeeOther
from comptoir.ui.refused_pages import say_refusals


@require_http_methods(["POST", "GET"])
@never_cache
@say_refusals
@same_origin
def check_out(request: HttpRequest) -> HttpResponseBase:
    """To the gateway's page (K14): with `buy` for one product from its own page, with `item` for a bill of the cart.

    Who has not signed in does that first, and a GET goes on from there: the request came in a form of ours.
    """
    buyer = person(request)
    requested = requested_items(request, buyer)
    if requested is None:
        return SeeOther(reverse("marketplace:cart"))
    if buyer is None:
        return redirect_to_login(reverse("marketplace:checkout"))
    try:
        return SeeOther(placing.check_out(buyer, [UUID(one) for one in requested.ids]).url)
    except AutomationNotFound:
        raise
    except Refusal as refusal:
        if requested.is_single:
            messages.error(request, str(refusal))
            return SeeOther(reverse("marketplace:product", args=requested.ids))
        return show_cart(request, buyer, refusal)
