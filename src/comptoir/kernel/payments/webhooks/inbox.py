"""What gateways tell us: stored first, acted on afterwards, each event once.

An event is a hint that something moved. What counts is the object itself, read again at the gateway, so that
events may come late, twice, or in any order.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from uuid import UUID

import structlog
from django.db.models import Q

from comptoir.kernel import clock
from comptoir.kernel.bulk_sql import Rows
from comptoir.kernel.ids import is_uuid
from comptoir.kernel.jobs import enqueue_many, job
from comptoir.kernel.network import assert_no_transaction
from comptoir.kernel.payments import customers, disputes, gateways, refunds
from comptoir.kernel.payments.gateways.base import Event, EventSubject, Outcome, SubjectKind
from comptoir.kernel.payments.models import (
    INBOX_TRANSITIONS,
    InboxEvent,
    InboxState,
    Payee,
    Payment,
    PaymentMethod,
    PaymentState,
)
from comptoir.kernel.payments.payouts import accounts as payout_accounts
from comptoir.kernel.payments.settlement import settle_all

log = structlog.get_logger(__name__)

Subjects = Mapping[InboxEvent, EventSubject]


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
        beside=[Rows.of(InboxEvent, kept)],
    )


@job("payments.process_event", in_batches=True)
def process(batch: Sequence[Mapping[str, str]]) -> None:
    """Act on stored events, those of one kind of subject together."""
    ids = [args["event_id"] for args in batch]
    events = InboxEvent.objects.filter(pk__in=ids, state=InboxState.RECEIVED)
    subjects = {event: gateways.events(event.gateway).subject(event.type, event.payload) for event in events}
    acted: set[InboxEvent] = set()
    for kind, act in HANDLERS.items():
        if about := {event: each for event, each in subjects.items() if each and each.kind == kind}:
            acted |= act(about)
    _done(acted, InboxState.PROCESSED)
    _done(subjects.keys() - acted, InboxState.IGNORED)


def _on_accounts(subjects: Subjects) -> set[InboxEvent]:
    accounts = {each.account for each in subjects.values()}
    ours = {(payee.gateway, payee.account): payee for payee in Payee.objects.filter(account__in=accounts)}
    told_of = {event: ours.get((event.gateway, each.account)) for event, each in subjects.items()}
    for payee in {payee.pk: payee for payee in told_of.values() if payee}.values():
        payout_accounts.refresh(payee)
    return {event for event, payee in told_of.items() if payee}


def _on_methods(subjects: Subjects) -> set[InboxEvent]:
    references = {each.method for each in subjects.values()}
    saved = PaymentMethod.objects.filter(reference__in=references)
    ours = {(method.gateway, method.reference): method for method in saved}
    told_of = {event: ours.get((event.gateway, each.method)) for event, each in subjects.items()}
    for method in {method.pk: method for method in told_of.values() if method}.values():
        customers.refresh_method(method)
    return {event for event, method in told_of.items() if method}


def _on_payments(subjects: Subjects) -> set[InboxEvent]:
    found = _find(subjects)
    _settle_unpaid(found, subjects)
    return set(found)


def _on_refunds(subjects: Subjects) -> set[InboxEvent]:
    return _refresh_parts(subjects, refunds.refresh)


def _on_disputes(subjects: Subjects) -> set[InboxEvent]:
    return _refresh_parts(subjects, disputes.refresh)


def _refresh_parts(subjects: Subjects, refresh: Callable[[Payment], None]) -> set[InboxEvent]:
    """Of each payment that the events are about; it is settled first, where that is still to be done."""
    found = _find(subjects)
    found |= _find_at_gateway({event: each for event, each in subjects.items() if event not in found})
    settled = _settle_unpaid(found, subjects)
    for pk, payment in {payment.pk: payment for payment in found.values()}.items():
        refresh(settled.get(pk, payment))
    return set(found)


def _settle_unpaid(found: Mapping[InboxEvent, Payment], subjects: Subjects) -> dict[UUID, Payment]:
    unpaid = {}
    for event, payment in found.items():
        if payment.state != PaymentState.PAID:
            # A page that was opened in a call whose answer we never had is known by the event's own names.
            payment.session = payment.session or subjects[event].session
            payment.reference = payment.reference or subjects[event].reference
            unpaid[payment.pk] = payment
    return {payment.pk: payment for payment in settle_all(_retrieve(unpaid))} if unpaid else {}


# By the kind of an event's subject. What settles comes before what is done to settled payments.
HANDLERS: Mapping[SubjectKind, Callable[[Subjects], set[InboxEvent]]] = {
    "account": _on_accounts,
    "method": _on_methods,
    "payment": _on_payments,
    "refund": _on_refunds,
    "dispute": _on_disputes,
}


def _retrieve(payments: Mapping[UUID, Payment]) -> dict[UUID, Outcome]:
    """Read each of them at the gateway, some at the same time: one's answer takes long, and the others wait."""
    assert_no_transaction()  # the readers' threads could not tell
    at = {payment.gateway: gateways.charging(payment.gateway) for payment in payments.values()}
    with ThreadPoolExecutor(min(each.reads_at_once for each in at.values())) as readers:
        outcomes = readers.map(lambda payment: at[payment.gateway].retrieve(payment), payments.values())
        return dict(zip(payments, outcomes, strict=True))


def _find(subjects: Subjects) -> dict[InboxEvent, Payment]:
    """By our own name for it; or, for what others started, by the gateway's."""
    named = {event: UUID(each.payment_id) for event, each in subjects.items() if is_uuid(each.payment_id)}
    ours = Payment.objects.in_bulk({*named.values()})
    found = {
        event: ours[pk] for event, pk in named.items() if pk in ours and ours[pk].gateway == event.gateway
    }
    return found | _find_theirs({event: each for event, each in subjects.items() if event not in found})


def _find_theirs(subjects: Subjects) -> dict[InboxEvent, Payment]:
    sessions = {each.session for each in subjects.values()} - {""}
    references = {each.reference for each in subjects.values()} - {""}
    if not sessions | references:
        return {}
    known: dict[tuple[str, str], Payment] = {}
    for payment in Payment.objects.filter(Q(session__in=sessions) | Q(reference__in=references)):
        known |= {(payment.gateway, name): payment for name in (payment.session, payment.reference) if name}
    named = {
        event: known.get((event.gateway, each.session)) or known.get((event.gateway, each.reference))
        for event, each in subjects.items()
    }
    return {event: payment for event, payment in named.items() if payment}


def _find_at_gateway(subjects: Subjects) -> dict[InboxEvent, Payment]:
    """A payment on the gateway's page is known by the gateway's name for it once it is settled; what is told of its
    refunds or of a dispute before that names it by nothing else. The gateway knows which of ours it is."""
    named = {
        event: gateways.charging(event.gateway).payment_id_of(each.reference)
        for event, each in subjects.items()
        if each.reference
    }
    ours = Payment.objects.in_bulk({UUID(pk) for pk in named.values() if is_uuid(pk)})
    return {event: ours[UUID(pk)] for event, pk in named.items() if is_uuid(pk) and UUID(pk) in ours}


def _done(events: Iterable[InboxEvent], state: InboxState) -> None:
    assert state in INBOX_TRANSITIONS[InboxState.RECEIVED]
    if ids := [event.pk for event in events]:
        InboxEvent.objects.filter(pk__in=ids, state=InboxState.RECEIVED).update(
            state=state, processed_at=clock.now()
        )
