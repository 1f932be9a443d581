"""Prompts for the assistant that an expert has prepared: listed, written, deleted."""

from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from comptoir.bespoke import queries
from comptoir.bespoke.desk import prompts
from comptoir.bespoke.desk.desk_access import DeskAccess, desk_view
from comptoir.bespoke.desk.desk_page import paginate, tab_context
from comptoir.bespoke.desk.forms import TemplateForm
from comptoir.kernel.errors import NotFound, Refusal
from comptoir.ui.redirects import SeeOther


@require_safe
@desk_view
def templates(request: HttpRequest, who: DeskAccess) -> HttpResponse:
    """One's own, and those of the house."""
    page = paginate(request, queries.templates(who.required_expert))
    return render(request, "bespoke/desk/templates.html", tab_context(who, "templates") | {"page": page})


@require_http_methods(["GET", "HEAD", "POST"])
@desk_view
def template(request: HttpRequest, who: DeskAccess, template_id: UUID | None = None) -> HttpResponse:
    """One of one's own, or a new one."""
    expert = who.required_expert
    existing = prompts.own(expert, template_id) if template_id else None
    form = TemplateForm(
        request.POST or None,
        initial={name: getattr(existing, name, "") for name in ("title", "prompt", "instructions")},
    )
    if request.method == "POST" and form.is_valid():
        try:
            kept = prompts.save(
                expert, title=form.cleaned_data["title"], template_id=template_id, **form.words
            )
        except NotFound:
            raise
        except Refusal as refusal:
            form.refuse(refusal)
        else:
            messages.success(request, _("“%(title)s” is kept.") % {"title": kept.title})
            return SeeOther(reverse("bespoke:desk_templates"))
    shown = tab_context(who, "templates") | {"form": form, "existing": existing}
    return render(request, "bespoke/desk/template.html", shown, status=form.status if form.errors else 200)


@require_POST
@desk_view
def delete_template(request: HttpRequest, who: DeskAccess, template_id: UUID) -> HttpResponse:
    prompts.delete(who.required_expert, template_id)
    messages.success(request, _("Thrown away."))
    return SeeOther(reverse("bespoke:desk_templates"))
