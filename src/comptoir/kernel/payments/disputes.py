"""Disputes: what the payer's bank withdraws from our balance, gives back, or leaves with the payer.

What is withdrawn stands in an account of its own while the bank decides. What is won comes back from there; what is
lost is taken from those who had it, in proportion, as a refund would be. The gateway's fee is ours.
"""

from datetime import timedelta
from uuid import UUID

import structlog
from django.db import transaction

from comptoir.kernel import clock, timeline
from comptoir.kernel.jobs import enqueue, job
from comptoir.kernel.ledger import chart
from comptoir.kernel.ledger.posting import Line, post
from comptoir.kernel.money import Money
from comptoir.kernel.payments import gateways, unwinding
from comptoir.kernel.payments.gateways.base import DisputeOutcome
from comptoir.kernel.payments.installed_purposes import purpose_of
from comptoir.kernel.payments.models import (
    DISPUTE_TRANSITIONS,
    OPEN_DISPUTES,
    Dispute,
    DisputeState,
    Payment,
)
from comptoir.kernel.states import may_move, move

log = structlog.get_logger(__name__)

SUBJECT = "payments.dispute"
DECIDED = (DisputeState.WON, DisputeState.LOST)
# Open disputes are asked about so often, beside the events that tell of them.
READ_EVERY = timedelta(days=1)


def refresh(payment: Payment) -> None:
    """Bring every dispute of a payment to where it stands at the gateway.

    One transaction for each, and no network in it. Raises `GatewayRefused` or `GatewayUnreachable`.
    """
    if payment.charge:
        for outcome in gateways.charging(payment.gateway).disputes(payment):
            sync(payment, outcome)


def sync(payment: Payment, outcome: DisputeOutcome) -> Dispute:
    """Keep what the gateway says of a dispute, with its postings and its product's reaction. An older reading than the
    one that is kept changes nothing."""
    with transaction.atomic():
        payment = Payment.objects.select_for_update().get(pk=payment.pk)
        dispute, is_new = _row(payment, outcome)
        dispute.payment = payment
        if _is_older(outcome, than=dispute):
            return dispute
        if outcome.movements > dispute.movement_count:
            _book_movements(dispute, outcome)
        dispute.evidence_due_at, dispute.read_at = outcome.evidence_due_at, clock.now()
        dispute.save(update_fields=["evidence_due_at", "read_at"])
        changed = may_move(dispute, outcome.state, table=DISPUTE_TRANSITIONS)
        if changed:
            dispute.closed_at = None if outcome.state in OPEN_DISPUTES else clock.now()
            move(dispute, outcome.state, table=DISPUTE_TRANSITIONS, saving=["closed_at"])
        # It may be withdrawn only after the decision.
        lost_more = dispute.state == DisputeState.LOST and dispute.withdrawn_minor > dispute.lost_minor
        if lost_more:
            _book_loss(dispute)
        if is_new or changed or lost_more:
            _told(dispute)
    return dispute


def due_for_reading() -> list[Dispute]:
    """Those that are open and of which nothing has been heard for a while."""
    quiet = Dispute.objects.filter(state__in=OPEN_DISPUTES, read_at__lt=clock.now() - READ_EVERY)
    return list(quiet.select_related("payment").order_by("opened_at"))


def _row(payment: Payment, outcome: DisputeOutcome) -> tuple[Dispute, bool]:
    return Dispute.objects.select_for_update().get_or_create(
        gateway=payment.gateway,
        reference=outcome.reference,
        defaults={
            "payment": payment,
            "amount_minor": outcome.amount.minor,
            "currency": outcome.amount.currency,
            "reason": outcome.reason,
            "state": outcome.state,
            "closed_at": None if outcome.state in OPEN_DISPUTES else clock.now(),
        },
    )


def _is_older(outcome: DisputeOutcome, *, than: Dispute) -> bool:
    """Movements are only ever added; and a decision that is turned round moves money."""
    turned_round = than.state in DECIDED and outcome.state in DECIDED and outcome.state != than.state
    return outcome.movements < than.movement_count + (1 if turned_round else 0)


def _book_movements(dispute: Dispute, outcome: DisputeOutcome) -> None:
    """What was withdrawn or given back since the last reading, and the gateway's fee for it."""
    payment, name = dispute.payment, dispute.payment.gateway
    moved = outcome.withdrawn - Money(dispute.withdrawn_minor, outcome.withdrawn.currency)
    fee = outcome.fee - Money(dispute.fee_minor, outcome.fee.currency)
    # What comes back after it was lost has been taken from others since: a person has to say whose it is.
    regained = max(outcome.withdrawn, Money(dispute.lost_minor, moved.currency)) - outcome.withdrawn
    lines = [
        _between(chart.disputes(name), chart.gateway(name), moved + regained),
        _between(chart.suspense(), chart.gateway(name), -regained),
        _between(chart.gateway_fees(name), chart.gateway(name), fee),
    ]
    dispute.withdrawn_minor, dispute.fee_minor = outcome.withdrawn.minor, outcome.fee.minor
    dispute.withdrawn_currency = outcome.withdrawn.currency
    dispute.movement_count = outcome.movements
    dispute.lost_minor -= regained.minor
    dispute.save(
        update_fields=["withdrawn_minor", "fee_minor", "withdrawn_currency", "movement_count", "lost_minor"]
    )
    if moved.minor or fee.minor:
        _post(dispute, "moved", lines, dispute.movement_count)
    if moved.currency == payment.received.currency:
        payment.disputed_minor += moved.minor
        payment.save(update_fields=["disputed_minor"])


def _book_loss(dispute: Dispute) -> None:
    """Take what is lost from those who had it; what was withdrawn in another currency from nobody."""
    payment, gone_from = dispute.payment, chart.disputes(dispute.payment.gateway)
    lost = Money(dispute.withdrawn_minor - dispute.lost_minor, dispute.withdrawn_currency)
    if lost.currency == payment.received.currency:
        parts, own = unwinding.in_proportion(payment, lost)
        reversals = unwinding.write_reversals(parts, dispute=dispute)
        lines = unwinding.lines(payment, reversals, lost, own=own, gone_from=gone_from)
        dispute.own_minor += own.minor
        unwinding.fetch_back(reversals)
    else:
        lines = unwinding.lines_beyond(payment, lost, gone_from=gone_from)
    dispute.lost_minor += lost.minor
    dispute.save(update_fields=["lost_minor", "own_minor"])
    _post(dispute, "lost", lines, dispute.movement_count)


def _between(to: chart.AccountName, out_of: chart.AccountName, amount: Money) -> Line:
    """A line whose amount may be below zero: then it goes the other way."""
    return Line(to, out_of, amount) if amount.minor >= 0 else Line(out_of, to, -amount)


def _told(dispute: Dispute) -> None:
    log.warning("payment_disputed", payment=str(dispute.payment_id), state=dispute.state)
    timeline.record(
        "payments.payment",
        dispute.payment_id,
        f"dispute_{dispute.state}",
        dispute=str(dispute.pk),
        amount=dispute.amount_minor,
        reason=dispute.reason,
    )
    # Of what is in suspense the product hears only that it is over.
    if dispute.payment.is_in_suspense:
        unwinding.tell_if_given_back(dispute.payment)
    else:
        enqueue(react_to_dispute, dispute_id=str(dispute.id), state=dispute.state)


@job("payments.react_to_dispute")
def react_to_dispute(*, dispute_id: str, state: str) -> None:
    """Let the product take back what it gave, or prepare for it."""
    with transaction.atomic():
        dispute = Dispute.objects.select_for_update().get(pk=UUID(dispute_id))
        if dispute.state == state:
            purpose = purpose_of(dispute.payment)
            assert purpose, f"{dispute.payment.purpose} is not installed"
            purpose.on_disputed(dispute.payment, dispute)


def _post(dispute: Dispute, fact: str, lines: list[Line], movement: int) -> None:
    post(
        f"dispute:{dispute.id}:{fact}:{movement}",
        kind=f"dispute.{fact}",
        subject=SUBJECT,
        subject_id=dispute.id,
        lines=lines,
        workspace_id=dispute.payment.workspace_id,  # type: ignore[arg-type] # never null
    )
