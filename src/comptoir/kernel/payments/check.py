"""Whether payments and books agree: every paid thing has its money, and the reverse."""

from collections.abc import Iterable, Iterator
from itertools import islice
from typing import TypeVar

from django.db.models import F, Q, Sum

from comptoir.kernel import registry
from comptoir.kernel.ledger import check as books
from comptoir.kernel.ledger.models import Transfer
from comptoir.kernel.payments.models import (
    Dispute,
    Payment,
    PaymentState,
    Refund,
    RefundState,
    Reversal,
    ReversalState,
    Share,
    ShareState,
)

T = TypeVar("T")
_BATCH = 500


def run() -> list[str]:
    """A sentence for each thing that is wrong: in the books, between them and the payments, in each product."""
    products = [line for module in registry.modules() for check in module.checks for line in check.find()]
    return [
        *books.run(),
        *_payments(),
        *_in_suspense(),
        *_shares(),
        *_refunds(),
        *_disputes(),
        *_reversals(),
        *_postings_without_reason(),
        *products,
    ]


def _payments() -> Iterator[str]:
    paid = Payment.objects.filter(state=PaymentState.PAID)
    for batch in _batches(paid.iterator(_BATCH)):
        posted = _posted(
            f"payment:{payment.id}:{fact}"
            for payment in batch
            for fact in ("paid", "unexpected", "gateway_fee")
        )
        for payment in batch:
            fact = "unexpected" if payment.is_in_suspense else "paid"
            yield from _differs(
                f"payment {payment.id}", payment.received.minor, posted.get(f"payment:{payment.id}:{fact}", 0)
            )
            yield from _differs(
                f"the gateway's fee on payment {payment.id}",
                payment.gateway_fee_minor or 0,
                posted.get(f"payment:{payment.id}:gateway_fee", 0),
            )


def _in_suspense() -> Iterator[str]:
    """Of another amount or currency than was asked for: somebody has to decide whose it is."""
    held = Payment.objects.filter(received_minor__gt=F("refunded_minor") + F("disputed_minor"))
    for payment in held.order_by("pk").iterator():
        yield f"payment {payment.pk}: {payment.received} came, which is not what was asked for; it is in suspense"


def _shares() -> Iterator[str]:
    for batch in _batches(Share.objects.filter(state=ShareState.SENT).iterator(_BATCH)):
        posted = _posted(f"share:{share.id}:sent" for share in batch)
        for share in batch:
            yield from _differs(f"share {share.id}", share.net_minor, posted.get(f"share:{share.id}:sent", 0))
    for share in Share.objects.filter(payment__state=PaymentState.PAID, state=ShareState.PENDING).iterator():
        yield f"share {share.id}: its payment is paid, and it is not on its way"


def _refunds() -> Iterator[str]:
    """What went through was posted; what bounced was posted both ways; payments count what is not failed."""
    for batch in _batches(Refund.objects.iterator(_BATCH)):
        posted = _posted(f"refund:{refund.id}:{fact}" for refund in batch for fact in ("paid", "bounced"))
        for refund in batch:
            paid, bounced = (posted.get(f"refund:{refund.id}:{fact}", 0) for fact in ("paid", "bounced"))
            gone = refund.amount_minor if refund.state == RefundState.SUCCEEDED else 0
            yield from _differs(f"refund {refund.id}", gone, paid - bounced)
    not_made = Q(refunds__state=RefundState.FAILED, refunds__bounced=False)
    given = Sum("refunds__amount_minor", filter=~not_made, default=0)
    for payment in Payment.objects.annotate(given=given).exclude(given=F("refunded_minor")).iterator():
        yield f"payment {payment.id}: {payment.refunded_minor} counted as refunded, its refunds say {payment.given}"


def _disputes() -> Iterator[str]:
    """What was lost was posted; payments count what is withdrawn in their own currency."""
    for batch in _batches(Dispute.objects.filter(lost_minor__gt=0).iterator(_BATCH)):
        losses = Transfer.objects.filter(kind="dispute.lost", subject_id__in=[str(one.pk) for one in batch])
        posted = dict(losses.values_list("subject_id").annotate(total=Sum("entries__amount_minor")))
        for dispute in batch:
            yield from _differs(
                f"lost in dispute {dispute.id}", dispute.lost_minor, posted.get(str(dispute.pk), 0)
            )
    withdrawn = Sum(
        "disputes__withdrawn_minor",
        filter=Q(received_currency="", disputes__withdrawn_currency=F("currency"))
        | Q(disputes__withdrawn_currency=F("received_currency")),
        default=0,
    )
    for payment in (
        Payment.objects.annotate(withdrawn=withdrawn).exclude(withdrawn=F("disputed_minor")).iterator()
    ):
        yield (
            f"payment {payment.id}: {payment.disputed_minor} counted as disputed, its disputes say {payment.withdrawn}"
        )


def _reversals() -> Iterator[str]:
    for batch in _batches(Reversal.objects.filter(state=ReversalState.DONE).iterator(_BATCH)):
        posted = _posted(f"reversal:{reversal.id}:done" for reversal in batch)
        for reversal in batch:
            found = posted.get(f"reversal:{reversal.id}:done", 0)
            yield from _differs(f"reversal {reversal.id}", reversal.net_minor, found)


def _postings_without_reason() -> Iterator[str]:
    kinds = {
        "payment.paid": Payment.objects.filter(state=PaymentState.PAID),
        "payment.gateway_fee": Payment.objects.filter(state=PaymentState.PAID),
        "share.sent": Share.objects.filter(state=ShareState.SENT),
        "payment.unexpected": Payment.objects.filter(state=PaymentState.PAID),
        "dispute.moved": Dispute.objects.all(),
        "dispute.lost": Dispute.objects.filter(lost_minor__gt=0),
        "refund.paid": Refund.objects.exclude(state=RefundState.PENDING),
        "refund.bounced": Refund.objects.filter(state=RefundState.FAILED),
        "reversal.done": Reversal.objects.filter(state=ReversalState.DONE),
    }
    for kind, reasons in kinds.items():
        for batch in _batches(Transfer.objects.filter(kind=kind).iterator(_BATCH)):
            found = {
                str(pk)
                for pk in reasons.filter(pk__in=[t.subject_id for t in batch]).values_list("pk", flat=True)
            }
            for transfer in batch:
                if transfer.subject_id not in found:
                    yield f"transfer {transfer.key} is in the books, and nothing here gives a reason for it"


def _differs(what: str, expected: int, posted: int) -> Iterator[str]:
    if posted != expected:
        yield f"{what}: it is {expected} in minor units, and the books say {posted}"


def _posted(keys: Iterable[str]) -> dict[str, int]:
    """What was posted under each key: the sum of its entries."""
    sums = Transfer.objects.filter(key__in=list(keys)).annotate(total=Sum("entries__amount_minor"))
    return dict(sums.values_list("key", "total"))


def _batches(rows: Iterable[T]) -> Iterator[list[T]]:
    rows = iter(rows)
    while batch := list(islice(rows, _BATCH)):
        yield batch
