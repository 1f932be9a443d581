"""Deleting old events and answered gateway calls: they hold personal data, and payments do not need them."""

from datetime import timedelta

from django.db.models import QuerySet

from comptoir.kernel import clock
from comptoir.kernel.jobs import job, periodic
from comptoir.kernel.payments.models import CallState, GatewayCall, InboxEvent, InboxState

# Longer than a gateway repeats or lists an event, so that none is taken for a new one.
EVENTS_KEPT = timedelta(days=90)
CALLS_KEPT = timedelta(days=400)
BATCH = 1_000


@periodic(every=timedelta(hours=1))
@job("payments.prune", max_attempts=3)
def prune() -> None:
    """Delete events worked off 90 days ago and calls answered 400 days ago. What is unresolved stays."""
    now = clock.now()
    over = (InboxState.PROCESSED, InboxState.IGNORED)
    _delete(InboxEvent.objects.filter(state__in=over, received_at__lt=now - EVENTS_KEPT))
    answered = (CallState.DONE, CallState.REFUSED)
    _delete(GatewayCall.objects.filter(state__in=answered, answered_at__lt=now - CALLS_KEPT))


def _delete(old: QuerySet[InboxEvent] | QuerySet[GatewayCall]) -> None:
    while batch := list(old.order_by("pk").values_list("pk", flat=True)[:BATCH]):
        old.filter(pk__in=batch).delete()
