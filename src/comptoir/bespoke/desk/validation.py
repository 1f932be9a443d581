"""The expert's word on a content: approve and deliver it, send it back, or write it anew by hand."""

from dataclasses import dataclass
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from comptoir.bespoke.assistant.calls import CONTENT_LENGTH, refuse_if_missing
from comptoir.bespoke.desk import assignments
from comptoir.bespoke.models import OPEN_STATUSES, Expert, Order, OrderStatus, Revision, RevisionState
from comptoir.bespoke.orders import locked_orders, mails, transitions
from comptoir.bespoke.orders import revisions as order_revisions
from comptoir.bespoke.orders.revisions import REASON_LENGTH
from comptoir.bespoke.refusals import NothingToValidate, NothingToWorkOn, RevisionLimitReached
from comptoir.kernel import clock, timeline
from comptoir.kernel.errors import FieldError, Invalid

ACTIONS = ("approve", "reject", "revise")


@dataclass(frozen=True)
class Decision:
    """What the expert says of the content that waits.

    `content` is an edited text to approve instead of it. `prompt` and `instructions` go to the assistant when the
    expert rejects and asks anew in one step (`revise`).
    """

    action: str
    notes: str = ""
    reason: str = ""
    content: str = ""
    prompt: str = ""
    instructions: str = ""


def validate(expert: Expert, order_id: UUID, decision: Decision) -> Order:
    """Carry out a decision (L9). Raises `Invalid`, `NotYourOrder`, `NothingToValidate`, `RevisionLimitReached`."""
    _refuse_unfit(decision)
    if decision.action == "approve":
        return _approve(expert, order_id, decision)
    return _send_back(expert, order_id, decision)


def write(expert: Expert, order_id: UUID, *, content: str) -> Revision:
    """A content by the expert's own hand, kept as a revision of its own: edited, or without the assistant at all."""
    content = content.strip()
    if not 1 <= len(content) <= CONTENT_LENGTH:
        raise Invalid(errors=[_too_long("content", CONTENT_LENGTH) if content else _empty("content")])
    with transaction.atomic():
        order = locked_orders.own(expert, order_id)
        if order.status not in OPEN_STATUSES:
            raise NothingToWorkOn(state=order.get_status_display())
        revision = order_revisions.write(order, expert=expert, content=content)
        if order.status == OrderStatus.AWAITING_VALIDATION:
            timeline.record(
                transitions.SUBJECT, order.pk, "written", actor=expert.user, revision=revision.number
            )
        else:
            transitions.advance(
                order, OrderStatus.AWAITING_VALIDATION, actor=expert.user, revision=revision.number
            )
    return revision


def _approve(expert: Expert, order_id: UUID, decision: Decision) -> Order:
    """The client has it from here on, and is told (L11)."""
    with transaction.atomic():
        order, revision = _waiting(expert, order_id)
        edited = decision.content.strip()
        if edited and edited != revision.content:
            revision = order_revisions.write(order, expert=expert, content=edited)
        order_revisions.decide(revision, RevisionState.APPROVED, actor=expert.user, notes=decision.notes)
        order.delivered_at = clock.now()
        order.save(update_fields=["delivered_at"])
        transitions.advance(order, OrderStatus.DELIVERED, actor=expert.user, revision=revision.number)
        mails.delivered(order)
    return order


def _send_back(expert: Expert, order_id: UUID, decision: Decision) -> Order:
    """One more revision is counted, and the order waits for a new content (L10): `revise` asks for it at once."""
    with transaction.atomic():
        order, revision = _waiting(expert, order_id)
        if not order.revisions_left:
            raise RevisionLimitReached(limit=order.revision_limit)
        order_revisions.decide(
            revision, RevisionState.REJECTED, actor=expert.user, notes=decision.notes, reason=decision.reason
        )
        order_revisions.count_sent_back(order)
        transitions.advance(order, OrderStatus.REJECTED, actor=expert.user, revision=revision.number)
        if decision.action == "revise":
            assignments.send(order, expert, prompt=decision.prompt, instructions=decision.instructions)
        else:
            mails.to_revise(order)
    return order


def _waiting(expert: Expert, order_id: UUID) -> tuple[Order, Revision]:
    order = locked_orders.own(expert, order_id)
    if order.status != OrderStatus.AWAITING_VALIDATION or order.current is None:
        raise NothingToValidate
    return order, order.current


def _refuse_unfit(decision: Decision) -> None:
    errors = []
    if decision.action not in ACTIONS:
        choices = ", ".join(ACTIONS)
        errors.append(FieldError("action", _("Choose one of: %(choices)s.") % {"choices": choices}))
    if decision.action in ("reject", "revise") and not decision.reason.strip():
        errors.append(FieldError("rejectionReason", _("Say why, so that the next one can be better.")))
    for field, text in (("validationNotes", decision.notes), ("rejectionReason", decision.reason)):
        if len(text) > REASON_LENGTH:
            errors.append(_too_long(field, REASON_LENGTH))
    if len(decision.content) > CONTENT_LENGTH:
        errors.append(_too_long("content", CONTENT_LENGTH))
    if errors:
        raise Invalid(errors=errors)
    if decision.action == "revise":
        assignments.check_prompt(prompt=decision.prompt.strip(), instructions=decision.instructions.strip())
        refuse_if_missing()


def _too_long(field: str, length: int) -> FieldError:
    return FieldError(field, _("Write %(length)s characters at most.") % {"length": length})


def _empty(field: str) -> FieldError:
    return FieldError(field, _("Write the content first."))
