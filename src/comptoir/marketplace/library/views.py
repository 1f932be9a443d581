"""What a buyer sees after the gateway's page: how the order stands, and the files."""

from typing import Any
from uuid import UUID

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import pgettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from comptoir.marketplace import queries
from comptoir.marketplace.checkout.current_user import signed_in
from comptoir.marketplace.library import delivery
from comptoir.marketplace.library.order_progress import progress_of
from comptoir.marketplace.refusals import NotBought
from comptoir.ui.refused_pages import refused_page, say_refusals


@require_safe
@never_cache
@login_required
@say_refusals
def order_page(request: HttpRequest, order_id: UUID) -> HttpResponse:
    """How an order stands. While that is not settled the page asks again by itself, for the part that changes."""
    [progress] = progress_of([queries.order(signed_in(request), order_id)])
    if request.headers.get("HX-Request") and request.GET.get("seen") == progress.state:
        return HttpResponse(status=204)
    context = {"progress": progress, "order": progress.order, "steps": _steps(progress.state)}
    return render(request, "marketplace/library/order.html", context)


def _steps(state: str) -> dict[str, Any]:
    current = {"ready": 3, "confirming": 2, "waiting": 2}
    return {
        "steps": [pgettext("step", "Order"), pgettext("step", "Payment"), pgettext("step", "Download")],
        "current": current.get(state),
    }


@require_safe
@never_cache
@login_required
@say_refusals
def download(request: HttpRequest, automation_id: UUID) -> HttpResponseBase:
    """A fresh link each time, for whoever may have the file (K17)."""
    try:
        link = delivery.download(signed_in(request), automation_id)
    except NotBought as refusal:
        product = reverse("marketplace:product", args=[automation_id])
        return refused_page(request, refusal, href=product, action=_("See the product"))
    return HttpResponseRedirect(link["url"])
