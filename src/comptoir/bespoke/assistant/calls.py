"""The assistant outside the house: asked by a signed webhook, answering by a signed callback, each revision once."""

import json
from datetime import timedelta
from typing import Any
from uuid import UUID

import httpx
import structlog
from django.conf import settings
from django.db import transaction
from django.utils.translation import gettext as _

from comptoir.bespoke.assistant import signing
from comptoir.bespoke.models import (
    REVISION_TRANSITIONS,
    UNANSWERED,
    Intake,
    Order,
    OrderStatus,
    Revision,
    RevisionState,
)
from comptoir.bespoke.orders import intake, mails, transitions
from comptoir.bespoke.orders import revisions as order_revisions
from comptoir.bespoke.refusals import AssistantNotSetUp, OrderNotFound, RevisionClosed
from comptoir.kernel import clock, timeline
from comptoir.kernel.errors import FieldError, Invalid
from comptoir.kernel.jobs import GiveUp, enqueue, job, periodic
from comptoir.kernel.network import assert_no_transaction
from comptoir.kernel.states import move

log = structlog.get_logger(__name__)

CALLBACK_PATH = "/api/webhooks/assistant"
ANSWERS_WITHIN_SECONDS = 20
CONTENT_LENGTH = 500_000
GIVEN_UP_AT_ONCE = 200
# Answers that mean "later", among those that mean "no": a gateway in front of it, or too many at once.
TRY_AGAIN = frozenset({408, 425, 429})


def refuse_if_missing() -> None:
    """Raises `AssistantNotSetUp`."""
    if not settings.ASSISTANT_URL or not settings.ASSISTANT_SECRETS:
        raise AssistantNotSetUp


def ask_later(revision: Revision) -> None:
    """Have the assistant asked, once the caller's transaction is committed."""
    enqueue(ask, key=f"bespoke.ask:{revision.pk}", revision_id=str(revision.pk))


def could_not_ask(*, revision_id: str) -> None:
    """No attempt is left, or none can help. The expert hears of it, and the operator can replay the dead letter."""
    with transaction.atomic():
        revision = order_revisions.locked(revision_id)
        if revision.state == RevisionState.REQUESTED:
            _fail(revision, "unreachable")


@job("bespoke.ask_assistant", max_attempts=8, on_dead=could_not_ask)
def ask(*, revision_id: str) -> None:
    """Send the order to the assistant's webhook (L6). Eight attempts reach over some two hours."""
    revision = _still_wanted(revision_id)
    if revision is None:
        return
    refuse_if_missing()
    body = json.dumps(question(revision), ensure_ascii=False).encode()
    signed = signing.headers(body, secret=settings.ASSISTANT_SECRETS[0])
    assert_no_transaction()
    answer = httpx.post(
        settings.ASSISTANT_URL,
        content=body,
        headers={"Content-Type": "application/json", **signed},
        timeout=ANSWERS_WITHIN_SECONDS,
    )
    if answer.is_client_error and answer.status_code not in TRY_AGAIN:
        raise GiveUp(f"{settings.ASSISTANT_URL} answered {answer.status_code}: {answer.text[:500]}")
    answer.raise_for_status()
    Revision.objects.filter(pk=revision.pk, sent_at=None).update(sent_at=clock.now())


def question(revision: Revision) -> dict[str, Any]:
    """What the assistant is told: the expert's words, the client's answers, and what was sent back before and why.

    Of the client it learns the name, and neither address nor telephone.
    """
    order = revision.order
    answered = intake.questions(order, Intake.objects.get(pk=order.pk))
    return {
        "orderId": str(order.pk),
        "revision": revision.number,
        "level": order.level,
        "service": order.service,
        "duration": order.duration_minutes,
        "language": order.locale,
        "clientName": order.customer_name,
        "expertName": order.worked_by.name,
        "expertPrompt": revision.prompt,
        "expertInstructions": revision.instructions,
        "intake": [{"name": one.name, "question": one.label, "answer": one.answer} for one in answered],
        "previous": [
            {"revision": earlier.number, "content": earlier.content, "reason": earlier.reason}
            for earlier in order.revisions.filter(number__lt=revision.number).order_by("number")
            if earlier.content and earlier.reason
        ],
        "callbackUrl": f"{settings.SITE_URL}{CALLBACK_PATH}",
    }


def take_answer(order_id: UUID, *, revision: int, content: str) -> None:
    """Keep what the assistant wrote (L7): once, for the revision that was asked for, while its order wants it.

    In one transaction, so that a refusal leaves everything as it was. Raises `Invalid`, `OrderNotFound`,
    `RevisionNotFound` or `RevisionClosed`.
    """
    content = content.strip()
    if not 1 <= len(content) <= CONTENT_LENGTH:
        raise Invalid(errors=[FieldError("content", _("Send the content, in 500,000 characters at most."))])
    with transaction.atomic():
        order = Order.objects.select_for_update().filter(pk=order_id).first()
        if order is None:
            raise OrderNotFound
        asked = order_revisions.numbered(order, revision)
        if order.status != OrderStatus.PROCESSING or asked.state not in UNANSWERED:
            raise RevisionClosed
        asked.content, asked.answered_at, asked.failure = content, clock.now(), ""
        asked.save(update_fields=["content", "answered_at", "failure"])
        move(asked, RevisionState.SUBMITTED, table=REVISION_TRANSITIONS)
        transitions.advance(order, OrderStatus.AWAITING_VALIDATION, revision=asked.number)
        mails.answer_ready(order)


@periodic(every=timedelta(minutes=1))
@job("bespoke.stop_waiting")
def stop_waiting() -> None:
    """Tell the expert of each answer that never came. Should it come after all, it is still taken."""
    until = clock.now() - timedelta(minutes=settings.ASSISTANT_ANSWER_MINUTES)
    waiting = Revision.objects.filter(state=RevisionState.REQUESTED, sent_at__lte=until)
    for revision_id in list(waiting.values_list("pk", flat=True)[:GIVEN_UP_AT_ONCE]):
        with transaction.atomic():
            revision = order_revisions.locked(revision_id)
            if revision.state == RevisionState.REQUESTED:
                _fail(revision, "timeout")


def _still_wanted(revision_id: str) -> Revision | None:
    """The revision to ask for, unless it was answered or replaced. A dead letter that is replayed waits anew."""
    with transaction.atomic():
        revision = order_revisions.locked(revision_id)
        if revision.state not in UNANSWERED or revision.order.status != OrderStatus.PROCESSING:
            return None
        if revision.state == RevisionState.FAILED:
            revision.failure, revision.sent_at = "", None
            revision.save(update_fields=["failure", "sent_at"])
            move(revision, RevisionState.REQUESTED, table=REVISION_TRANSITIONS)
        return revision


def _fail(revision: Revision, failure: str) -> None:
    revision.failure, revision.failed_at = failure, clock.now()
    revision.save(update_fields=["failure", "failed_at"])
    move(revision, RevisionState.FAILED, table=REVISION_TRANSITIONS, failure=failure)
    timeline.record(transitions.SUBJECT, revision.order_id, "assistant_failed", failure=failure)
    log.warning("assistant_failed", order=str(revision.order_id), revision=revision.number, failure=failure)
    mails.assistant_failed(revision)
