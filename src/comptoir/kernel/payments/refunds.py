"""Giving money back: asked for here or made at the gateway, whole or in part, and unwound in proportion.

The row is there before the gateway hears of it. Once the gateway says that it is done, the books take back what
they gave: from each payee their part, from our fees the part on it. What a payee's account cannot give back,
the payee owes us.
"""

import hashlib
from collections.abc import Sequence
from typing import Any
from uuid import UUID

from django.db import transaction
from django.db.models import Count, Sum
from django.utils.translation import gettext_lazy as _

from comptoir.kernel import clock, timeline
from comptoir.kernel.accounts.models import User
from comptoir.kernel.errors import Refusal
from comptoir.kernel.ids import is_uuid, new_id
from comptoir.kernel.jobs import enqueue, job
from comptoir.kernel.ledger import chart
from comptoir.kernel.ledger.posting import Line, post
from comptoir.kernel.money import Money
from comptoir.kernel.payments import calls, gateways, unwinding
from comptoir.kernel.payments.gateways.base import RefundOutcome, RefundsSeen
from comptoir.kernel.payments.gateways.errors import GatewayRefused
from comptoir.kernel.payments.installed_purposes import purpose_of
from comptoir.kernel.payments.models import (
    CONTESTED,
    REFUND_TRANSITIONS,
    REVERSAL_TRANSITIONS,
    GatewayCall,
    Payment,
    PaymentState,
    Refund,
    RefundState,
    Reversal,
    ReversalState,
)
from comptoir.kernel.payments.settlement import passed_on_by_gateway
from comptoir.kernel.payments.unwinding import PartOf
from comptoir.kernel.states import may_move, move


class NothingToRefund(Refusal):
    code = "not_refundable"
    message = _("There is nothing to give back: this has not been paid, or was refunded already.")


class RefundTooLarge(Refusal):
    code = "refund_too_large"
    status = 422
    message = _("At most %(left)s can be given back.")


class PaymentDisputed(Refusal):
    code = "payment_disputed"
    message = _("The payer’s bank is deciding about this payment: until it has, nothing can be given back.")


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
    Raises `NothingToRefund`, `RefundTooLarge` or `PaymentDisputed`.
    """
    with transaction.atomic():
        payment = Payment.objects.select_for_update().get(pk=payment.pk)
        existing = Refund.objects.filter(key=key).first()
        if existing:
            return existing
        amount = amount or left_of(payment)
        _refuse_impossible(payment, amount)
        asked = _write(
            payment, amount, key=key, parts=parts, reason=reason, actor=actor, subject_id=str(subject_id)
        )
        at = gateways.charging(payment.gateway)
        request = at.refund_request(asked, takes_back=_can_take_back(asked))
        calls.prepare(key=f"refund:{asked.id}", gateway=at.name, operation="refund", params=request)
        enqueue(send_refund, key=f"refund:{asked.id}", refund_id=str(asked.id))
    return asked


def key_of(subject: str, request_key: str) -> str:
    """A key for `refund`: the same for a request that comes twice, and a new one where it has no key of its own."""
    asked_by = hashlib.sha256(request_key.encode()).hexdigest() if request_key else str(new_id())
    return f"{subject}:{asked_by}"


def left_of(payment: Payment) -> Money:
    """What of the payment has not been given back, nor is on its way, nor withdrawn by the payer's bank. Never below
    zero, though a refund and a dispute that cross each other can take more than was paid."""
    came = payment.received
    return Money(max(0, came.minor - payment.refunded_minor - payment.disputed_minor), came.currency)


@job("payments.send_refund")
def send_refund(*, refund_id: str) -> None:
    """Ask the gateway for the refund, and settle what it says."""
    asked = Refund.objects.select_related("payment").get(pk=refund_id)
    if asked.state != RefundState.PENDING:
        return
    payment = asked.payment

    def find_existing() -> dict[str, Any] | None:
        seen = gateways.charging(payment.gateway).refunds(payment).outcomes
        return next(({"id": one.reference} for one in seen if one.refund_id == str(asked.pk)), None)

    try:
        calls.execute(GatewayCall.objects.get(key=f"refund:{asked.pk}"), find_existing=find_existing)
    except GatewayRefused as refusal:
        reason = str(refusal.params["reason"])
        _settle(
            payment.pk,
            asked.pk,
            RefundOutcome(RefundState.FAILED, "", asked.amount_minor, failure_message=reason),
        )
        return
    refresh(payment)


def refresh(payment: Payment) -> None:
    """Bring every refund of a payment to where it stands at the gateway, those made there included."""
    if payment.charge:
        sync_refunds(payment, gateways.charging(payment.gateway).refunds(payment))


def sync_refunds(payment: Payment, seen: RefundsSeen) -> None:
    """Keep what the gateway says of a payment's refunds, first of those that failed: what they had set aside is free.

    One transaction for each, and no network in it.
    """
    outcomes = sorted(seen.outcomes, key=lambda outcome: outcome.state != RefundState.FAILED)
    known = payment.refunds.exclude(state=RefundState.PENDING).values_list("reference", flat=True)
    done = [
        each for each in outcomes if each.state == RefundState.SUCCEEDED and each.reference not in set(known)
    ]
    # What the gateway returned of our fee is the sum of all refunds: where there is more of it, it is known of the last
    # one alone.
    more = seen.fee_returned_minor > _fee_booked(payment)["fee"]
    for outcome in outcomes:
        returned = None if more and outcome not in done[-1:] else seen.fee_returned_minor
        _settle(payment.pk, _ours(payment, outcome), outcome, fee_returned=returned)


def _refuse_impossible(payment: Payment, amount: Money) -> None:
    left = left_of(payment)
    if payment.disputes.filter(state__in=CONTESTED).exists():
        raise PaymentDisputed
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
    if parts is None:
        parts, own = unwinding.in_proportion(payment, amount)
    else:
        for part in parts:
            left = Money(unwinding.left_of_share(part.share)[0], amount.currency)
            if part.gross > left:
                raise RefundTooLarge(left=left)
        own = amount - sum((part.gross for part in parts), start=Money(0, amount.currency))
    assert own.minor >= 0, "more is taken back than given back"
    asked = Refund.objects.create(
        payment=payment,
        key=key,
        subject_id=subject_id,
        amount_minor=amount.minor,
        own_minor=own.minor,
        reason=reason,
        actor=actor,
        gateway=payment.gateway,
        reference=reference,
    )
    unwinding.write_reversals(parts, refund=asked)
    payment.refunded_minor += amount.minor
    payment.save(update_fields=["refunded_minor"])
    timeline.record(
        "payments.payment", payment.pk, "refund_asked", actor=actor, amount=amount.minor, reason=reason
    )
    return asked


def _ours(payment: Payment, outcome: RefundOutcome) -> UUID:
    """The row of a refund that the gateway tells of; written now, where it was made there and not here."""
    with transaction.atomic():
        payment = Payment.objects.select_for_update().get(pk=payment.pk)
        known = Refund.objects.filter(payment=payment, reference=outcome.reference).first()
        # What others write into the same place at the gateway can be anything, and the name of ours a second time.
        if known is None and is_uuid(outcome.refund_id):
            known = Refund.objects.filter(payment=payment, pk=outcome.refund_id, reference="").first()
        if known is None:
            amount = Money(outcome.amount_minor, payment.received.currency)
            known = _write(
                payment, amount, key=f"{payment.gateway}:{outcome.reference}", reference=outcome.reference
            )
        return known.pk


def _settle(
    payment_id: UUID, refund_id: UUID, outcome: RefundOutcome, *, fee_returned: int | None = None
) -> None:
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
            _gone_through(asked, taken_back=outcome.taken_back, fee_returned=fee_returned)
        elif bounced:
            _came_back(asked)
        else:
            _not_made(asked)
        # Of what is in suspense the product hears only that it is over.
        if payment.is_in_suspense:
            unwinding.tell_if_given_back(payment)
        else:
            key = f"refund:{asked.id}:{asked.state}"
            enqueue(react_to_refund, key=key, refund_id=str(asked.id), state=asked.state)


def _gone_through(asked: Refund, *, taken_back: bool, fee_returned: int | None) -> None:
    """The reverse of what the payment posted; then the payees' parts are fetched back, where they have them and the
    gateway did not take them with the refund."""
    payment = asked.payment
    reversals = list(asked.reversals.select_related("share__payment"))
    if taken_back and reversals and fee_returned is not None:
        _book_what_was_returned(payment, reversals[0], fee_returned)
    own = Money(asked.own_minor, asked.amount.currency)
    gone_from = chart.gateway(payment.gateway)
    _post(asked, "paid", unwinding.lines(payment, reversals, asked.amount, own=own, gone_from=gone_from))
    if not taken_back:
        unwinding.fetch_back(reversals)
        return
    for reversal in reversals:
        unwinding.reversal_done(reversal, reference=asked.reference)


def _can_take_back(asked: Refund) -> bool:
    """Whether the gateway can take the payee's part back with the refund, as it had passed it on with the charge."""
    payment = asked.payment
    return asked.reversals.exists() and passed_on_by_gateway(payment, list(payment.shares.all()))


def _book_what_was_returned(payment: Payment, reversal: Reversal, fee_returned: int) -> None:
    """Where the gateway gives our fee back in proportion, its rounding counts: to the cent what it returned, which is
    nothing for a refund that was made without. What differs by more than rounding is of one that was made between two
    readings, and comes with that."""
    booked = _fee_booked(payment)
    fee = fee_returned - booked["fee"]
    is_rounding = abs(fee - reversal.fee_minor) <= booked["count"] + 1
    if fee == 0 or (is_rounding and 0 <= fee <= reversal.gross_minor):
        reversal.fee_minor = fee
        reversal.save(update_fields=["fee_minor"])


def _fee_booked(payment: Payment) -> dict[str, int]:
    """What the gateway has given back of our fee, as far as we have booked it, and by how many refunds."""
    done = Reversal.objects.filter(
        refund__payment=payment, refund__state=RefundState.SUCCEEDED, state=ReversalState.DONE
    )
    return done.aggregate(fee=Sum("fee_minor", default=0), count=Count("pk"))


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
    # Some are cancelled already, with a share of which nothing was left.
    for reversal in asked.reversals.exclude(state=ReversalState.CANCELLED):
        move(reversal, ReversalState.CANCELLED, table=REVERSAL_TRANSITIONS)
    unwinding.recover_losses(payment)


@job("payments.react_to_refund")
def react_to_refund(*, refund_id: str, state: str) -> None:
    """Let the product take back what it gave, or give it again where the refund was not made after all."""
    with transaction.atomic():
        # Not the payment as well: who settles locks it first.
        asked = Refund.objects.select_for_update(of=("self",)).select_related("payment").get(pk=refund_id)
        if asked.state == state:
            purpose = purpose_of(asked.payment)
            assert purpose, f"{asked.payment.purpose} is not installed"
            purpose.on_refunded(asked.payment, asked)


def _post(asked: Refund, fact: str, lines: list[Line]) -> None:
    post(
        f"refund:{asked.id}:{fact}",
        kind=f"refund.{fact}",
        subject="payments.refund",
        subject_id=asked.id,
        lines=lines,
        workspace_id=asked.payment.workspace_id,  # type: ignore[arg-type] # never null
    )
