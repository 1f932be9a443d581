"""What stands around the desk's pages: its tabs, the way back up, and the client's answers beside the work."""

from typing import Any
from uuid import UUID

from django.core.paginator import Page, Paginator
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _

from comptoir.bespoke import queries
from comptoir.bespoke.desk.desk_access import DeskAccess
from comptoir.bespoke.models import Attachment, Order, Revision
from comptoir.bespoke.orders import content, intake
from comptoir.ui.redirects import SeeOther

ROWS = 25


def tab_context(who: DeskAccess, here: str, *, waiting: int | None = None) -> dict[str, Any]:
    """The tabs that are for this person. `waiting` is how many contents wait for them, where that is known already."""
    tabs: list[tuple[str, Any, str, int | None]] = [("queue", _("Queue"), "bespoke:desk", None)]
    if who.expert:
        if waiting is None:
            waiting = queries.validation_queue(who.expert).count()
        tabs.append(("validation", _("To validate"), "bespoke:desk_validation", waiting))
        tabs.append(("templates", _("Prepared words"), "bespoke:desk_templates", None))
    if who.is_operator:
        tabs.append(("figures", _("Figures"), "bespoke:desk_figures", None))
        tabs.append(("alerts", _("Alerts"), "bespoke:desk_alerts", None))
    return {
        "who": who,
        "tabs": [
            {"label": label, "href": reverse(route), "current": name == here, "count": count}
            for name, label, route, count in tabs
        ],
    }


def paginate(request: HttpRequest, rows: QuerySet[Any]) -> Page[Any]:
    return Paginator(rows, ROWS).get_page(request.GET.get("page"))


def to_order(order_id: UUID, part: str = "") -> HttpResponse:
    path = reverse("bespoke:desk_order", args=[order_id])
    return SeeOther(f"{path}#{part}" if part else path)


def crumbs(order: Order, *, is_below: bool = True) -> list[tuple[str, str]]:
    way = [(_("Queue"), reverse("bespoke:desk"))]
    if is_below:
        way.append((order.code, reverse("bespoke:desk_order", args=[order.pk])))
    return way


def below(order: Order, here: str) -> dict[str, Any]:
    """For a page below the order's own."""
    return {"order": order, "here": here, "crumbs": crumbs(order)}


def beside(order: Order) -> dict[str, Any]:
    """The client's answers, for the side of a page about their order."""
    return {"order": order, "answers": intake.questions(order, order.intake)}


def render_revision(revision: Revision | None, files: list[Attachment]) -> Any:
    if revision is None or not revision.content:
        return ""
    return content.render(revision.content, addresses=content.addresses_of(files))
