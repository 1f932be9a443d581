"""Asking the gateways about payments that are not resolved, disputes that are open, shares that were not sent, and
events that we may have missed.

Not about refunds that are on their way: those are followed by the job that asked for them, and then by events.
"""

from collections.abc import Iterator
from datetime import datetime, timedelta

import structlog
from django.db.models import F, Q, QuerySet

from comptoir.kernel import clock
from comptoir.kernel.errors import Refusal
from comptoir.kernel.jobs import enqueue, job, periodic
from comptoir.kernel.payments import charges, disputes, gateways
from comptoir.kernel.payments.gateways.errors import GatewayRefused, GatewayUnreachable
from comptoir.kernel.payments.models import (
    UNRESOLVED,
    InboxEvent,
    InboxState,
    Payee,
    Payment,
    Share,
    ShareState,
)
from comptoir.kernel.payments.payouts import accounts as payout_accounts
from comptoir.kernel.payments.webhooks import inbox

log = structlog.get_logger(__name__)

# A payment is left alone while its payer may just be paying it.
SETTLES_BY_ITSELF = timedelta(minutes=2)
# After the first time, which the payment's row sets.
POLL_AFTER = (timedelta(minutes=15), timedelta(hours=1), timedelta(hours=3), timedelta(days=1))


def run(since: datetime | None = None) -> list[str]:
    """Resolve what can be resolved now; returns a sentence for each thing that changed.

    `since` bounds which missed events are asked for; by default all that the gateway still keeps.
    Unreachable gateways are said so too: nothing is given up, the next run asks again.
    """
    everything = Payment.objects.filter(created_at__lt=clock.now() - SETTLES_BY_ITSELF)
    return _resolve(everything, since=since)


@periodic(every=timedelta(minutes=5))
@job("payments.reconcile")
def reconcile_due() -> None:
    """The same, by itself: over the last three days, as long as gateways retry, and of the payments those due.

    Most payments settle by their webhook, so one that stays silent is asked about ever more seldom.
    """
    for line in _resolve(
        Payment.objects.filter(next_poll_at__lte=clock.now()), since=clock.now() - timedelta(days=3)
    ):
        log.info("reconciled", what=line)


def _resolve(payments: QuerySet[Payment], *, since: datetime | None) -> list[str]:
    return [
        *_missed_events(since),
        *_unprocessed_events(),
        *_payments(payments),
        *_disputes(),
        *_shares(),
        *_payees(),
    ]


def _missed_events(since: datetime | None) -> Iterator[str]:
    for name in gateways.that_send_events():
        try:
            at = gateways.events(name)
            events = list(at.missed_events(since or clock.now() - at.events_kept_for))
        except (GatewayUnreachable, GatewayRefused) as problem:
            yield f"{name}: missed events could not be read: {problem}"
            continue
        ids = [f"{name}:{event.id}" for event in events]
        known = set(InboxEvent.objects.filter(pk__in=ids).values_list("pk", flat=True))
        missed = [event for event in events if f"{name}:{event.id}" not in known]
        inbox.store(name, missed)
        for event in missed:
            yield f"{name}: event {event.id} ({event.type}) had not reached us"


def _unprocessed_events() -> Iterator[str]:
    stuck = InboxEvent.objects.filter(
        state=InboxState.RECEIVED, received_at__lt=clock.now() - SETTLES_BY_ITSELF
    )
    for event in stuck.order_by("received_at").iterator():
        try:
            inbox.process([{"event_id": event.pk}])
        except Exception as problem:
            yield f"event {event.pk}: still not processed: {_told(problem)}"
        else:
            yield f"event {event.pk} ({event.type}) processed"


def _payments(rows: QuerySet[Payment]) -> Iterator[str]:
    for payment in rows.filter(state__in=UNRESOLVED).order_by("created_at").iterator():
        before = payment.state
        _poll_later(payment)
        try:
            after = charges.refresh(payment).state
        except GatewayRefused as problem:
            after = Payment.objects.get(pk=payment.pk).state
            yield f"payment {payment.pk}: {problem}"
        except Exception as problem:
            yield f"payment {payment.pk}: still {before}: {_told(problem)}"
            continue
        if after != before:
            yield f"payment {payment.pk} ({payment.purpose} {payment.subject_id}): {before} → {after}"


def _poll_later(payment: Payment) -> None:
    wait = POLL_AFTER[min(payment.poll_count, len(POLL_AFTER) - 1)]
    Payment.objects.filter(pk=payment.pk).update(
        poll_count=F("poll_count") + 1, next_poll_at=clock.now() + wait
    )


def _disputes() -> Iterator[str]:
    for dispute in disputes.due_for_reading():
        try:
            disputes.refresh(dispute.payment)
        except Exception as problem:
            yield f"dispute {dispute.pk}: {_told(problem)}"
            continue
        before = dispute.state
        dispute.refresh_from_db()
        if dispute.state != before:
            yield f"dispute {dispute.pk} of payment {dispute.payment_id}: {before} → {dispute.state}"


def _shares() -> Iterator[str]:
    due = Share.objects.filter(state=ShareState.DUE, payment__paid_at__lt=clock.now() - SETTLES_BY_ITSELF)
    for share in due.iterator():
        enqueue("payments.send_share", key=f"share:{share.id}:{clock.now():%Y%m%d%H}", share_id=str(share.id))
        yield f"share {share.pk} of payment {share.payment_id}: its transfer is asked for again"


def _payees() -> Iterator[str]:
    """Accounts with a share held back: what was wrong with them may be mended."""
    waiting = Payee.objects.filter(Q(shares__state=ShareState.HELD)).distinct()
    for payee in waiting.iterator():
        try:
            payout_accounts.refresh(payee)
        except Exception as problem:
            yield f"payee {payee.pk}: {_told(problem)}"


def _told(problem: Exception) -> str:
    """One that cannot be resolved never holds up the others, whatever is wrong with it."""
    if isinstance(problem, Refusal):
        return str(problem)
    log.error("reconcile_stumbled", exc_info=problem)
    return f"{type(problem).__name__}: {problem}"
