"""What a client sees: what is offered, whom to choose, the payment, and the order until the sanctuary takes over."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.contrib.auth.views import redirect_to_login
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext, pgettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from comptoir.bespoke import queries
from comptoir.bespoke.models import OPEN_STATUSES, Offer, Order
from comptoir.bespoke.ordering import client_status, current_client, placing, storefront
from comptoir.bespoke.ordering.forms import IntakeForm, OrderForm
from comptoir.bespoke.orders import intake
from comptoir.bespoke.refusals import ExpertNotAvailable, ExpertNotFound, OfferNotForSale, OrderNotFound
from comptoir.kernel.errors import Refusal
from comptoir.kernel.http.problems import TooManyRequests
from comptoir.kernel.payments.element import element, holds_element, return_address
from comptoir.ui.redirects import SeeOther
from comptoir.ui.refused_pages import refused_page, say_refusals

EXPERTS_A_PAGE = 12


@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
@say_refusals
def order(request: HttpRequest) -> HttpResponseBase:
    """The grid; with a level and a service chosen, who is to work on it and for whom (L1)."""
    if "level" not in request.GET:
        return render(request, "bespoke/ordering/offers.html", {"rows": storefront.rows()})
    try:
        offer = storefront.chosen(request.GET["level"], request.GET.get("service", ""))
    except OfferNotForSale as refusal:
        return refused_page(request, refusal, href=reverse("bespoke:order"), action=_("See all offers"))
    return _details(request, offer)


def _details(request: HttpRequest, offer: Offer) -> HttpResponseBase:
    client = current_client.client_of(request)
    form = OrderForm(request.POST or None, client=client, expert=request.GET.get("expert", ""))
    if form.is_valid():
        key = form.cleaned_data["request_key"]
        try:
            current_client.ORDERS_AT_MOST.admit(request)
            placed = placing.place(form.order_request(offer), customer=client, request_key=key)
        except (ExpertNotFound, ExpertNotAvailable) as refusal:
            form.refuse_expert(refusal)
        except TooManyRequests as refusal:
            form.refuse(refusal)
            page = _details_page(request, offer, form)
            page["Retry-After"] = str(refusal.params["seconds"])
            return page
        except Refusal as refusal:
            form.refuse(refusal)
        else:
            current_client.keep_secret(request.session, placed)
            return SeeOther(reverse("bespoke:pay", args=[placed.order.pk]))
    return _details_page(request, offer, form)


def _details_page(request: HttpRequest, offer: Offer, form: OrderForm) -> HttpResponse:
    page = Paginator(queries.experts(), EXPERTS_A_PAGE).get_page(request.GET.get("page"))
    context = {"offer": offer, "form": form, "page": page, "choices": storefront.choices(page)}
    return render(
        request,
        "bespoke/ordering/details.html",
        context | steps(2),
        status=form.status if form.errors else 200,
    )


@require_safe
@never_cache
@holds_element
@say_refusals
def pay(request: HttpRequest, order_id: UUID) -> HttpResponseBase:
    """The gateway's element takes the card: we never see it (L3). The same intent until it is paid (L4)."""
    own = _own(request, order_id)
    if isinstance(own, HttpResponse):
        return own
    if client_status.client_status(own) not in client_status.TO_BE_PAID:
        return SeeOther(reverse("bespoke:order_page", args=[order_id]))
    shown, placed = element(), placing.pay_again(own)
    assert own.payment_id
    context = {
        "order": own,
        "element": shown,
        "client_secret": placed.client_secret,
        "return_url": return_address(own.payment_id),
    }
    return render(request, "bespoke/ordering/pay.html", context | steps(3))


@require_safe
@never_cache
@say_refusals
def order_page(request: HttpRequest, order_id: UUID) -> HttpResponseBase:
    """How the order stands. Until it is paid the page asks again by itself, for the part that changes."""
    own = _own(request, order_id)
    if isinstance(own, HttpResponse):
        return own
    state = client_status.client_status(own)
    if request.headers.get("HX-Request") and request.GET.get("seen") == state:
        return HttpResponse(status=204)
    return _order_page(request, own, state, IntakeForm(intake.questions(own, own.intake)))


@require_POST
@never_cache
@say_refusals
def answers(request: HttpRequest, order_id: UUID) -> HttpResponseBase:
    """Keep what was answered, all of it or a part."""
    own = current_client.own_order(request, order_id)
    form = IntakeForm(intake.questions(own, own.intake), request.POST)
    if form.is_valid():
        try:
            kept = intake.answer(own, form.cleaned_data, actor=current_client.client_of(request))
        except Refusal as refusal:
            form.refuse(refusal)
        else:
            messages.success(request, _told(len(intake.missing(own, kept))))
            return SeeOther(reverse("bespoke:order_page", args=[order_id]))
    return _order_page(request, own, client_status.client_status(own), form)


def steps(current: int) -> dict[str, Any]:
    """Where one is between choosing and being asked."""
    names = [
        pgettext("step", "Choice"),
        pgettext("step", "You"),
        pgettext("step", "Payment"),
        pgettext("step", "Questions"),
    ]
    return {"steps": names, "current_step": current}


def _own(request: HttpRequest, order_id: UUID) -> Order | HttpResponse:
    """The client's own. Who has not signed in may be the client all the same, by the link in a mail."""
    try:
        return current_client.own_order(request, order_id)
    except OrderNotFound:
        if current_client.client_of(request) is None:
            return redirect_to_login(request.get_full_path())
        raise


def _order_page(request: HttpRequest, own: Order, state: str, form: IntakeForm) -> HttpResponseBase:
    questions = intake.questions(own, own.intake)
    context = {
        "order": own,
        "state": state,
        "payment": placing.payment_of(own) if state == "unexpected" else None,
        "form": form,
        "questions": questions,
        "answered": any(question.answer for question in questions),
        "missing": intake.missing(own, own.intake),
        "may_answer": own.status in OPEN_STATUSES,
        "journey": queries.journey(own),
        "expert": own.worked_by,
        "portrait": storefront.portrait(own.worked_by),
        "is_signed_in": current_client.client_of(request) is not None,
        "sanctuary": f"/sanctuary/orders/{own.pk}",
    }
    return render(
        request,
        "bespoke/ordering/order.html",
        context | steps(3 if state in client_status.TO_BE_PAID else 4),
        status=form.status if form.errors else 200,
    )


def _told(missing: int) -> str:
    if not missing:
        return _("Thank you. Your expert has all that they need.")
    return ngettext(
        "Kept. One answer is still missing: give it whenever you like.",
        "Kept. %(count)s answers are still missing: give them whenever you like.",
        missing,
    ) % {"count": missing}
