"""What gateways tell us: stored first, acted on afterwards, each event once.

An event is a hint that something moved. What counts is the object itself, read again at the gateway, so that
events may come late, twice, or in any order. https://docs.stripe.com/webhooks#event-ordering
"""

from collections.abc import Iterable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from uuid import UUID

import structlog
from django.db.models import Q

from comptoir.kernel import clock
from comptoir.kernel.bulk_sql import Rows
from comptoir.kernel.jobs import enqueue_many, job
from comptoir.kernel.network import assert_no_transaction
from comptoir.kernel.payments import refunds
from comptoir.kernel.payments.gateways import gateway
from comptoir.kernel.payments.gateways.base import Event, Outcome, Touched
from comptoir.kernel.payments.models import (
    INBOX_TRANSITIONS,
    InboxEvent,
    InboxState,
    Payee,
    Payment,
    PaymentState,
)
from comptoir.kernel.payments.payouts import accounts as payout_accounts
from comptoir.kernel.payments.settlement import settle_all

log = structlog.get_logger(__name__)

# For each batch. Stripe answers some hundred readings a second: https://docs.stripe.com/rate-limits
LOOKS_AT_ONCE = 4


def store(gateway_name: str, events: Iterable[Event]) -> None:
    """Keep the events and the work they ask for, in one transaction. A repeat finds its rows standing."""
    # In one order, so that two who store the same events at once wait for each other in turn.
    kept = [
        {"id": f"{gateway_name}:{event.id}", "type": event.type, "payload": event.payload}
        for event in sorted(events, key=lambda event: event.id)
    ]
    enqueue_many(
        process,
        [{"event_id": row["id"]} for row in kept],
        keys=[f"inbox:{row['id']}" for row in kept],
        beside=[Rows(InboxEvent, kept, {"state": InboxState.RECEIVED, "received_at": clock.now()})],
    )


@job("payments.process_event", in_batches=True)
def process(batch: Sequence[Mapping[str, str]]) -> None:
    """Act on stored events."""
    ids = [args["event_id"] for args in batch]
    events = InboxEvent.objects.filter(pk__in=ids, state=InboxState.RECEIVED)
    touched = {event: gateway(event.gateway).touched(event.type, event.payload) for event in events}
    known = {event: each for event, each in touched.items() if each is not None}
    acted = _on_accounts(known) | _on_payments(known)
    _done(acted, InboxState.PROCESSED)
    _done(touched.keys() - acted, InboxState.IGNORED)


def _on_accounts(touched: Mapping[InboxEvent, Touched]) -> set[InboxEvent]:
    told_of = {event: each.account for event, each in touched.items() if each.account}
    ours = {payee.account: payee for payee in Payee.objects.filter(account__in={*told_of.values()})}
    for payee in ours.values():
        payout_accounts.read_again(payee)
    return {event for event, account in told_of.items() if account in ours}


def _on_payments(touched: Mapping[InboxEvent, Touched]) -> set[InboxEvent]:
    found = _find(touched)
    unpaid = {}
    for event, payment in found.items():
        if payment.state != PaymentState.PAID:
            # A page that was opened in a call whose answer we never had is known by the event's own names.
            payment.session = payment.session or touched[event].session
            payment.reference = payment.reference or touched[event].reference
            unpaid[payment.pk] = payment
    settled = {payment.pk: payment for payment in settle_all(_look(unpaid))}
    refunded = {payment.pk: payment for event, payment in found.items() if touched[event].refunded}
    for payment in refunded.values():
        refunds.read_again(settled.get(payment.pk, payment))
    return set(found)


def _look(payments: Mapping[UUID, Payment]) -> dict[UUID, Outcome]:
    """Read each of them again at the gateway, some at the same time: one's answer takes long, and the others wait."""
    assert_no_transaction()  # the readers' threads could not tell
    with ThreadPoolExecutor(LOOKS_AT_ONCE) as readers:
        outcomes = readers.map(lambda payment: gateway(payment.gateway).look(payment), payments.values())
        return dict(zip(payments, outcomes, strict=True))


def _find(touched: Mapping[InboxEvent, Touched]) -> dict[InboxEvent, Payment]:
    """By our own name for it; or, for what others started, by the gateway's."""
    named = {event: UUID(each.payment_id) for event, each in touched.items() if _is_uuid(each.payment_id)}
    ours = Payment.objects.in_bulk({*named.values()})
    found = {
        event: ours[pk] for event, pk in named.items() if pk in ours and ours[pk].gateway == event.gateway
    }
    return found | _find_theirs({event: each for event, each in touched.items() if event not in found})


def _find_theirs(touched: Mapping[InboxEvent, Touched]) -> dict[InboxEvent, Payment]:
    sessions = {each.session for each in touched.values()} - {""}
    references = {each.reference for each in touched.values()} - {""}
    if not sessions | references:
        return {}
    known: dict[tuple[str, str], Payment] = {}
    for payment in Payment.objects.filter(Q(session__in=sessions) | Q(reference__in=references)):
        known |= {(payment.gateway, name): payment for name in (payment.session, payment.reference) if name}
    named = {
        event: known.get((event.gateway, each.session)) or known.get((event.gateway, each.reference))
        for event, each in touched.items()
    }
    return {event: payment for event, payment in named.items() if payment}


def _is_uuid(text: str) -> bool:
    try:
        UUID(text)
    except ValueError:
        return False
    return True


def _done(events: Iterable[InboxEvent], state: InboxState) -> None:
    assert state in INBOX_TRANSITIONS[InboxState.RECEIVED]
    if ids := [event.pk for event in events]:
        InboxEvent.objects.filter(pk__in=ids, state=InboxState.RECEIVED).update(
            state=state, processed_at=clock.now()
        )
