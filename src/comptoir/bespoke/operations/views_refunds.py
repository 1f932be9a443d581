"""Giving the money for an order back: the operator's page."""

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

from comptoir.bespoke.operations import refunds
from comptoir.bespoke.ordering.current_client import client_of
from comptoir.bespoke.ordering.forms import RefundOrderForm
from comptoir.kernel.errors import Refusal
from comptoir.kernel.payments.refund_history import page_of
from comptoir.ui.redirects import SeeOther
from comptoir.ui.refused_pages import say_refusals


@login_required
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@say_refusals
def refund(request: HttpRequest, order_id: UUID) -> HttpResponseBase:
    """All that is left is proposed; less may be given, with a reason that the client reads."""
    operator = client_of(request)
    assert operator, "this page is behind the sign-in"
    refundable = refunds.refundable(operator, order_id)
    form = RefundOrderForm(request.POST or None, left=refundable.left)
    if form.is_valid():
        try:
            asked = refunds.refund(operator, order_id, **form.cleaned_data)
        except Refusal as refusal:
            form.refuse(refusal)
        else:
            told = _("%(amount)s are on their way back to the client.") % {"amount": asked.amount}
            messages.success(request, told)
            return SeeOther(reverse("bespoke:refund", args=[order_id]))
    context = {
        "form": form,
        "refundable": refundable,
        "order": refundable.order,
        "currency": refundable.order.currency,
        "page": page_of(request, refunds.made(refundable.order)),
    }
    return render(
        request, "bespoke/operations/refund.html", context, status=form.status if form.errors else 200
    )
