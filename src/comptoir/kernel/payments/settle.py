"""The one door for money. Whoever learns how a payment stands comes through here; whoever is second finds it done."""

from uuid import UUID

import structlog
from django.db import transaction

from comptoir.kernel import clock, registry
from comptoir.kernel.jobs import enqueue, job
from comptoir.kernel.ledger import chart
from comptoir.kernel.ledger.posting import Line, post
from comptoir.kernel.money import Money
from comptoir.kernel.payments.gateways import gateway
from comptoir.kernel.payments.gateways.base import Outcome
from comptoir.kernel.payments.models import (
    PAYMENT_TRANSITIONS,
    SHARE_TRANSITIONS,
    Payment,
    PaymentState,
    Share,
    ShareState,
)
from comptoir.kernel.states import may_move, move

log = structlog.get_logger(__name__)


def settle(payment_id: UUID, outcome: Outcome) -> Payment:
    """Bring our payment to where it stands at the gateway, with its postings and its product's reaction.

    One transaction, and no network in it. An outcome that we are already past changes nothing.
    """
    with transaction.atomic():
        payment = Payment.objects.select_for_update().get(pk=payment_id)
        _keep_references(payment, outcome)
        if not may_move(payment, outcome.state, table=PAYMENT_TRANSITIONS):
            return payment
        if outcome.state == PaymentState.PAID:
            _paid(payment, outcome)
        else:
            _not_paid(payment, outcome)
        return payment


def _keep_references(payment: Payment, outcome: Outcome) -> None:
    """The gateway's names for its objects, each kept once known."""
    known = {
        field: value
        for field in ("session", "reference", "charge")
        if (value := getattr(outcome, field)) and not getattr(payment, field)
    }
    if known:
        for field, value in known.items():
            setattr(payment, field, value)
        payment.save(update_fields=list(known))


def _paid(payment: Payment, outcome: Outcome) -> None:
    assert outcome.amount == payment.amount, f"{payment.id}: asked for {payment.amount}, got {outcome.amount}"
    payment.paid_at = clock.now()
    payment.failure_code = payment.failure_message = ""
    payment.save(update_fields=["paid_at", "failure_code", "failure_message"])
    move(payment, PaymentState.PAID, table=PAYMENT_TRANSITIONS, charge=outcome.charge)
    shares = list(payment.shares.select_related("payee"))
    _post_income(payment, shares)
    if outcome.fee_minor is None:
        enqueue(book_gateway_fee, key=f"payment:{payment.id}:fee", payment_id=str(payment.id))
    else:
        _post_gateway_fee(payment, outcome.fee_minor)
    if gateway(payment.gateway).transfers_itself(payment, shares):
        share_sent(shares[0], transfer=outcome.transfer)
    else:
        for share in shares:
            move(share, ShareState.DUE, table=SHARE_TRANSITIONS)
            enqueue("payments.send_share", key=f"share:{share.id}", share_id=str(share.id))
    _react(payment)


def _not_paid(payment: Payment, outcome: Outcome) -> None:
    payment.failure_code, payment.failure_message = outcome.failure_code[:64], outcome.failure_message
    payment.save(update_fields=["failure_code", "failure_message"])
    move(payment, outcome.state, table=PAYMENT_TRANSITIONS)
    if payment.state in (PaymentState.FAILED, PaymentState.EXPIRED):
        _react(payment)


def _post_income(payment: Payment, shares: list[Share]) -> None:
    """What came in, and whose it is: each payee's net, our fees on it, and as our own revenue what nobody shares."""
    at_gateway = chart.gateway(payment.gateway)
    lines = []
    for share in shares:
        lines.append(Line(at_gateway, chart.payee(share.payee_id), _money(payment, share.net_minor)))
    fees = sum(share.fee_minor for share in shares)
    own = payment.amount_minor - sum(share.gross_minor for share in shares)
    lines.append(Line(at_gateway, chart.fees(payment.purpose), _money(payment, fees)))
    lines.append(Line(at_gateway, chart.revenue(payment.purpose), _money(payment, own)))
    _post(payment, "paid", lines)


def _post_gateway_fee(payment: Payment, fee_minor: int) -> None:
    payment.gateway_fee_minor = fee_minor
    payment.save(update_fields=["gateway_fee_minor"])
    if fee_minor:
        kept = Line(
            chart.gateway_fees(payment.gateway), chart.gateway(payment.gateway), _money(payment, fee_minor)
        )
        _post(payment, "gateway_fee", [kept])


def share_sent(share: Share, *, transfer: str) -> None:
    """The payee has it: what we owed them is settled out of our balance. In the caller's transaction."""
    share.transfer, share.sent_at, share.held_because = transfer, clock.now(), ""
    share.save(update_fields=["transfer", "sent_at", "held_because"])
    move(share, ShareState.SENT, table=SHARE_TRANSITIONS, transfer=transfer)
    payment = share.payment
    sent = Line(chart.payee(share.payee_id), chart.gateway(payment.gateway), _money(payment, share.net_minor))
    post(
        f"share:{share.id}:sent",
        kind="share.sent",
        subject="payments.share",
        subject_id=share.id,
        lines=[sent],
    )


def _react(payment: Payment) -> None:
    enqueue(
        react, key=f"payment:{payment.id}:{payment.state}", payment_id=str(payment.id), state=payment.state
    )


@job("payments.react")
def react(*, payment_id: str, state: str) -> None:
    """Let the product do its part, in a transaction of its own: money is booked even while product code is broken."""
    with transaction.atomic():
        payment = Payment.objects.select_for_update().get(pk=payment_id)
        if payment.state != state:
            # It turned out paid after all, and that has its own reaction.
            return
        purpose = registry.purposes()[payment.purpose]
        (purpose.on_paid if state == PaymentState.PAID else purpose.on_failed)(payment)


@job("payments.book_gateway_fee")
def book_gateway_fee(*, payment_id: str) -> None:
    """Learn what the gateway kept, where it did not say so at once (delayed methods)."""
    payment = Payment.objects.get(pk=payment_id)
    outcome = gateway(payment.gateway).look(payment)
    if outcome.fee_minor is None:
        raise FeeNotKnown(payment_id)
    with transaction.atomic():
        payment = Payment.objects.select_for_update().get(pk=payment_id)
        if payment.gateway_fee_minor is None:
            _post_gateway_fee(payment, outcome.fee_minor)


class FeeNotKnown(Exception):
    """The gateway has not booked the charge yet; the job tries again later."""


def _post(payment: Payment, fact: str, lines: list[Line]) -> None:
    post(
        f"payment:{payment.id}:{fact}",
        kind=f"payment.{fact}",
        subject="payments.payment",
        subject_id=payment.id,
        lines=lines,
    )


def _money(payment: Payment, minor: int) -> Money:
    return Money(minor, payment.currency)
