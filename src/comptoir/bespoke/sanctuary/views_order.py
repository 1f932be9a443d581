"""One order in the sanctuary: where it stands, what was delivered, and the client's word on it."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.core.paginator import Page, Paginator
from django.http import HttpRequest, HttpResponseRedirect
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from comptoir.bespoke import queries
from comptoir.bespoke.models import OPEN_STATUSES, Attachment, Message, Order, OrderStatus, PaymentStatus
from comptoir.bespoke.ordering import storefront
from comptoir.bespoke.ordering.client_status import client_status
from comptoir.bespoke.orders import content, intake
from comptoir.bespoke.orders import messages as order_messages
from comptoir.bespoke.refusals import ContentNotFound, NotDelivered
from comptoir.bespoke.sanctuary import acceptance, booklet, contents
from comptoir.bespoke.sanctuary.forms import AcceptForm, ChangeForm, MessageForm
from comptoir.bespoke.sanctuary.views import client_of, with_profile
from comptoir.kernel.errors import NotFound, Refusal
from comptoir.ui.domain_forms import DomainForm
from comptoir.ui.redirects import SeeOther

MESSAGES_A_PAGE = 20


@dataclass(frozen=True)
class Delivered:
    """What the page shows of a content: the text, what is to be listened to, and the other files."""

    html: str
    sounds: list[Attachment]
    papers: list[Attachment]


@require_safe
@with_profile
def order_page(request: HttpRequest, order_id: UUID) -> HttpResponseBase:
    return _order_page(request, order_id)


@require_POST
@with_profile
def accept(request: HttpRequest, order_id: UUID) -> HttpResponseBase:
    form = AcceptForm(request.POST)
    return _told(
        request,
        order_id,
        accepting=form,
        story=lambda: acceptance.accept(client_of(request), order_id, rating=form.cleaned_data["rating"]),
        said=_("Thank you. Your expert will be glad to read it."),
    )


@require_POST
@with_profile
def ask_change(request: HttpRequest, order_id: UUID) -> HttpResponseBase:
    form = ChangeForm(request.POST)
    return _told(
        request,
        order_id,
        changing=form,
        story=lambda: acceptance.ask_change(client_of(request), order_id, **form.cleaned_data),
        said=_("Your expert has your words, and will change it. What you have stays here meanwhile."),
    )


@require_POST
@with_profile
def write(request: HttpRequest, order_id: UUID) -> HttpResponseBase:
    form = MessageForm(request.POST)
    return _told(
        request,
        order_id,
        writing=form,
        story=lambda: order_messages.from_client(client_of(request), order_id, **form.cleaned_data),
        said=_("Your message is on its way."),
    )


@require_safe
@with_profile
def file(request: HttpRequest, order_id: UUID, attachment_id: UUID) -> HttpResponseBase:
    """To a link that works for five minutes. A player that is used for longer comes back for another."""
    reading = contents.read(client_of(request), order_id)
    found = next((one for one in reading.files if one.pk == attachment_id), None)
    if found is None:
        raise ContentNotFound
    return HttpResponseRedirect(content.address(found))


@require_safe
@with_profile
def booklet_page(request: HttpRequest, order_id: UUID) -> HttpResponseBase:
    """What was delivered, as a PDF."""
    return booklet.response(contents.read(client_of(request), order_id))


# ── Below ───────────────────────────────────────────────────────────────────────────────────────────────


def _told(
    request: HttpRequest,
    order_id: UUID,
    *,
    story: Callable[[], object],
    said: str,
    **forms: DomainForm,
) -> HttpResponseBase:
    """Do what the form asks, or show the page again with it as it was left."""
    [form] = forms.values()
    if form.is_valid():
        try:
            story()
        except NotFound:
            raise
        except Refusal as refusal:
            form.refuse(refusal)
        else:
            messages.success(request, said)
            return SeeOther(reverse("bespoke:sanctuary_order", args=[order_id]))
    return _order_page(request, order_id, **forms)


def _order_page(request: HttpRequest, order_id: UUID, **forms: DomainForm) -> HttpResponseBase:
    client = client_of(request)
    order = queries.client_order(client, order_id)
    answered = [(one, _day(one)) for one in intake.questions(order, order.intake) if one.answer]
    left = max(0, order.revision_limit - order.changes_count)
    shown: dict[str, Any] = {
        "order": order,
        "state": client_status(order),
        "expert": order.worked_by,
        "portrait": storefront.portrait(order.worked_by),
        "steps": queries.journey(order),
        "delivered": _delivered(client, order),
        "is_accepted": order.accepted_at is not None,
        "may_accept": order.status == OrderStatus.DELIVERED and order.accepted_at is None,
        "changes_left": left,
        "answered": answered,
        "missing": intake.missing(order, order.intake) if order.status in OPEN_STATUSES else [],
        "may_write": order.status not in order_messages.SILENT,
        "thread": _thread(request, order),
        "accepting": AcceptForm(),
        "changing": ChangeForm(),
        "writing": MessageForm(),
        **forms,
    }
    status = next((form.status for form in forms.values() if form.errors), 200)
    return render(request, "bespoke/sanctuary/order.html", shown, status=status)


def _delivered(client: Any, order: Order) -> Delivered | None:
    """Nothing before it is delivered, and nothing once it is given back."""
    if order.delivered_at is None or order.payment_status != PaymentStatus.SUCCEEDED:
        return None
    try:
        reading = contents.read(client, order.pk)
    except NotDelivered:
        return None
    addresses = {
        str(one.pk): reverse("bespoke:sanctuary_file", args=[order.pk, one.pk]) for one in reading.files
    }
    others = [one for one in reading.files if f"{content.SCHEME}{one.pk}" not in reading.body]
    return Delivered(
        html=content.render(reading.body, addresses=addresses, language=order.locale),
        sounds=[one for one in reading.files if one.file.content_type.startswith("audio/")],
        papers=[one for one in others if not one.file.content_type.startswith("audio/")],
    )


def _day(answered: intake.Answered) -> date | None:
    """A day is shown as its reader writes days."""
    return date.fromisoformat(answered.answer) if answered.kind == "date" else None


def _thread(request: HttpRequest, order: Order) -> Page[Message]:
    """What was written, the newest page first; within a page, the oldest first."""
    newest_first = order_messages.read(order, by_client=True).reverse()
    page = Paginator(newest_first, MESSAGES_A_PAGE).get_page(request.GET.get("page"))
    page.object_list = list(page.object_list)[::-1]
    return page
