"""Taking back, in proportion, what a payment gave: from each payee their part, from our fees the part on it, and the
rest from the account that its purpose credits. For refunds and for disputes that were lost."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal

from django.db.models import Sum

from comptoir.kernel.jobs import enqueue
from comptoir.kernel.ledger import chart
from comptoir.kernel.ledger.chart import AccountName
from comptoir.kernel.ledger.posting import Line, post
from comptoir.kernel.money import Money
from comptoir.kernel.payments.models import (
    REVERSAL_TRANSITIONS,
    SHARE_TRANSITIONS,
    Dispute,
    Payment,
    Refund,
    RefundState,
    Reversal,
    ReversalState,
    Share,
    ShareState,
)
from comptoir.kernel.payments.settlement import credited
from comptoir.kernel.states import move


@dataclass(frozen=True)
class PartOf:
    """What is taken back from one share: so much of what was sold, and so much of our fee on it."""

    share: Share
    gross: Money
    fee: Money


def in_proportion(payment: Payment, amount: Money, *, left: int) -> list[PartOf]:
    """Of each share as much as it still has of the payment, of which `left` is there; what belongs to no share is our
    own. Nothing of one that is in suspense, since no share of it was ever sent."""
    if payment.is_in_suspense:
        return []
    shares = list(payment.shares.order_by("pk"))
    lefts = [left_of_share(share) for share in shares]
    own = max(0, left - sum(gross for gross, _fee in lefts))
    taken = amount.allocate([*(gross for gross, _fee in lefts), own])
    return [
        PartOf(share, part, fee_part(part, gross_left=gross, fee_left=fee))
        for share, (gross, fee), part in zip(shares, lefts, taken, strict=False)
        if part.minor
    ]


def fee_part(part: Money, *, gross_left: int, fee_left: int) -> Money:
    """Our fee on a part of what is left, rounded half up; on all that is left, all of it."""
    return Money(fee_left, part.currency).share(Decimal(part.minor) / Decimal(gross_left))


def left_of_share(share: Share) -> tuple[int, int]:
    """What of a share's gross and fee no reversal has taken."""
    taken = share.reversals.exclude(
        refund__state=RefundState.FAILED, state=ReversalState.CANCELLED
    ).aggregate(gross=Sum("gross_minor", default=0), fee=Sum("fee_minor", default=0))
    return share.gross_minor - taken["gross"], share.fee_minor - taken["fee"]


def write_reversals(
    parts: Iterable[PartOf], *, refund: Refund | None = None, dispute: Dispute | None = None
) -> list[Reversal]:
    """One for each part that is something, of the one or the other."""
    return Reversal.objects.bulk_create(
        Reversal(
            refund=refund,
            dispute=dispute,
            share=part.share,
            gross_minor=part.gross.minor,
            fee_minor=part.fee.minor,
        )
        for part in parts
        if part.gross.minor
    )


def lines(
    payment: Payment, reversals: Sequence[Reversal], amount: Money, *, gone_from: AccountName
) -> list[Line]:
    """The reverse of what the payment posted, for `amount` of it that is gone from that account."""
    if payment.is_in_suspense:
        return [Line(chart.suspense(), gone_from, amount)]
    fees = sum(reversal.fee_minor for reversal in reversals)
    own = amount.minor - sum(reversal.gross_minor for reversal in reversals)
    return [
        *(
            Line(chart.payee(reversal.share.payee_id), gone_from, Money(reversal.net_minor, amount.currency))
            for reversal in reversals
        ),
        Line(chart.fees(payment.purpose), gone_from, Money(fees, amount.currency)),
        Line(credited(payment), gone_from, Money(own, amount.currency)),
    ]


def fetch_back(reversals: Iterable[Reversal]) -> None:
    """Ask each payee's part back from their account, where they have it."""
    for reversal in reversals:
        if not _cancels_share(reversal):
            enqueue("payments.send_reversal", key=f"reversal:{reversal.id}:0", reversal_id=str(reversal.id))


def _cancels_share(reversal: Reversal) -> bool:
    """A share that the gateway holds back, and of which nothing is left, is never sent; nothing is to be fetched."""
    share = Share.objects.select_for_update().get(pk=reversal.share_id)
    if share.state != ShareState.HELD or left_of_share(share) != (0, 0):
        return False
    move(share, ShareState.CANCELLED, table=SHARE_TRANSITIONS)
    for waiting in share.reversals.filter(state__in=(ReversalState.DUE, ReversalState.OWED)):
        move(waiting, ReversalState.CANCELLED, table=REVERSAL_TRANSITIONS)
    return True


def reversal_done(reversal: Reversal, *, reference: str) -> None:
    """The payee's part is back in our balance. In the caller's transaction."""
    reversal.reference = reference
    reversal.save(update_fields=["reference"])
    move(reversal, ReversalState.DONE, table=REVERSAL_TRANSITIONS)
    payment = reversal.share.payment
    back = Line(
        chart.gateway(payment.gateway),
        chart.payee(reversal.share.payee_id),
        Money(reversal.net_minor, payment.currency),
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
