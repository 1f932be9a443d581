"""Deleting old events and gateway calls that are over: they hold personal data, and payments do not need them."""

from collections.abc import Sequence
from contextlib import suppress
from datetime import timedelta
from uuid import UUID

from django.db.models import QuerySet

from comptoir.kernel import clock
from comptoir.kernel.jobs import job, periodic
from comptoir.kernel.payments.models import (
    UNRESOLVED,
    CallState,
    GatewayCall,
    InboxEvent,
    InboxState,
    Payment,
    Refund,
    RefundState,
)

# Longer than a gateway repeats or lists an event, so that none is taken for a new one.
EVENTS_KEPT = timedelta(days=90)
CALLS_KEPT = timedelta(days=400)
BATCH = 1_000


@periodic(every=timedelta(hours=1))
@job("payments.prune", max_attempts=3)
def prune() -> None:
    """Delete events worked off 90 days ago and calls answered 400 days ago, or sent then for what is over without their
    answer. What is unresolved stays."""
    now = clock.now()
    over = (InboxState.PROCESSED, InboxState.IGNORED)
    _delete(InboxEvent.objects.filter(state__in=over, received_at__lt=now - EVENTS_KEPT))
    answered = (CallState.DONE, CallState.REFUSED)
    _delete(GatewayCall.objects.filter(state__in=answered, answered_at__lt=now - CALLS_KEPT))
    _delete_unanswered(GatewayCall.objects.filter(state=CallState.PREPARED, created_at__lt=now - CALLS_KEPT))


def _delete(old: QuerySet[InboxEvent] | QuerySet[GatewayCall]) -> None:
    while batch := list(old.order_by("pk").values_list("pk", flat=True)[:BATCH]):
        old.filter(pk__in=batch).delete()


def _delete_unanswered(old: QuerySet[GatewayCall]) -> None:
    """Of what their payment or refund no longer waits for: how it ended was learnt otherwise, and nobody sends them."""
    seen = 0
    while batch := list(old.filter(pk__gt=seen).order_by("pk").values_list("pk", "key")[:BATCH]):
        over = _over([key for _pk, key in batch])
        GatewayCall.objects.filter(pk__in=[pk for pk, key in batch if key in over]).delete()
        seen = batch[-1][0]


def _over(keys: Sequence[str]) -> set[str]:
    """Those of these keys that name a payment or a refund that is over."""
    payments, refunds = _named("payment", keys), _named("refund", keys)
    paid = Payment.objects.filter(pk__in=payments).exclude(state__in=UNRESOLVED)
    given = Refund.objects.filter(pk__in=refunds).exclude(state=RefundState.PENDING)
    over = {*paid.values_list("pk", flat=True), *given.values_list("pk", flat=True)}
    return {key for pk, key in (payments | refunds).items() if pk in over}


def _named(subject: str, keys: Sequence[str]) -> dict[UUID, str]:
    """The keys that begin with this subject, by the id that follows it."""
    found = {}
    for key in keys:
        name, _colon, rest = key.partition(":")
        if name == subject:
            with suppress(ValueError):
                found[UUID(rest.partition(":")[0])] = key
    return found
