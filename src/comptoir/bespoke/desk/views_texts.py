"""The texts of an order at the desk: written and edited by hand, compared, and read back; and its whole timeline."""

from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from comptoir.bespoke import queries
from comptoir.bespoke.desk import diff, validation
from comptoir.bespoke.desk.desk_access import DeskAccess, desk_view
from comptoir.bespoke.desk.desk_page import below, beside, paginate, render_revision, to_order
from comptoir.bespoke.desk.forms import WritingForm
from comptoir.bespoke.models import Attachment, Expert, Order
from comptoir.bespoke.orders import content, history
from comptoir.bespoke.orders import revisions as order_revisions
from comptoir.kernel.errors import NotFound, Refusal


@require_http_methods(["GET", "HEAD", "POST"])
@desk_view
def write(request: HttpRequest, who: DeskAccess, order_id: UUID) -> HttpResponse:
    """The text by the expert's own hand, begun from what stands: kept as a revision of its own (L10)."""
    expert = who.required_expert
    order = queries.desk_order(expert, order_id)
    current = order.current.content if order.current else ""
    form = WritingForm(request.POST or None, initial={"content": current})
    form.fields["content"].required = request.POST.get("do", "keep") == "keep"
    if form.is_valid() and _kept(request, expert, order, form):
        return to_order(order_id, "work")
    files = content.attachments_of(order)
    typed = form["content"].value() or ""
    shown = (
        below(order, _("Write the text"))
        | beside(order)
        | {
            "form": form,
            "files": [(one.file, _markdown(one)) for one in files],
            "preview": content.render(typed, addresses=content.addresses_of(files)),
        }
    )
    return render(request, "bespoke/desk/write.html", shown, status=form.status if form.errors else 200)


@require_POST
@desk_view
def preview(request: HttpRequest, who: DeskAccess, order_id: UUID) -> HttpResponse:
    """A text as its client would read it, while it is typed."""
    order = queries.desk_order(who.required_expert, order_id)
    addresses = content.addresses_of(content.attachments_of(order))
    typed = request.POST.get("content", "")[: validation.CONTENT_LENGTH]
    return render(
        request, "bespoke/desk/_preview.html", {"preview": content.render(typed, addresses=addresses)}
    )


@require_safe
@desk_view
def revisions(request: HttpRequest, who: DeskAccess, order_id: UUID) -> HttpResponse:
    """Every revision, and the difference between two of them: the last two, unless others are asked for (L10)."""
    order = queries.desk_order(who.required_expert, order_id)
    page = paginate(request, order.revisions.order_by("-number"))
    last = order.current.number if order.current else 0
    before, after = _number(request, "before", last - 1), _number(request, "after", last)
    lines = _difference(order, before, after) if before > 0 else None
    shown = below(order, _("Compare revisions")) | {
        "page": page,
        "numbers": range(1, last + 1),
        "before": before,
        "after": after,
        "lines": lines,
        "is_same": lines is not None and all(line.kind == diff.SAME for line in lines),
    }
    return render(request, "bespoke/desk/revisions.html", shown)


@require_safe
@desk_view
def revision(request: HttpRequest, who: DeskAccess, order_id: UUID, number: int) -> HttpResponse:
    """One of them, as it was."""
    order = queries.desk_order(who.required_expert, order_id)
    read = order_revisions.numbered(order, number)
    here = _("Revision %(number)s") % {"number": number}
    shown = (
        below(order, here)
        | beside(order)
        | {
            "read": read,
            "rendered": render_revision(read, content.attachments_of(order)),
        }
    )
    return render(request, "bespoke/desk/revision.html", shown)


@require_safe
@desk_view
def timeline(request: HttpRequest, who: DeskAccess, order_id: UUID) -> HttpResponse:
    order = queries.desk_order(who.required_expert, order_id)
    page = paginate(request, history.entries(order))
    shown = below(order, _("Timeline")) | {"page": page, "entries": history.sentences(order, page)}
    return render(request, "bespoke/desk/timeline.html", shown)


def _kept(request: HttpRequest, expert: Expert, order: Order, form: WritingForm) -> bool:
    """Whether the text is kept. A file that came with the form is, in any case; what is refused, the form says."""
    try:
        if key := form.cleaned_data["attachment_key"]:
            content.attach(expert, order.pk, key=key)
            form.data = {**form.data.dict(), "attachment_key": ""}  # type: ignore[attr-defined]
        if request.POST.get("do") != "keep":
            return False
        validation.write(expert, order.pk, content=form.cleaned_data["content"])
    except NotFound:
        raise
    except Refusal as refusal:
        form.refuse(refusal)
        return False
    messages.success(request, _("Kept as a revision of its own. It waits for your approval."))
    return True


def _markdown(attachment: Attachment) -> str:
    """The line that shows a picture in the text, or leads to a file."""
    name, mark = attachment.file.filename, "!" if attachment.file.content_type.startswith("image/") else ""
    return f"{mark}[{name}]({content.SCHEME}{attachment.pk})"


def _difference(order: Order, before: int, after: int) -> list[diff.Line]:
    earlier, later = order_revisions.numbered(order, before), order_revisions.numbered(order, after)
    return diff.difference(earlier.content, later.content)


def _number(request: HttpRequest, name: str, default: int) -> int:
    asked = request.GET.get(name, "")
    return int(asked) if asked.isascii() and asked.isdigit() and len(asked) < 5 else default
