"""The expert's desk: the queue, what waits for a word, and taking an order in hand or letting go of it."""

from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from comptoir.bespoke import queries
from comptoir.bespoke.desk import assignments
from comptoir.bespoke.desk.desk_access import DeskAccess, desk_view
from comptoir.bespoke.desk.desk_page import paginate, tab_context, to_order
from comptoir.bespoke.desk.forms import QueueForm
from comptoir.bespoke.queries import QueueFilters
from comptoir.bespoke.refusals import AlreadyClaimed
from comptoir.kernel.errors import NotFound, Refusal
from comptoir.ui.redirects import SeeOther


@require_safe
@desk_view
def queue(request: HttpRequest, who: DeskAccess) -> HttpResponse:
    """What is to be done, the most pressing first (L8). Operators see the orders of the whole house."""
    form = QueueForm(request.GET)
    filters = form.filters(request.GET.get("whose", "mine" if who.expert else "all"))
    rows = (
        queries.queue(who.expert, filters)
        if who.expert and not _sees_all(request, who)
        else queries.every_order(filters)
    )
    page = paginate(request, rows)
    page.object_list = queries.of_page(page.object_list)  # type: ignore[arg-type]
    shown = {
        "page": page,
        "form": form,
        "filters": filters,
        "is_narrowed": filters != QueueFilters(whose=filters.whose),
        "whose": _whose(request, who, filters),
    }
    return render(request, "bespoke/desk/queue.html", tab_context(who, "queue") | shown)


@require_safe
@desk_view
def validation_queue(request: HttpRequest, who: DeskAccess) -> HttpResponse:
    """The contents that wait for this expert's word, the oldest order first (L8)."""
    page = paginate(request, queries.validation_queue(who.required_expert))
    shown = tab_context(who, "validation", waiting=page.paginator.count)
    return render(request, "bespoke/desk/validation.html", shown | {"page": page})


@require_POST
@desk_view
def claim(request: HttpRequest, who: DeskAccess, order_id: UUID) -> HttpResponse:
    """Of two who ask at once, one has it; the other is told who, and where there are others (L12)."""
    try:
        order = assignments.claim(who.required_expert, order_id)
    except AlreadyClaimed as refusal:
        messages.warning(request, _("%(reason)s These are free.") % {"reason": refusal})
        return SeeOther(f"{reverse('bespoke:desk')}?whose=free")
    messages.success(request, _("Order %(code)s is in your hands.") % {"code": order.code})
    return to_order(order_id)


@require_POST
@desk_view
def release(request: HttpRequest, who: DeskAccess, order_id: UUID) -> HttpResponse:
    try:
        order = assignments.release(who.required_expert, order_id)
    except NotFound:
        raise
    except Refusal as refusal:
        messages.error(request, str(refusal))
        return to_order(order_id)
    messages.success(request, _("You have let go of order %(code)s.") % {"code": order.code})
    return SeeOther(reverse("bespoke:desk"))


def _sees_all(request: HttpRequest, who: DeskAccess) -> bool:
    """An operator who is an expert as well has a queue of their own too."""
    return who.is_operator and request.GET.get("whose") == "all"


def _whose(request: HttpRequest, who: DeskAccess, filters: QueueFilters) -> list[dict[str, Any]]:
    """Whose orders, as links that keep the rest of what was asked for."""
    kept = {name: request.GET[name] for name in ("q", "status", "due", "age") if request.GET.get(name)}
    choices = [("mine", _("Mine")), ("free", _("Free")), ("all", _("All"))]
    return [
        {
            "label": label,
            "href": f"?{urlencode({'whose': value, **kept})}",
            "current": value == filters.whose,
            "count": None,
        }
        for value, label in (choices if who.expert else choices[1:])
    ]
