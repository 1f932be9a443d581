"""Whether payments and books agree: every paid thing has its money, and the reverse."""

from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Sequence
from itertools import islice
from typing import TypeVar

from django.db.models import F, Q, Sum

from comptoir.kernel import registry
from comptoir.kernel.ledger import chart
from comptoir.kernel.ledger import check as books
from comptoir.kernel.ledger.models import Entry, Transfer
from comptoir.kernel.money import Money
from comptoir.kernel.payments.models import (
    OPEN_DISPUTES,
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
        *_taken(),
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
    """What came otherwise than asked for, or back after it was lost: somebody has to decide whose it is."""
    code = chart.suspense().code
    entries = Entry.objects.filter(Q(debit__code=code) | Q(credit__code=code)).values_list(
        "transfer__subject", "transfer__subject_id", "debit__currency", "credit__code", "amount_minor"
    )
    held: Counter[tuple[str, str]] = Counter()
    about = [*entries.order_by("pk")]
    payments = _payments_of({(subject, pk) for subject, pk, *_rest in about})
    for subject, pk, currency, credit, minor in about:
        held[payments[subject, pk], currency] += minor if credit == code else -minor
    for (payment, currency), minor in held.items():
        if minor:
            money = Money(minor, currency)
            yield (
                f"payment {payment}: {money} of it are in suspense, since they came otherwise than asked for "
                "or were given back after they were lost"
            )


def _payments_of(subjects: Collection[tuple[str, str]]) -> dict[tuple[str, str], str]:
    """The payment that each of these is part of."""
    found = {(subject, pk): pk for subject, pk in subjects}
    for model, subject in ((Refund, "payments.refund"), (Dispute, "payments.dispute")):
        ids = [pk for each, pk in subjects if each == subject]
        for pk, payment in model.objects.filter(pk__in=ids).values_list("pk", "payment"):
            found[subject, str(pk)] = str(payment)
    return found


def _shares() -> Iterator[str]:
    for batch in _batches(Share.objects.filter(state=ShareState.SENT).iterator(_BATCH)):
        posted = _posted(f"share:{share.id}:sent" for share in batch)
        for share in batch:
            yield from _differs(f"share {share.id}", share.net_minor, posted.get(f"share:{share.id}:sent", 0))
    # Of a payment in suspense none is sent.
    waiting = Share.objects.filter(state=ShareState.PENDING, payment__received_minor=None)
    for share in waiting.filter(payment__state=PaymentState.PAID).iterator():
        yield f"share {share.id}: its payment is paid, and it is not on its way"


def _taken() -> Iterator[str]:
    """Nobody gives back more than they had."""
    counted = ~Q(reversals__refund__state=RefundState.FAILED) | Q(reversals__refund__bounced=True)
    for share in Share.objects.annotate(
        taken=Sum("reversals__gross_minor", filter=counted | Q(reversals__refund=None), default=0)
    ).filter(payment__received_minor=None, taken__gt=F("gross_minor")):
        yield f"share {share.pk}: {share.taken} of it are taken back, of {share.gross_minor}"


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
    """What was withdrawn left the gateway, with its fee; what nobody has lost of it yet stands in its own account;
    payments count what is withdrawn in their own currency."""
    for batch in _batches(Dispute.objects.iterator(_BATCH)):
        moved = _moved("payments.dispute", [str(dispute.pk) for dispute in batch])
        for dispute in batch:
            gateway, undecided = (
                moved[str(dispute.pk), name.code]
                for name in (chart.gateway(dispute.gateway), chart.disputes(dispute.gateway))
            )
            gone = dispute.withdrawn_minor + dispute.fee_minor
            yield from _differs(f"what dispute {dispute.id} withdrew", gone, -gateway)
            not_lost = dispute.withdrawn_minor - dispute.lost_minor
            yield from _differs(f"what is undecided of dispute {dispute.id}", not_lost, undecided)
            if not_lost and dispute.state not in OPEN_DISPUTES:
                yield f"dispute {dispute.id} is {dispute.state}, and {not_lost} of it are still withdrawn"
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
        "payment.unexpected": Payment.objects.filter(received_minor__isnull=False),
        "payment.passed_on": Payment.objects.filter(received_minor__isnull=False),
        "dispute.moved": Dispute.objects.all(),
        "dispute.lost": Dispute.objects.all(),
        "dispute.recovered": Dispute.objects.all(),
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


def _moved(subject: str, ids: Sequence[str]) -> "Counter[tuple[str, str]]":
    """By how much, in minor units, the transfers about each of these moved each account to its debit side."""
    entries = Entry.objects.filter(transfer__subject=subject, transfer__subject_id__in=ids)
    moved: Counter[tuple[str, str]] = Counter()
    for pk, debit, credit, minor in entries.values_list(
        "transfer__subject_id", "debit__code", "credit__code", "amount_minor"
    ):
        moved[pk, debit] += minor
        moved[pk, credit] -= minor
    return moved


def _batches(rows: Iterable[T]) -> Iterator[list[T]]:
    rows = iter(rows)
    while batch := list(islice(rows, _BATCH)):
        yield batch
