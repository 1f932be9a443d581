"""One order at the desk: the client's answers beside the work, what the assistant wrote, and the word on it."""

from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from comptoir.bespoke import queries
from comptoir.bespoke.desk import assignments, prompts, validation
from comptoir.bespoke.desk.desk_access import DeskAccess, desk_view
from comptoir.bespoke.desk.desk_page import (
    crumbs,
    intake_context,
    paginate,
    render_revision,
    subpage_context,
    to_order,
)
from comptoir.bespoke.desk.forms import ApprovalForm, MessageForm, PromptForm, SendBackForm
from comptoir.bespoke.desk.validation import Decision
from comptoir.bespoke.models import Expert, Order, OrderStatus, Revision, RevisionState
from comptoir.bespoke.orders import content, history
from comptoir.bespoke.orders import messages as order_messages
from comptoir.bespoke.refusals import NotYourOrder
from comptoir.kernel.errors import NotFound, Refusal

LINES_SHOWN, ENTRIES_SHOWN = 6, 6
# No content: htmx leaves the page as it is, and asks again.
NOTHING_NEW = 204


@dataclass
class Work:
    """An order in hand with what its page shows of the work. A form that was refused takes the place of a new one."""

    expert: Expert
    order: Order
    forms: dict[str, Any] = field(default_factory=dict)

    @property
    def revision(self) -> Revision | None:
        return self.order.current

    @property
    def stage(self) -> str:
        """What the page is about: ask, asked, sent, failed, decide, or over."""
        order, revision = self.order, self.revision
        if order.status == OrderStatus.PROCESSING and revision:
            if revision.state == RevisionState.FAILED:
                return "failed"
            return "sent" if revision.sent_at else "asked"
        stages = {
            OrderStatus.COMPLETED: "ask",
            OrderStatus.REJECTED: "ask",
            OrderStatus.AWAITING_VALIDATION: "decide",
        }
        return stages.get(OrderStatus(order.status), "over")

    def shown(self) -> dict[str, Any]:
        order, revision = self.order, self.revision
        files = content.attachments_of(order)
        return {
            "order": order,
            "stage": self.stage,
            "revision": revision,
            "in_hand": order.claimed_by_id == self.expert.pk,
            "rendered": render_revision(revision, files),
            "files": [(one.file, content.address(one)) for one in files],
            "asked_steps": [_("Handed over"), _("Written"), _("Validated")],
            "answer_minutes": settings.ASSISTANT_ANSWER_MINUTES,
            "prompt_form": self.forms.get("words") or self._prompt_form(),
            "approval_form": self.forms.get("approval") or ApprovalForm(auto_id="approve_%s"),
            "send_back_form": self.forms.get("send_back") or SendBackForm(auto_id="send_back_%s"),
        }

    def _prompt_form(self) -> PromptForm | None:
        if self.stage not in ("ask", "failed"):
            return None
        return prompt_form(self.expert, self.order)


@require_safe
@desk_view
def order_page(request: HttpRequest, who: DeskAccess, order_id: UUID) -> HttpResponse:
    if who.expert is None:
        return _overview(request, order_id)
    try:
        order = queries.desk_order(who.expert, order_id)
    except NotYourOrder:
        return _overview(request, order_id) if who.is_operator else _unclaimed(request, who.expert, order_id)
    return render_order(request, Work(who.expert, order))


@require_safe
@desk_view
def progress(request: HttpRequest, who: DeskAccess, order_id: UUID) -> HttpResponse:
    """Asked again and again while the assistant writes: nothing until there is news, then the work as it stands."""
    work = Work(who.required_expert, queries.desk_order(who.required_expert, order_id))
    if "HX-Request" not in request.headers:
        return to_order(order_id)
    if work.stage == request.GET.get("seen"):
        return HttpResponse(status=NOTHING_NEW)
    return render(request, "bespoke/desk/work/_work.html", work.shown())


@require_http_methods(["GET", "HEAD", "POST"])
@desk_view
def ask(request: HttpRequest, who: DeskAccess, order_id: UUID) -> HttpResponse:
    """Words for the assistant: sent (L6), or filled in from those that are kept."""
    expert = who.required_expert
    order = queries.desk_order(expert, order_id)
    form = prompt_form(expert, order, request.POST or None)
    is_fit = form.is_valid()
    if request.POST.get("do") == "fill":
        form = _fill_from_template(expert, form)
    elif is_fit and _send_prompt(request, expert, order, form):
        return to_order(order_id, "work")
    return _order_subpage(request, order, "ask", _("Ask the assistant"), form=form)


@require_POST
@desk_view
def validate(request: HttpRequest, who: DeskAccess, order_id: UUID) -> HttpResponse:
    """Approve what waits, or send it back (L9, L10, L11)."""
    expert, approves = who.required_expert, request.POST.get("action") == "approve"
    work = Work(expert, queries.desk_order(expert, order_id))
    form: ApprovalForm | SendBackForm = (
        ApprovalForm(request.POST, auto_id="approve_%s")
        if approves
        else SendBackForm(request.POST, auto_id="send_back_%s")
    )
    if form.is_valid():
        try:
            order = validation.validate(expert, order_id, _decision(form, work.revision, approves=approves))
        except NotFound:
            raise
        except Refusal as refusal:
            form.refuse(refusal)
        else:
            _confirm_decision(request, order)
            return to_order(order_id)
    work.forms["approval" if approves else "send_back"] = form
    return render_order(request, work, status=form.status)


@require_http_methods(["GET", "HEAD", "POST"])
@desk_view
def send_message(request: HttpRequest, who: DeskAccess, order_id: UUID) -> HttpResponse:
    """All that was written, and a line to the client."""
    expert = who.required_expert
    order = queries.desk_order(expert, order_id)
    form = MessageForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            order_messages.from_expert(expert, order_id, **form.cleaned_data)
        except NotFound:
            raise
        except Refusal as refusal:
            form.refuse(refusal)
        else:
            messages.success(
                request, _("Your message is on its way to %(name)s.") % {"name": order.customer_name}
            )
            return to_order(order_id, "messages")
    page = paginate(request, order_messages.read(order, by_client=False).reverse())
    return _order_subpage(request, order, "messages", _("Messages"), form=form, page=page)


# ── Below ───────────────────────────────────────────────────────────────────────────────────────────────────


def render_order(request: HttpRequest, work: Work, *, status: int = 200) -> HttpResponse:
    order = work.order
    lines = list(order_messages.read(order, by_client=False).reverse()[: LINES_SHOWN + 1])
    entries = list(history.entries(order)[: ENTRIES_SHOWN + 1])
    shown = work.shown() | intake_context(order) | {"crumbs": crumbs(order, is_below=False)}
    shown |= {
        "lines": lines[:LINES_SHOWN][::-1],
        "has_more_lines": len(lines) > LINES_SHOWN,
        "message_form": MessageForm(),
        "entries": history.sentences(order, entries[:ENTRIES_SHOWN]),
        "has_more_entries": len(entries) > ENTRIES_SHOWN,
    }
    return render(request, "bespoke/desk/order.html", shown, status=status)


def prompt_form(expert: Expert, order: Order, data: Any = None) -> PromptForm:
    """With the words that were sent the last time, if there were some."""
    asked = order.revisions.exclude(author="expert").order_by("-number").first()
    initial = {"prompt": asked.prompt, "instructions": asked.instructions} if asked else {}
    return PromptForm(data, initial=initial, templates=queries.templates(expert))


def _send_prompt(request: HttpRequest, expert: Expert, order: Order, form: PromptForm) -> bool:
    """Whether the assistant has the words now. Or they were to be kept; what is refused, the form says."""
    try:
        if request.POST.get("do") == "keep":
            prompts.save(
                expert,
                title=form.cleaned_data["title"],
                prompt=form.words["prompt"],
                instructions=form.words["instructions"],
            )
            messages.success(request, _("Kept. You will find them among your prepared words."))
            return False
        assignments.process(expert, order.pk, **form.words)
    except NotFound:
        raise
    except Refusal as refusal:
        form.refuse(refusal)
        return False
    messages.success(request, _("The assistant has been asked. Its answer will appear here."))
    return True


def _fill_from_template(expert: Expert, form: PromptForm) -> PromptForm:
    chosen = form.cleaned_data.get("template")
    words = {"prompt": chosen.prompt, "instructions": chosen.instructions} if chosen else form.words
    return PromptForm(initial={**words, "template": chosen}, templates=queries.templates(expert))


def _order_subpage(
    request: HttpRequest, order: Order, name: str, here: str, *, form: Any, **more: Any
) -> HttpResponse:
    shown = subpage_context(order, here) | intake_context(order) | {"form": form} | more
    status = form.status if form.errors else 200
    return render(request, f"bespoke/desk/{name}.html", shown, status=status)


def _decision(form: Any, revision: Revision | None, *, approves: bool) -> Decision:
    said = form.cleaned_data
    if approves:
        return Decision("approve", notes=said["validation_notes"])
    again = said["ask_again"] and revision is not None and revision.prompt
    return Decision(
        "revise" if again else "reject",
        notes=said["validation_notes"],
        reason=said["rejection_reason"],
        prompt=revision.prompt if again and revision else "",
        instructions=revision.instructions if again and revision else "",
    )


def _confirm_decision(request: HttpRequest, order: Order) -> None:
    said = {
        OrderStatus.DELIVERED: _("Approved. %(name)s has it, and is told by mail."),
        OrderStatus.PROCESSING: _("Sent back. The assistant is writing another one."),
        OrderStatus.REJECTED: _("Sent back. Ask the assistant anew, or write it yourself."),
    }
    messages.success(request, said[OrderStatus(order.status)] % {"name": order.customer_name})


def _unclaimed(request: HttpRequest, expert: Expert, order_id: UUID) -> HttpResponse:
    """Of an order that is still another's to begin: what one needs to know before claiming it."""
    order = queries.free_order(expert, order_id)
    return render(
        request, "bespoke/desk/unclaimed.html", {"order": order, "crumbs": crumbs(order, is_below=False)}
    )


def _overview(request: HttpRequest, order_id: UUID) -> HttpResponse:
    """For operators: where it stands and who has it, and not what its client and expert keep between them."""
    order = queries.seen_by_operator(order_id)
    entries = history.entries(order)[: 4 * ENTRIES_SHOWN]
    shown = {
        "order": order,
        "entries": history.sentences(order, entries),
        "crumbs": crumbs(order, is_below=False),
    }
    return render(request, "bespoke/desk/overview.html", shown)
