"""The one door for money. Whoever learns how a payment stands comes through here; whoever is second finds it done."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

import structlog
from django.db import transaction
from django.db.models import prefetch_related_objects

from comptoir.kernel import bulk_sql, clock, timeline
from comptoir.kernel.bulk_sql import Change
from comptoir.kernel.jobs import enqueue, enqueue_many, job
from comptoir.kernel.ledger import chart
from comptoir.kernel.ledger.chart import AccountName
from comptoir.kernel.ledger.posting import Line, Posting, post_all
from comptoir.kernel.money import Money
from comptoir.kernel.payments import gateways
from comptoir.kernel.payments.gateways.base import Outcome, Started
from comptoir.kernel.payments.gateways.errors import Declined, GatewayRefused
from comptoir.kernel.payments.installed_purposes import purpose_of
from comptoir.kernel.payments.models import (
    PAYMENT_TRANSITIONS,
    SHARE_TRANSITIONS,
    Payment,
    PaymentState,
    Share,
    ShareState,
)
from comptoir.kernel.payments.purposes import PaymentPurpose, Reaction
from comptoir.kernel.states import may_move, move, move_all

log = structlog.get_logger(__name__)

SAVED_ONCE_PAID = (
    "session",
    "reference",
    "charge",
    "paid_at",
    "failure_code",
    "failure_message",
    "gateway_fee_minor",
)


def settle(payment_id: UUID, outcome: Outcome) -> Payment:
    """Bring our payment to where it stands at the gateway, with its postings and its product's reaction.

    One transaction, and no network in it. An outcome that we are already past changes nothing.
    """
    return settle_all({payment_id: outcome})[0]


def settle_refused(payment: Payment, refusal: GatewayRefused) -> Payment:
    """After a refusal the payment has failed. One that the payer's bank declined stands at the gateway all the same,
    and may be waiting for its payer."""
    state, code, reference = PaymentState.FAILED, "refused", ""
    if isinstance(refusal, Declined):
        state = PaymentState.REQUIRES_ACTION if refusal.requires_action else state
        code, reference = refusal.decline_code, refusal.reference
    reason = str(refusal.params["reason"])
    outcome = Outcome(state, reference=reference, failure_code=code, failure_message=reason)
    return settle(payment.pk, outcome)


def note_started(payment: Payment, started: Started) -> None:
    """Keep the gateway's names for a payment that it has just made. Its state only where it is new: a webhook may have
    been faster, and it be further."""
    seen: Mapping[str, Any] = {
        "session": started.session,
        "reference": started.reference,
        "page_url": started.page_url,
        "expires_at": started.expires_at,
    }
    new = {"id": payment.pk, "page_url": "", "state": PaymentState.CREATED}
    if bulk_sql.change(Payment, [Change(new, {**seen, "state": PaymentState.OPEN})]):
        payment.session, payment.reference = started.session, started.reference
        payment.page_url, payment.expires_at = started.page_url, started.expires_at
        payment.state = PaymentState.OPEN
    else:
        known = {name: value for name, value in seen.items() if value}
        Payment.objects.filter(pk=payment.pk, page_url="").update(**known)
        payment.refresh_from_db()


def settle_all(outcomes: Mapping[UUID, Outcome]) -> list[Payment]:
    """As `settle`, for several payments in one transaction: all of them, or it raises. In the order of their keys."""
    paid = []
    with transaction.atomic():
        payments = list(Payment.objects.select_for_update().filter(pk__in=outcomes).order_by("pk"))
        for payment in payments:
            outcome = outcomes[payment.pk]
            known = _references(payment, outcome)
            if not may_move(payment, outcome.state, table=PAYMENT_TRANSITIONS):
                if known:
                    payment.save(update_fields=known)
            elif outcome.state == PaymentState.PAID and outcome.amount != payment.amount:
                _paid_otherwise(payment, outcome)
            elif outcome.state == PaymentState.PAID:
                paid.append((payment, outcome))
            else:
                _not_paid(payment, outcome, known)
        if paid:
            _paid(paid)
    return payments


def _references(payment: Payment, outcome: Outcome) -> list[str]:
    """The gateway's names for its objects, each kept once known; of its charges the one that was paid. Returns the
    fields that are to be saved."""
    known = {
        field: value
        for field in ("session", "reference")
        if (value := getattr(outcome, field)) and not getattr(payment, field)
    }
    if outcome.charge and outcome.charge != payment.charge:
        known["charge"] = outcome.charge
    for field, value in known.items():
        setattr(payment, field, value)
    return list(known)


def _note_paid(payment: Payment, outcome: Outcome) -> None:
    payment.paid_at = clock.now()
    payment.failure_code = payment.failure_message = ""
    payment.gateway_fee_minor = outcome.fee_minor


def _paid(settled: Sequence[tuple[Payment, Outcome]]) -> None:
    for payment, outcome in settled:
        _note_paid(payment, outcome)
    move_all(
        [(payment, {"charge": outcome.charge}) for payment, outcome in settled],
        PaymentState.PAID,
        table=PAYMENT_TRANSITIONS,
        saving=SAVED_ONCE_PAID,
    )
    prefetch_related_objects([payment for payment, _outcome in settled], "shares")
    facts, sent, due = [], [], []
    for payment, outcome in settled:
        shares = list(payment.shares.all())
        facts.append(_income(payment, shares))
        facts += _gateway_fee(payment)
        if passed_on_by_gateway(payment, shares):
            sent.append((shares[0], outcome.transfer))
        else:
            due += shares
    post_all(facts + _sent(sent))
    move_all([(share, {}) for share in due], ShareState.DUE, table=SHARE_TRANSITIONS)
    enqueue_many(
        "payments.send_share",
        [{"share_id": str(share.id)} for share in due],
        keys=[f"share:{share.id}" for share in due],
    )
    _react([payment for payment, _outcome in settled])


def _paid_otherwise(payment: Payment, outcome: Outcome) -> None:
    """Another amount or currency came than was asked for: the money is booked where it is, and whose it is stays open.

    All of it is in suspense. No share is sent, and what the gateway passed on by itself the payee owes. The product
    hears nothing until all of it was given back; until then `comptoir ledger check` names the payment.
    """
    assert outcome.amount is not None, "a gateway that says paid says how much"
    _note_paid(payment, outcome)
    payment.received_minor, payment.received_currency = outcome.amount.minor, outcome.amount.currency
    came = {"asked": str(payment.amount), "came": str(outcome.amount), "charge": outcome.charge}
    saving = [*SAVED_ONCE_PAID, "received_minor", "received_currency"]
    move(payment, PaymentState.PAID, table=PAYMENT_TRANSITIONS, saving=saving, **came)
    timeline.record("payments.payment", payment.pk, "unexpected_amount", **came)
    if outcome.amount.minor:
        held = Line(chart.gateway(payment.gateway), chart.suspense(), outcome.amount)
        post_all(
            [
                _fact(payment, "unexpected", [held]),
                *_gateway_fee(payment),
                *_passed_on_unexpected(payment, outcome),
            ]
        )
    else:
        _react([payment])  # there is nothing to decide about
    log.error("payment_of_another_amount", payment=str(payment.pk), **came)


def _passed_on_unexpected(payment: Payment, outcome: Outcome) -> list[Posting]:
    shares = list(payment.shares.all())
    if not passed_on_by_gateway(payment, shares) or payment.received.currency != payment.currency:
        return []
    # By this it is fetched back, where a refund does not take it with it.
    shares[0].transfer = outcome.transfer
    shares[0].save(update_fields=["transfer"])
    # The gateway takes our fee off in full, whatever came.
    passed_on = payment.received - _money(payment, shares[0].fee_minor)
    line = Line(chart.payee(shares[0].payee_id), chart.gateway(payment.gateway), passed_on)
    return [_fact(payment, "passed_on", [line])] if passed_on.minor > 0 else []


def _not_paid(payment: Payment, outcome: Outcome, known: list[str]) -> None:
    payment.failure_code, payment.failure_message = outcome.failure_code[:64], outcome.failure_message
    saving = [*known, "failure_code", "failure_message"]
    move(payment, outcome.state, table=PAYMENT_TRANSITIONS, saving=saving)
    if payment.state in (PaymentState.FAILED, PaymentState.EXPIRED, PaymentState.REQUIRES_ACTION):
        _react([payment])


def _income(payment: Payment, shares: list[Share]) -> Posting:
    """What came in, and whose it is: each payee's net, our fees on it, and what nobody shares to the account that the
    purpose credits."""
    at_gateway = chart.gateway(payment.gateway)
    lines = []
    for share in shares:
        lines.append(Line(at_gateway, chart.payee(share.payee_id), _money(payment, share.net_minor)))
    fees = sum(share.fee_minor for share in shares)
    own = payment.amount_minor - sum(share.gross_minor for share in shares)
    lines.append(Line(at_gateway, chart.fees(payment.purpose), _money(payment, fees)))
    lines.append(Line(at_gateway, credited(payment), _money(payment, own)))
    return _fact(payment, "paid", lines)


def credited(payment: Payment) -> AccountName:
    """The account that is credited with what of the payment nobody shares: revenue, where its product is not
    installed any more."""
    purpose = purpose_of(payment)
    return purpose.credits(payment) if purpose else chart.revenue(payment.purpose)


def passed_on_by_gateway(payment: Payment, shares: Sequence[Share]) -> bool:
    """Whether the gateway itself passes the only share on, with the charge."""
    return bool(shares) and gateways.payouts(payment.gateway).transfers_itself(payment, shares)


def _gateway_fee(payment: Payment) -> list[Posting]:
    """What the gateway kept; where it is not known yet, it is asked for later."""
    if payment.gateway_fee_minor is None:
        enqueue(book_gateway_fee, key=f"payment:{payment.id}:fee", payment_id=str(payment.id))
        return []
    fee = Money(payment.gateway_fee_minor, payment.received.currency)
    kept = Line(chart.gateway_fees(payment.gateway), chart.gateway(payment.gateway), fee)
    return [_fact(payment, "gateway_fee", [kept])] if fee.minor else []


def share_sent(share: Share, *, transfer: str) -> None:
    """The payee has it: what we owed them is settled out of our balance. In the caller's transaction."""
    post_all(_sent([(share, transfer)]))


def _sent(transfers: Sequence[tuple[Share, str]]) -> list[Posting]:
    for share, transfer in transfers:
        share.transfer, share.sent_at, share.held_because = transfer, clock.now(), ""
    move_all(
        [(share, {"transfer": transfer}) for share, transfer in transfers],
        ShareState.SENT,
        table=SHARE_TRANSITIONS,
        saving=["transfer", "sent_at", "held_because"],
    )
    return [_share_sent(share) for share, _transfer in transfers]


def _share_sent(share: Share) -> Posting:
    payment = share.payment
    sent = Line(chart.payee(share.payee_id), chart.gateway(payment.gateway), _money(payment, share.net_minor))
    return Posting(
        f"share:{share.id}:sent",
        kind="share.sent",
        subject="payments.share",
        subject_id=share.id,
        lines=[sent],
        workspace_id=payment.workspace_id,  # type: ignore[arg-type] # never null
    )


def _react(payments: Sequence[Payment]) -> None:
    enqueue_many(
        react,
        [{"payment_id": str(payment.id), "state": payment.state} for payment in payments],
        # A payment is paid once, and can be refused many times.
        keys=[reaction_key(payment) if payment.state == PaymentState.PAID else None for payment in payments],
    )


def reaction_key(payment: Payment) -> str:
    """Of the job that tells the product of a payment that it is paid."""
    return f"payment:{payment.id}:paid"


@job("payments.react", in_batches=True)
def react(batch: Sequence[Mapping[str, str]]) -> None:
    """Let the products do their part, in a transaction of its own: money is booked even while their code is broken."""
    reacting: dict[Reaction, list[Payment]] = defaultdict(list)
    with transaction.atomic():
        ids = [args["payment_id"] for args in batch]
        payments = Payment.objects.select_for_update().filter(pk__in=ids).order_by("pk").in_bulk()
        for args in batch:
            payment = payments[UUID(args["payment_id"])]
            # Otherwise it turned out paid after all, and that has its own reaction.
            if payment.state == args["state"]:
                purpose = purpose_of(payment)
                assert purpose, f"{payment.purpose} is not installed"
                if reaction := _reaction(purpose, payment):
                    reacting[reaction].append(payment)
        for reaction, theirs in reacting.items():
            reaction(theirs)


def _reaction(purpose: PaymentPurpose, payment: Payment) -> Reaction | None:
    if payment.is_in_suspense:
        return purpose.on_failed  # its payer has all of it back
    if payment.state == PaymentState.PAID:
        return purpose.on_paid
    if payment.state == PaymentState.REQUIRES_ACTION:
        return purpose.on_action_required
    return purpose.on_failed


@job("payments.book_gateway_fee")
def book_gateway_fee(*, payment_id: str) -> None:
    """Learn what the gateway kept, where it did not say so at once (delayed methods)."""
    payment = Payment.objects.get(pk=payment_id)
    outcome = gateways.charging(payment.gateway).retrieve(payment)
    if outcome.fee_minor is None:
        raise FeeNotKnown(payment_id)
    with transaction.atomic():
        payment = Payment.objects.select_for_update().get(pk=payment_id)
        if payment.gateway_fee_minor is None:
            payment.gateway_fee_minor = outcome.fee_minor
            payment.save(update_fields=["gateway_fee_minor"])
            post_all(_gateway_fee(payment))


class FeeNotKnown(Exception):
    """The gateway has not booked the charge yet; the job tries again later."""


def _fact(payment: Payment, fact: str, lines: list[Line]) -> Posting:
    return Posting(
        f"payment:{payment.id}:{fact}",
        kind=f"payment.{fact}",
        subject="payments.payment",
        subject_id=payment.id,
        lines=lines,
        workspace_id=payment.workspace_id,  # type: ignore[arg-type] # never null
    )


def _money(payment: Payment, minor: int) -> Money:
    return Money(minor, payment.currency)
