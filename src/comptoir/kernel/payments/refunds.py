"""Giving money back: asked for here or made at the gateway, whole or in part, and unwound in proportion.

The row is there before the gateway hears of it. Once the gateway says that it is done, the books take back what
they gave: from each payee their part, from our fees the part on it. What a payee's account cannot give back,
the payee owes us.
"""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.db import transaction
from django.db.models import Sum
from django.utils.translation import gettext_lazy as _

from comptoir.kernel import clock, registry, timeline
from comptoir.kernel.accounts.models import User
from comptoir.kernel.errors import Refusal
from comptoir.kernel.ids import new_id
from comptoir.kernel.jobs import enqueue, job
from comptoir.kernel.ledger import chart
from comptoir.kernel.ledger.posting import Line, post
from comptoir.kernel.money import Money
from comptoir.kernel.payments import calls
from comptoir.kernel.payments.gateways import gateway
from comptoir.kernel.payments.gateways.base import GatewayRefused, RefundOutcome, RefundsSeen
from comptoir.kernel.payments.models import (
    REFUND_TRANSITIONS,
    REVERSAL_TRANSITIONS,
    SHARE_TRANSITIONS,
    GatewayCall,
    Payment,
    PaymentState,
    Refund,
    RefundState,
    Reversal,
    ReversalState,
    Share,
    ShareState,
)
from comptoir.kernel.states import may_move, move


class NothingToRefund(Refusal):
    code = "not_refundable"
    message = _("There is nothing to give back: this has not been paid, or was refunded already.")


class RefundTooLarge(Refusal):
    code = "refund_too_large"
    status = 422
    message = _("At most %(left)s can be given back.")


@dataclass(frozen=True)
class PartOf:
    """What a refund takes back from one share: so much of what was sold, and so much of our fee on it."""

    share: Share
    gross: Money
    fee: Money


def refund(
    payment: Payment,
    *,
    amount: Money | None = None,
    reason: str,
    actor: User | None,
    key: str,
    parts: Sequence[PartOf] | None = None,
    subject_id: Any = "",
) -> Refund:
    """Ask for a refund of `amount`, or of all that is left. The same key again gives the refund that stands.

    `parts` says whose it is; without it every share gives its part, in proportion to what is left of each.
    Raises `NothingToRefund` or `RefundTooLarge`.
    """
    with transaction.atomic():
        payment = Payment.objects.select_for_update().get(pk=payment.pk)
        standing = Refund.objects.filter(key=key).first()
        if standing:
            return standing
        amount = amount or left_of(payment)
        _refuse_impossible(payment, amount)
        asked = _write(
            payment, amount, key=key, parts=parts, reason=reason, actor=actor, subject_id=str(subject_id)
        )
        at = gateway(payment.gateway)
        takes_back = at.transfers_itself(payment, list(payment.shares.all()))
        request = at.refund_request(asked, takes_back=takes_back)
        calls.prepare(key=f"refund:{asked.id}", gateway=at.name, operation="refund", params=request)
        enqueue(send_refund, key=f"refund:{asked.id}", refund_id=str(asked.id))
    return asked


def key_of(subject: str, request_key: str) -> str:
    """A key for `refund`: the same for a request that comes twice, and a new one where it has no key of its own."""
    asked_by = hashlib.sha256(request_key.encode()).hexdigest() if request_key else str(new_id())
    return f"{subject}:{asked_by}"


def left_of(payment: Payment) -> Money:
    """What of the payment has not been given back, nor is on its way."""
    return Money(payment.amount_minor - payment.refunded_minor, payment.currency)


@job("payments.send_refund")
def send_refund(*, refund_id: str) -> None:
    """Ask the gateway for the refund, and settle what it says."""
    asked = Refund.objects.select_related("payment").get(pk=refund_id)
    if asked.state != RefundState.PENDING:
        return
    payment = asked.payment

    def find_done() -> dict[str, Any] | None:
        seen = gateway(payment.gateway).refunds(payment).outcomes
        return next(({"id": one.reference} for one in seen if one.refund_id == str(asked.pk)), None)

    try:
        calls.carry_out(GatewayCall.objects.get(key=f"refund:{asked.pk}"), find_done=find_done)
    except GatewayRefused as refusal:
        reason = str(refusal.params["reason"])
        _settle(
            payment.pk,
            asked.pk,
            RefundOutcome(RefundState.FAILED, "", asked.amount_minor, failure_message=reason),
        )
        return
    read_again(payment)


def read_again(payment: Payment) -> None:
    """Bring every refund of a payment to where it stands at the gateway, those made there included."""
    if payment.charge:
        learn(payment, gateway(payment.gateway).refunds(payment))


def learn(payment: Payment, seen: RefundsSeen) -> None:
    """Keep what the gateway says of a payment's refunds. One transaction for each, and no network in it."""
    for outcome in seen.outcomes:
        _settle(payment.pk, _ours(payment, outcome), outcome, fee_returned=seen.fee_returned_minor)


def _refuse_impossible(payment: Payment, amount: Money) -> None:
    left = left_of(payment)
    if payment.state != PaymentState.PAID or not left.minor:
        raise NothingToRefund
    if not 0 < amount.minor <= left.minor:
        raise RefundTooLarge(left=left)


def _write(
    payment: Payment,
    amount: Money,
    *,
    key: str,
    parts: Sequence[PartOf] | None = None,
    reason: str = "",
    actor: User | None = None,
    subject_id: str = "",
    reference: str = "",
) -> Refund:
    """The refund with its reversals, and its amount set aside on the payment, in the caller's transaction."""
    asked = Refund.objects.create(
        payment=payment,
        key=key,
        subject_id=subject_id,
        amount_minor=amount.minor,
        reason=reason,
        actor=actor,
        gateway=payment.gateway,
        reference=reference,
    )
    payment.refunded_minor += amount.minor
    payment.save(update_fields=["refunded_minor"])
    parts = _in_proportion(payment, amount) if parts is None else parts
    assert sum(part.gross.minor for part in parts) <= amount.minor, "more is taken back than given back"
    Reversal.objects.bulk_create(
        Reversal(refund=asked, share=part.share, gross_minor=part.gross.minor, fee_minor=part.fee.minor)
        for part in parts
        if part.gross.minor
    )
    timeline.record(
        "payments.payment", payment.pk, "refund_asked", actor=actor, amount=amount.minor, reason=reason
    )
    return asked


def _in_proportion(payment: Payment, amount: Money) -> list[PartOf]:
    """Of each share as much as it still has of the payment; what belongs to no share is our own."""
    shares = list(payment.shares.order_by("pk"))
    left = [_left_of_share(share) for share in shares]
    before = payment.amount_minor - payment.refunded_minor + amount.minor
    own = before - sum(gross for gross, _fee in left)
    taken = amount.allocate([*(gross for gross, _fee in left), own])
    return [
        PartOf(share, part, fee_part(part, gross_left=gross, fee_left=fee))
        for share, (gross, fee), part in zip(shares, left, taken, strict=False)
        if part.minor
    ]


def fee_part(part: Money, *, gross_left: int, fee_left: int) -> Money:
    """Our fee on a part of what is left, rounded half up; on all that is left, all of it."""
    return Money(fee_left, part.currency).share(Decimal(part.minor) / Decimal(gross_left))


def _left_of_share(share: Share) -> tuple[int, int]:
    """What of a share's gross and fee no reversal has taken."""
    taken = share.reversals.exclude(
        refund__state=RefundState.FAILED, state=ReversalState.CANCELLED
    ).aggregate(gross=Sum("gross_minor", default=0), fee=Sum("fee_minor", default=0))
    return share.gross_minor - taken["gross"], share.fee_minor - taken["fee"]


def _ours(payment: Payment, outcome: RefundOutcome) -> UUID:
    """The row of a refund that the gateway tells of; written now, where it was made there and not here."""
    with transaction.atomic():
        payment = Payment.objects.select_for_update().get(pk=payment.pk)
        known = Refund.objects.filter(payment=payment, reference=outcome.reference).first()
        if known is None and outcome.refund_id:
            known = Refund.objects.filter(payment=payment, pk=outcome.refund_id).first()
        if known is None:
            amount = Money(outcome.amount_minor, payment.currency)
            known = _write(
                payment, amount, key=f"{payment.gateway}:{outcome.reference}", reference=outcome.reference
            )
        return known.pk


def _settle(payment_id: UUID, refund_id: UUID, outcome: RefundOutcome, *, fee_returned: int = 0) -> None:
    with transaction.atomic():
        payment = Payment.objects.select_for_update().get(pk=payment_id)
        asked = Refund.objects.select_for_update().get(pk=refund_id)
        asked.payment = payment
        if outcome.reference and not asked.reference:
            asked.reference = outcome.reference
            asked.save(update_fields=["reference"])
        if not may_move(asked, outcome.state, table=REFUND_TRANSITIONS):
            return
        bounced = asked.state == RefundState.SUCCEEDED
        asked.settled_at, asked.failure_message = clock.now(), outcome.failure_message
        asked.bounced = bounced
        asked.save(update_fields=["settled_at", "failure_message", "bounced"])
        move(asked, outcome.state, table=REFUND_TRANSITIONS)
        if outcome.state == RefundState.SUCCEEDED:
            _gone_through(asked, fee_returned=fee_returned)
        elif bounced:
            _came_back(asked)
        else:
            _not_made(asked)
        enqueue(
            react_to_refund,
            key=f"refund:{asked.id}:{asked.state}",
            refund_id=str(asked.id),
            state=asked.state,
        )


def _gone_through(asked: Refund, *, fee_returned: int) -> None:
    """The reverse of what the payment posted; then the payees' parts are fetched back, where they have them."""
    payment = asked.payment
    reversals = list(asked.reversals.select_related("share"))
    at = gateway(payment.gateway)
    taken_back = at.transfers_itself(payment, list(payment.shares.all()))
    if taken_back and reversals:
        _book_what_was_returned(payment, reversals[0], fee_returned)
    held = chart.gateway(payment.gateway)
    lines = []
    for reversal in reversals:
        lines.append(Line(chart.payee(reversal.share.payee_id), held, _money(payment, reversal.net_minor)))
    fees = sum(reversal.fee_minor for reversal in reversals)
    own = asked.amount_minor - sum(reversal.gross_minor for reversal in reversals)
    lines.append(Line(chart.fees(payment.purpose), held, _money(payment, fees)))
    lines.append(Line(chart.revenue(payment.purpose), held, _money(payment, own)))
    _post(asked, "paid", lines)
    for reversal in reversals:
        if taken_back:
            reversal_done(reversal, reference=asked.reference)
        elif not _cancels_share(reversal):
            enqueue("payments.send_reversal", key=f"reversal:{reversal.id}:0", reversal_id=str(reversal.id))


def _cancels_share(reversal: Reversal) -> bool:
    """A share that the gateway holds back, and of which nothing is left, is never sent; nothing is to be fetched."""
    share = Share.objects.select_for_update().get(pk=reversal.share_id)
    if share.state != ShareState.HELD or _left_of_share(share) != (0, 0):
        return False
    move(share, ShareState.CANCELLED, table=SHARE_TRANSITIONS)
    for waiting in share.reversals.filter(state__in=(ReversalState.DUE, ReversalState.OWED)):
        move(waiting, ReversalState.CANCELLED, table=REVERSAL_TRANSITIONS)
    return True


def _book_what_was_returned(payment: Payment, reversal: Reversal, fee_returned: int) -> None:
    """Where the gateway gives our fee back in proportion, its rounding counts: to the cent what it returned."""
    booked = Reversal.objects.filter(
        refund__payment=payment, refund__state=RefundState.SUCCEEDED, state=ReversalState.DONE
    ).aggregate(fee=Sum("fee_minor", default=0))
    reversal.fee_minor = max(0, min(fee_returned - booked["fee"], reversal.gross_minor))
    reversal.save(update_fields=["fee_minor"])


def _came_back(asked: Refund) -> None:
    """The payer's bank sent it back: we hold it, and owe it to the payer, until an operator finds another way."""
    gateway_name = asked.payment.gateway
    lines = [Line(chart.gateway(gateway_name), chart.refunds_to_pay(gateway_name), asked.amount)]
    _post(asked, "bounced", lines)


def _not_made(asked: Refund) -> None:
    """Nothing moved: the amount is free to be refunded again."""
    payment = asked.payment
    payment.refunded_minor -= asked.amount_minor
    payment.save(update_fields=["refunded_minor"])
    for reversal in asked.reversals.all():
        move(reversal, ReversalState.CANCELLED, table=REVERSAL_TRANSITIONS)


def reversal_done(reversal: Reversal, *, reference: str) -> None:
    """The payee's part is back in our balance. In the caller's transaction."""
    reversal.reference = reference
    reversal.save(update_fields=["reference"])
    move(reversal, ReversalState.DONE, table=REVERSAL_TRANSITIONS)
    payment = reversal.refund.payment
    back = Line(
        chart.gateway(payment.gateway),
        chart.payee(reversal.share.payee_id),
        _money(payment, reversal.net_minor),
    )
    if reversal.net_minor:
        post(
            f"reversal:{reversal.id}:done",
            kind="reversal.done",
            subject="payments.reversal",
            subject_id=reversal.id,
            lines=[back],
            workspace_id=payment.workspace_id,  # type: ignore[arg-type] # never null
        )


@job("payments.react_to_refund")
def react_to_refund(*, refund_id: str, state: str) -> None:
    """Let the product take back what it gave, or give it again where the refund was not made after all."""
    with transaction.atomic():
        asked = Refund.objects.select_for_update().select_related("payment").get(pk=refund_id)
        if asked.state == state:
            registry.purposes()[asked.payment.purpose].on_refunded(asked.payment, asked)


def _post(asked: Refund, fact: str, lines: list[Line]) -> None:
    post(
        f"refund:{asked.id}:{fact}",
        kind=f"refund.{fact}",
        subject="payments.refund",
        subject_id=asked.id,
        lines=lines,
        workspace_id=asked.payment.workspace_id,  # type: ignore[arg-type] # never null
    )


def _money(payment: Payment, minor: int) -> Money:
    return Money(minor, payment.currency)
