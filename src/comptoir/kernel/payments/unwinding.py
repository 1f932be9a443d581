"""Taking back, in proportion, what a payment gave: from each payee their part, from our fees the part on it, and the
rest from the account that its purpose credits. For refunds and for disputes that were lost."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from uuid import UUID

from django.db.models import Sum

from comptoir.kernel.jobs import enqueue
from comptoir.kernel.ledger import chart
from comptoir.kernel.ledger.chart import AccountName
from comptoir.kernel.ledger.posting import Line, balance_about, post
from comptoir.kernel.money import Money
from comptoir.kernel.payments.given_back import is_all_gone
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
from comptoir.kernel.payments.settlement import credited, passed_on_by_gateway
from comptoir.kernel.states import move


@dataclass(frozen=True)
class PartOf:
    """What is taken back from one share: so much of what was sold, and so much of our fee on it."""

    share: Share
    gross: Money
    fee: Money


def in_proportion(payment: Payment, amount: Money) -> tuple[list[PartOf], Money]:
    """Of each share as much as it still has of the payment, and of our own part as much as that has.

    Returns the payees' parts, and ours. What is more than all of these have left is in neither: see `lines`.
    """
    nothing = Money(0, amount.currency)
    if payment.is_in_suspense:
        return _of_what_was_passed_on(payment, amount), nothing
    shares = list(payment.shares.order_by("pk"))
    lefts = [(max(0, gross), fee) for gross, fee in map(left_of_share, shares)]
    own_left = max(0, _own_left(payment, shares))
    left = own_left + sum(gross for gross, _fee in lefts)
    if not left:
        return [], nothing
    taken = Money(min(amount.minor, left), amount.currency)
    *theirs, own = taken.allocate([*(gross for gross, _fee in lefts), own_left])
    parts = [
        PartOf(share, part, fee_part(part, gross_left=gross, fee_left=fee))
        for share, (gross, fee), part in zip(shares, lefts, theirs, strict=True)
        if part.minor
    ]
    return parts, own


def fee_part(part: Money, *, gross_left: int, fee_left: int) -> Money:
    """Our fee on a part of what is left, rounded half up; on all that is left, all of it. The gateway's own rounding
    may have given a unit more of the fee back than we would have: there is never more of it than is left."""
    fee = Money(max(0, fee_left), part.currency).share(Decimal(part.minor) / Decimal(gross_left))
    return min(fee, part)


def left_of_share(share: Share) -> tuple[int, int]:
    """What of a share's gross and fee no reversal has taken."""
    # One that bounced had gone through: what it took, the payer is owed.
    taken = share.reversals.exclude(
        refund__state=RefundState.FAILED, refund__bounced=False, state=ReversalState.CANCELLED
    ).aggregate(gross=Sum("gross_minor", default=0), fee=Sum("fee_minor", default=0))
    return share.gross_minor - taken["gross"], share.fee_minor - taken["fee"]


def _own_left(payment: Payment, shares: Sequence[Share]) -> int:
    """What of the part that nobody shares no refund and no lost dispute has taken."""
    refunds = payment.refunds.exclude(state=RefundState.FAILED, bounced=False)
    taken = sum(
        rows.aggregate(sum=Sum("own_minor", default=0))["sum"] for rows in (refunds, payment.disputes)
    )
    return payment.amount_minor - sum(share.gross_minor for share in shares) - int(taken)


def _of_what_was_passed_on(payment: Payment, amount: Money) -> list[PartOf]:
    """Of a payment in suspense no share was sent, but where the gateway passes the only one on by itself: that payee
    gives back all but our fee, which the gateway took off in full."""
    shares = list(payment.shares.all())
    if not passed_on_by_gateway(payment, shares) or payment.received.currency != payment.currency:
        return []
    gross_left, fee_left = left_of_share(shares[0])
    gross_left += payment.received.minor - shares[0].gross_minor
    part = min(amount, Money(gross_left, amount.currency))
    if part.minor <= 0:
        return []
    return [PartOf(shares[0], part, fee_part(part, gross_left=gross_left, fee_left=fee_left))]


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
    payment: Payment, reversals: Sequence[Reversal], amount: Money, *, own: Money, gone_from: AccountName
) -> list[Line]:
    """The reverse of what the payment posted, for `amount` that is gone from that account: the payees' parts, `own`,
    and what is more than was left of the payment (see `lines_beyond`)."""
    if payment.is_in_suspense:
        reversals = []
    fees = sum(reversal.fee_minor for reversal in reversals)
    beyond = amount - own - Money(sum(reversal.gross_minor for reversal in reversals), amount.currency)
    return [
        *(
            Line(chart.payee(reversal.share.payee_id), gone_from, Money(reversal.net_minor, amount.currency))
            for reversal in reversals
        ),
        Line(chart.fees(payment.purpose), gone_from, Money(fees, amount.currency)),
        Line(credited(payment), gone_from, own),
        *lines_beyond(payment, beyond, gone_from=gone_from),
    ]


def lines_beyond(payment: Payment, amount: Money, *, gone_from: AccountName) -> list[Line]:
    """For what nobody had any more of a payment: it is taken from what we still owe its payer, since a refund of it
    bounced, then from what of it is in suspense; the rest is our loss."""
    taken = []
    for account in (chart.refunds_to_pay(payment.gateway), chart.suspense()):
        part = min(amount, max(_of_payment(payment, account, amount.currency), Money(0, amount.currency)))
        taken.append(Line(account, gone_from, part))
        amount -= part
    return [*taken, Line(chart.losses(payment.gateway), gone_from, amount)]


def recover_losses(payment: Payment) -> None:
    """What a dispute took as our loss, since a refund that did not go through had been counted as taken: it is taken
    from those who have it after all."""
    account = chart.losses(payment.gateway)
    lost = _of_payment(payment, account, payment.received.currency)
    dispute = payment.disputes.filter(lost_minor__gt=0).order_by("-opened_at").first()
    if dispute is None or lost.minor <= 0:
        return
    parts, own = in_proportion(payment, lost)
    reversals = write_reversals(parts, dispute=dispute)
    found = own + sum((part.gross for part in parts), start=Money(0, own.currency))
    if not found.minor:
        return
    dispute.own_minor += own.minor
    dispute.save(update_fields=["own_minor"])
    post(
        f"dispute:{dispute.id}:recovered:{dispute.reversals.count()}:{dispute.own_minor}",
        kind="dispute.recovered",
        subject="payments.dispute",
        subject_id=dispute.id,
        lines=lines(payment, reversals, found, own=own, gone_from=account),
        workspace_id=payment.workspace_id,  # type: ignore[arg-type] # never null
    )
    fetch_back(reversals)


def _of_payment(payment: Payment, account: AccountName, currency: str) -> Money:
    """What of that account's balance is by this payment, its refunds and its disputes."""
    subjects = {
        "payments.payment": [payment.pk],
        "payments.refund": [*payment.refunds.values_list("pk", flat=True)],
        "payments.dispute": [*payment.disputes.values_list("pk", flat=True)],
    }
    workspace: UUID = payment.workspace_id  # type: ignore[assignment] # never null
    return balance_about(subjects, account, currency, workspace_id=workspace)


def tell_if_given_back(payment: Payment) -> None:
    """A payment in suspense has failed for its product once its payer has all of it back. Nothing is told before."""
    if is_all_gone(payment):
        enqueue("payments.react", payment_id=str(payment.id), state=payment.state)


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
    if share.reversals.filter(refund__state=RefundState.PENDING).exists():
        return False  # it may fail, and then something is left
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
