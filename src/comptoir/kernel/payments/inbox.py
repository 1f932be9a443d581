"""What gateways tell us: stored first, acted on afterwards, each event once.

An event is a hint that something moved. What counts is the object itself, read again at the gateway, so that
events may come late, twice, or in any order. https://docs.stripe.com/webhooks#event-ordering
"""

from collections.abc import Iterable
from uuid import UUID

import structlog
from django.db.models import Q

from comptoir.kernel import clock
from comptoir.kernel.jobs import enqueue_many, job
from comptoir.kernel.payments import payees, refund
from comptoir.kernel.payments.gateways import gateway
from comptoir.kernel.payments.gateways.base import Event, Touched
from comptoir.kernel.payments.models import (
    INBOX_TRANSITIONS,
    InboxEvent,
    InboxState,
    Payee,
    Payment,
    PaymentState,
)
from comptoir.kernel.payments.settle import settle
from comptoir.kernel.rows import Rows
from comptoir.kernel.states import may_move

log = structlog.get_logger(__name__)


def store(gateway_name: str, events: Iterable[Event]) -> None:
    """Keep the events and the work they ask for, in one transaction. A repeat finds its rows standing."""
    kept = [
        {"id": f"{gateway_name}:{event.id}", "type": event.type, "payload": event.payload} for event in events
    ]
    enqueue_many(
        process,
        [{"event_id": row["id"]} for row in kept],
        keys=[f"inbox:{row['id']}" for row in kept],
        beside=[Rows(InboxEvent, kept, {"state": InboxState.RECEIVED, "received_at": clock.now()})],
    )


@job("payments.process_event")
def process(*, event_id: str) -> None:
    """Act on one stored event."""
    event = InboxEvent.objects.get(pk=event_id)
    if event.state != InboxState.RECEIVED:
        return
    touched = gateway(event.gateway).touched(event.type, event.payload)
    acted = touched is not None and (_on_account(touched) or _on_payment(event.gateway, touched))
    _done(event, InboxState.PROCESSED if acted else InboxState.IGNORED)


def _on_account(touched: Touched) -> bool:
    payee = Payee.objects.filter(account=touched.account).first() if touched.account else None
    if payee:
        payees.read_again(payee)
    return payee is not None


def _on_payment(gateway_name: str, touched: Touched) -> bool:
    payment = _find(gateway_name, touched)
    if payment is None:
        return False
    if payment.state != PaymentState.PAID:
        # A page that was opened in a call whose answer we never had is known by the event's own names.
        payment.session = payment.session or touched.session
        payment.reference = payment.reference or touched.reference
        payment = settle(payment.pk, gateway(gateway_name).look(payment))
    if touched.refunded:
        refund.read_again(payment)
    return True


def _find(gateway_name: str, touched: Touched) -> Payment | None:
    """By our own name for it; or, for what others started, by the gateway's."""
    ours = Payment.objects.filter(gateway=gateway_name)
    if _is_uuid(touched.payment_id) and (payment := ours.filter(pk=touched.payment_id).first()):
        return payment
    names = Q(pk=None)
    if touched.session:
        names |= Q(session=touched.session)
    if touched.reference:
        names |= Q(reference=touched.reference)
    return ours.filter(names).first()


def _is_uuid(text: str) -> bool:
    try:
        UUID(text)
    except ValueError:
        return False
    return True


def _done(event: InboxEvent, state: InboxState) -> None:
    assert may_move(event, state, table=INBOX_TRANSITIONS)
    InboxEvent.objects.filter(pk=event.pk, state=InboxState.RECEIVED).update(
        state=state, processed_at=clock.now()
    )
