"""For operators: how the work goes, in figures drawn on the server, and what they want to be told of."""

from collections.abc import Sequence
from typing import Any
from urllib.parse import urlencode

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from comptoir.bespoke.desk.desk_access import DeskAccess, operator_view
from comptoir.bespoke.desk.desk_page import ROWS, tab_context
from comptoir.bespoke.desk.forms import AlertForm
from comptoir.bespoke.models import OPEN_STATUSES, OrderStatus
from comptoir.bespoke.operations import alert_rules, metrics
from comptoir.kernel.errors import NotFound, Refusal
from comptoir.ui.redirects import SeeOther


@require_safe
@operator_view
def figures(request: HttpRequest, who: DeskAccess) -> HttpResponse:
    """Orders by state, time in each, experts' load, and what became of the contents (L18)."""
    found = metrics.figures()
    states = [
        {"label": OrderStatus(pace.status).label, "pace": pace, "is_open": pace.status in OPEN_STATUSES}
        for pace in found.paces
    ]
    shown = {
        "figures": found,
        "open": sum(pace.count for pace in found.paces if pace.status in OPEN_STATUSES),
        "states": states,
        "counts": _bars(found.paces),
        "contents": _outcomes(found.writing),
        "loads": Paginator(found.loads, ROWS).get_page(request.GET.get("page")),
        "dead": alert_rules.COUNTS[alert_rules.Measure.DEAD_JOBS](),
        "dead_letters": _dead_letters(),
    }
    return render(request, "bespoke/operations/figures.html", tab_context(who, "figures") | shown)


@require_http_methods(["GET", "HEAD", "POST"])
@operator_view
def alerts(request: HttpRequest, who: DeskAccess) -> HttpResponse:
    """What is watched, how it stands, and a new threshold."""
    form = AlertForm(request.POST or None, initial={"mail_to": who.user.email})
    if request.method == "POST" and _save(request, who, form):
        return SeeOther(reverse("bespoke:desk_alerts"))
    shown = {"form": form, "watched": alert_rules.watched_measures()}
    return _page(request, "alerts", tab_context(who, "alerts") | shown, form)


@require_http_methods(["GET", "HEAD", "POST"])
@operator_view
def alert(request: HttpRequest, who: DeskAccess, rule_id: int) -> HttpResponse:
    rule = alert_rules.rule(rule_id)
    form = AlertForm.of(rule, request.POST or None)
    if request.method == "POST" and _save(request, who, form, rule_id=rule_id):
        return SeeOther(reverse("bespoke:desk_alerts"))
    return _page(request, "alert", tab_context(who, "alerts") | {"form": form, "rule": rule}, form)


@require_POST
@operator_view
def delete_alert(request: HttpRequest, who: DeskAccess, rule_id: int) -> HttpResponse:
    alert_rules.delete(who.user, rule_id)
    messages.success(request, _("Thrown away. Nobody is told of it any more."))
    return SeeOther(reverse("bespoke:desk_alerts"))


def _save(request: HttpRequest, who: DeskAccess, form: AlertForm, *, rule_id: int | None = None) -> bool:
    if not form.is_valid():
        return False
    try:
        alert_rules.save(who.user, rule_id=rule_id, **form.cleaned_data)
    except NotFound:
        raise
    except Refusal as refusal:
        form.refuse(refusal)
        return False
    messages.success(
        request, _("Set. You are told once when it is reached, and again only after it has cleared.")
    )
    return True


def _page(request: HttpRequest, name: str, shown: dict[str, Any], form: AlertForm) -> HttpResponse:
    status = form.status if form.errors else 200
    return render(request, f"bespoke/operations/{name}.html", shown, status=status)


def _bars(paces: Sequence[metrics.Pace]) -> list[tuple[str, int, str]]:
    """How many orders are in each state that work has still to be done in."""
    return [
        (str(OrderStatus(pace.status).label), pace.count, str(pace.count))
        for pace in paces
        if pace.status in OPEN_STATUSES
    ]


def _outcomes(writing: metrics.Writing) -> list[tuple[str, int, str]]:
    rows = [
        (_("Asked"), writing.asked),
        (_("Answered"), writing.answered),
        (_("Failures"), writing.failed),
        (_("Approvals"), writing.approved),
        (_("Sent back"), writing.rejected),
    ]
    return [(label, count, str(count)) for label, count in rows]


def _dead_letters() -> str:
    """Where what the assistant never took lies, and can be sent again."""
    wanted = urlencode({"state__exact": "dead", "name__exact": "bespoke.ask_assistant"})
    return f"{reverse('admin:jobs_job_changelist')}?{wanted}"
