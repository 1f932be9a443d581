"""Giving the money for a sale back: the page of its seller, and of operators."""

from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from comptoir.kernel.errors import Refusal
from comptoir.kernel.payments.refund_history import page_of
from comptoir.marketplace.checkout.current_user import signed_in
from comptoir.marketplace.dashboard import refunds
from comptoir.marketplace.selling.forms import RefundSaleForm
from comptoir.ui.redirects import SeeOther
from comptoir.ui.refused_pages import say_refusals


@login_required
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@say_refusals
def refund(request: HttpRequest, purchase_id: UUID) -> HttpResponseBase:
    """All that is left of the price is proposed; less may be given, with a reason that the buyer reads."""
    user = signed_in(request)
    sale = refunds.refundable(user, purchase_id)
    form = RefundSaleForm(request.POST or None, left=sale.left)
    if form.is_valid():
        try:
            asked = refunds.refund(user, purchase_id, **form.cleaned_data)
        except Refusal as refusal:
            form.refuse(refusal)
        else:
            messages.success(
                request, _("%(amount)s are on their way back to the buyer.") % {"amount": asked.amount}
            )
            return SeeOther(reverse("marketplace:refund", args=[purchase_id]))
    shown = {
        "form": form,
        "sale": sale,
        "currency": sale.left.currency,
        "page": page_of(request, refunds.made(sale.purchase)),
    }
    return render(
        request, "marketplace/dashboard/refund.html", shown, status=form.status if form.errors else 200
    )
