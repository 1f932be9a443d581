"""The expert's desk: taking an order in hand, letting go of it, and sending it to the assistant."""

from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from comptoir.bespoke.assistant import calls as assistant_calls
from comptoir.bespoke.models import OPEN_STATUSES, Expert, Order, OrderStatus, Revision, RevisionState
from comptoir.bespoke.orders import locked_orders, transitions
from comptoir.bespoke.orders import revisions as order_revisions
from comptoir.bespoke.refusals import (
    AlreadyClaimed,
    NothingToWorkOn,
    StillBeingWritten,
)
from comptoir.kernel import clock, timeline
from comptoir.kernel.errors import FieldError, Invalid

PROMPT_LENGTH = 8000
MAY_BE_SENT = (OrderStatus.COMPLETED, OrderStatus.PROCESSING, OrderStatus.REJECTED)


def claim(expert: Expert, order_id: UUID) -> Order:
    """Take a paid order in hand. Of two who try at once, one has it; claiming one's own again changes nothing.

    Raises `AlreadyClaimed`, `NothingToWorkOn` or `OrderNotFound`.
    """
    with transaction.atomic():
        return _in_hand(expert, order_id)


def release(expert: Expert, order_id: UUID) -> Order:
    """Let go of an order, for another expert to claim."""
    with transaction.atomic():
        order = locked_orders.own(expert, order_id)
        current = order.current
        if order.status == OrderStatus.PROCESSING and current and current.state == RevisionState.REQUESTED:
            raise StillBeingWritten
        order.claimed_by = order.claimed_at = None
        order.save(update_fields=["claimed_by", "claimed_at"])
        timeline.record(transitions.SUBJECT, order.pk, "released", actor=expert.user)
    return order


def process(expert: Expert, order_id: UUID, *, prompt: str, instructions: str = "") -> Revision:
    """Send the order to the assistant with these words (L6). An order that nobody has is claimed with it.

    Asked again while the assistant is writing, the new question replaces the old one. Raises `Invalid`,
    `AssistantNotSetUp`, and what `claim` raises.
    """
    prompt, instructions = prompt.strip(), instructions.strip()
    check_prompt(prompt=prompt, instructions=instructions)
    assistant_calls.refuse_if_missing()
    with transaction.atomic():
        order = _in_hand(expert, order_id)
        if order.status not in MAY_BE_SENT:
            raise NothingToWorkOn(state=order.get_status_display())
        return send(order, expert, prompt=prompt, instructions=instructions)


def send(order: Order, expert: Expert, *, prompt: str, instructions: str) -> Revision:
    """The revision, the status and the job, in the caller's transaction."""
    revision = order_revisions.ask(order, expert=expert, prompt=prompt, instructions=instructions)
    if order.status != OrderStatus.PROCESSING:
        transitions.advance(order, OrderStatus.PROCESSING, actor=expert.user, revision=revision.number)
    assistant_calls.ask_later(revision)
    return revision


def check_prompt(*, prompt: str, instructions: str) -> None:
    """Raises `Invalid`."""
    errors = []
    if not 1 <= len(prompt) <= PROMPT_LENGTH:
        errors.append(
            FieldError("expertPrompt", _("Write what the assistant is to do, in 8000 characters at most."))
        )
    if len(instructions) > PROMPT_LENGTH:
        errors.append(FieldError("expertInstructions", _("Write 8000 characters at most.")))
    if errors:
        raise Invalid(errors=errors)


def _in_hand(expert: Expert, order_id: UUID) -> Order:
    """The order locked and claimed by this expert: one UPDATE that names nobody decides between two."""
    order = locked_orders.locked(order_id)
    if order.claimed_by_id == expert.pk:
        return order
    if order.status not in OPEN_STATUSES:
        raise NothingToWorkOn(state=order.get_status_display())
    now = clock.now()
    free = Order.objects.filter(pk=order.pk, claimed_by=None, status__in=OPEN_STATUSES)
    if not free.update(claimed_by=expert, claimed_at=now):
        order.refresh_from_db(fields=["claimed_by"])
        raise AlreadyClaimed(name=order.worked_by.name)
    order.claimed_by, order.claimed_at = expert, now
    timeline.record(transitions.SUBJECT, order.pk, "claimed", actor=expert.user)
    return order
