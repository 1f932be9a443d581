"""The revisions of an order: a new one for each question and each edit, and none of them ever changed."""

from collections.abc import Iterable
from uuid import UUID

from django.db.models import F

from comptoir.bespoke.models import (
    REVISION_TRANSITIONS,
    UNANSWERED,
    Author,
    Expert,
    Order,
    Revision,
    RevisionState,
)
from comptoir.bespoke.refusals import RevisionNotFound
from comptoir.kernel import clock
from comptoir.kernel.states import move

# Why a content is sent back, and what is noted about it, in characters.
REASON_LENGTH = 4000


def ask(order: Order, *, expert: Expert, prompt: str, instructions: str) -> Revision:
    """A content to be written by the assistant. Whatever was asked before and not answered is replaced by it."""
    close_unanswered(order)
    return _next(
        order,
        author=Author.ASSISTANT,
        state=RevisionState.REQUESTED,
        expert=expert,
        prompt=prompt,
        instructions=instructions,
    )


def write(order: Order, *, expert: Expert, content: str) -> Revision:
    """A content by the expert's own hand. It replaces what waits for an answer or for validation."""
    replaced = (*UNANSWERED, RevisionState.SUBMITTED)
    _supersede(order, replaced)
    return _next(
        order,
        author=Author.EXPERT,
        state=RevisionState.SUBMITTED,
        expert=expert,
        content=content,
        answered_at=clock.now(),
    )


def count_sent_back(order: Order) -> None:
    """The order was sent back once more, by its expert or by its client."""
    Order.objects.filter(pk=order.pk).update(revision_count=F("revision_count") + 1)
    order.revision_count += 1


def close_unanswered(order: Order) -> None:
    """What is still asked of the assistant will be refused when it comes."""
    _supersede(order, UNANSWERED)


def decide(
    revision: Revision, to: RevisionState, *, actor: object, notes: str = "", reason: str = ""
) -> None:
    """Approve or reject a submitted content."""
    revision.notes, revision.reason, revision.decided_at = notes, reason, clock.now()
    revision.save(update_fields=["notes", "reason", "decided_at"])
    move(revision, to, table=REVISION_TRANSITIONS, actor=actor)


def numbered(order: Order, number: int) -> Revision:
    """One revision of an order by its number. Raises `RevisionNotFound`."""
    found = order.revisions.filter(number=number).first()
    if found is None:
        raise RevisionNotFound
    return found


def locked(revision_id: UUID | str) -> Revision:
    """A revision with its order, both locked in the caller's transaction: the order first, as everywhere."""
    order_id = Revision.objects.values_list("order_id", flat=True).get(pk=revision_id)
    order = Order.objects.select_for_update().get(pk=order_id)
    revision = Revision.objects.get(pk=revision_id)
    revision.order = order
    return revision


def _next(order: Order, **fields: object) -> Revision:
    last = order.revisions.order_by("-number").values_list("number", flat=True).first() or 0
    revision = Revision.objects.create(order=order, number=last + 1, **fields)
    order.current = revision
    order.save(update_fields=["current"])
    return revision


def _supersede(order: Order, states: Iterable[str]) -> None:
    for revision in order.revisions.filter(state__in=list(states)):
        move(revision, RevisionState.SUPERSEDED, table=REVISION_TRANSITIONS)
