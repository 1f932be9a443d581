"""The one door for money. Whoever learns how a payment stands comes through here; whoever is second finds it done."""

from uuid import UUID

import structlog
from django.db import transaction

from comptoir.kernel import clock, registry
from comptoir.kernel.jobs import enqueue, job
from comptoir.kernel.ledger import chart
from comptoir.kernel.ledger.posting import Line, Posting, post_all
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
        known = _references(payment, outcome)
        if not may_move(payment, outcome.state, table=PAYMENT_TRANSITIONS):
            if known:
                payment.save(update_fields=known)
            return payment
        if outcome.state == PaymentState.PAID:
            _paid(payment, outcome, known)
        else:
            _not_paid(payment, outcome, known)
        return payment


def _references(payment: Payment, outcome: Outcome) -> list[str]:
    """The gateway's names for its objects, each kept once known. Answers the fields that are to be saved."""
    known = {
        field: value
        for field in ("session", "reference", "charge")
        if (value := getattr(outcome, field)) and not getattr(payment, field)
    }
    for field, value in known.items():
        setattr(payment, field, value)
    return list(known)


def _paid(payment: Payment, outcome: Outcome, known: list[str]) -> None:
    assert outcome.amount == payment.amount, f"{payment.id}: asked for {payment.amount}, got {outcome.amount}"
    payment.paid_at = clock.now()
    payment.failure_code = payment.failure_message = ""
    payment.gateway_fee_minor = outcome.fee_minor
    saving = [*known, "paid_at", "failure_code", "failure_message", "gateway_fee_minor"]
    move(payment, PaymentState.PAID, table=PAYMENT_TRANSITIONS, saving=saving, charge=outcome.charge)
    shares = list(payment.shares.select_related("payee"))
    facts = [_income(payment, shares)]
    if outcome.fee_minor is None:
        enqueue(book_gateway_fee, key=f"payment:{payment.id}:fee", payment_id=str(payment.id))
    elif outcome.fee_minor:
        facts.append(_gateway_fee(payment))
    if gateway(payment.gateway).transfers_itself(payment, shares):
        facts.append(_sent(shares[0], outcome.transfer))
        post_all(facts)
    else:
        post_all(facts)
        for share in shares:
            move(share, ShareState.DUE, table=SHARE_TRANSITIONS)
            enqueue("payments.send_share", key=f"share:{share.id}", share_id=str(share.id))
    _react(payment)


def _not_paid(payment: Payment, outcome: Outcome, known: list[str]) -> None:
    payment.failure_code, payment.failure_message = outcome.failure_code[:64], outcome.failure_message
    saving = [*known, "failure_code", "failure_message"]
    move(payment, outcome.state, table=PAYMENT_TRANSITIONS, saving=saving)
    if payment.state in (PaymentState.FAILED, PaymentState.EXPIRED):
        _react(payment)


def _income(payment: Payment, shares: list[Share]) -> Posting:
    """What came in, and whose it is: each payee's net, our fees on it, and as our own revenue what nobody shares."""
    at_gateway = chart.gateway(payment.gateway)
    lines = []
    for share in shares:
        lines.append(Line(at_gateway, chart.payee(share.payee_id), _money(payment, share.net_minor)))
    fees = sum(share.fee_minor for share in shares)
    own = payment.amount_minor - sum(share.gross_minor for share in shares)
    lines.append(Line(at_gateway, chart.fees(payment.purpose), _money(payment, fees)))
    lines.append(Line(at_gateway, chart.revenue(payment.purpose), _money(payment, own)))
    return _fact(payment, "paid", lines)


def _gateway_fee(payment: Payment) -> Posting:
    assert payment.gateway_fee_minor
    kept = Line(
        chart.gateway_fees(payment.gateway),
        chart.gateway(payment.gateway),
        _money(payment, payment.gateway_fee_minor),
    )
    return _fact(payment, "gateway_fee", [kept])


def share_sent(share: Share, *, transfer: str) -> None:
    """The payee has it: what we owed them is settled out of our balance. In the caller's transaction."""
    post_all([_sent(share, transfer)])


def _sent(share: Share, transfer: str) -> Posting:
    share.transfer, share.sent_at, share.held_because = transfer, clock.now(), ""
    saving = ["transfer", "sent_at", "held_because"]
    move(share, ShareState.SENT, table=SHARE_TRANSITIONS, saving=saving, transfer=transfer)
    payment = share.payment
    sent = Line(chart.payee(share.payee_id), chart.gateway(payment.gateway), _money(payment, share.net_minor))
    return Posting(
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
            payment.gateway_fee_minor = outcome.fee_minor
            payment.save(update_fields=["gateway_fee_minor"])
            if outcome.fee_minor:
                post_all([_gateway_fee(payment)])


class FeeNotKnown(Exception):
    """The gateway has not booked the charge yet; the job tries again later."""


def _fact(payment: Payment, fact: str, lines: list[Line]) -> Posting:
    return Posting(
        f"payment:{payment.id}:{fact}",
        kind=f"payment.{fact}",
        subject="payments.payment",
        subject_id=payment.id,
        lines=lines,
    )


def _money(payment: Payment, minor: int) -> Money:
    return Money(minor, payment.currency)
