"""Whether orders, their contents and their payments agree, for `comptoir ledger check`."""

from collections.abc import Iterator, Sequence
from itertools import islice
from uuid import UUID

from django.db.models import Count, Q, Sum

from comptoir.bespoke.models import Order, OrderStatus, PaymentStatus, RevisionState
from comptoir.bespoke.ordering.placing import PURPOSE
from comptoir.kernel.payments.models import (
    Dispute,
    DisputeState,
    Payment,
    PaymentState,
    Refund,
    RefundState,
)

_BATCH = 500


def orders_and_payments() -> Iterator[str]:
    """Each paid order has its paid payment, each refunded one its refunds or the dispute that was lost; each payment
    has its order."""
    rows = Order.objects.order_by("pk").iterator(_BATCH)
    while batch := list(islice(rows, _BATCH)):
        ids = [order.payment_id for order in batch if order.payment_id]
        payments, refunded, lost = Payment.objects.in_bulk(ids), _refunded(ids), _lost(ids)
        for order in batch:
            yield from _order(order, payments.get(order.payment_id or order.pk), refunded, lost)
    yield from _payments_without_order()


def contents() -> Iterator[str]:
    """What is delivered has an approved content; what is asked of the assistant belongs to an order in writing."""
    approved = Count("revisions", filter=Q(revisions__state=RevisionState.APPROVED))
    for order in (
        Order.objects.filter(status=OrderStatus.DELIVERED).annotate(n=approved).filter(n=0).iterator()
    ):
        yield f"bespoke order {order.pk} is delivered, and no content of it is approved"
    asked = Order.objects.filter(revisions__state=RevisionState.REQUESTED).exclude(
        status=OrderStatus.PROCESSING
    )
    for writing in asked.iterator():
        yield f"bespoke order {writing.pk} is {writing.status}, and the assistant is still asked for it"


def _order(
    order: Order, payment: Payment | None, refunded: dict[UUID, int], lost: dict[UUID, int]
) -> Iterator[str]:
    if payment is None:
        yield f"bespoke order {order.pk} has no payment"
        return
    if payment.amount != order.amount:
        yield f"bespoke order {order.pk} is for {order.amount_minor}, its payment for {payment.amount_minor}"
    is_paid = order.payment_status in (PaymentStatus.SUCCEEDED, PaymentStatus.REFUNDED)
    if is_paid != (payment.state == PaymentState.PAID):
        yield f"bespoke order {order.pk} is {order.payment_status}, its payment {payment.state}"
    if is_paid == (order.status in (OrderStatus.PENDING, OrderStatus.CANCELLED)):
        yield f"bespoke order {order.pk} is {order.status}, and its payment status {order.payment_status}"
    refunded_so_far = refunded.get(payment.pk, 0)
    if refunded_so_far != order.refunded_minor:
        yield f"bespoke order {order.pk}: {refunded_so_far} were refunded, and it says {order.refunded_minor}"
    gone = refunded_so_far + lost.get(payment.pk, 0)
    if (gone >= order.amount_minor) != (order.status == OrderStatus.REFUNDED):
        yield f"bespoke order {order.pk} is {order.status}, with {gone} refunded or lost in a dispute"


def _refunded(payments: Sequence[UUID]) -> dict[UUID, int]:
    rows = Refund.objects.filter(payment__in=payments).filter(
        Q(state=RefundState.SUCCEEDED) | Q(bounced=True)
    )
    return dict(rows.order_by().values_list("payment").annotate(Sum("amount_minor")))


def _lost(payments: Sequence[UUID]) -> dict[UUID, int]:
    rows = Dispute.objects.filter(payment__in=payments, state=DisputeState.LOST)
    return dict(rows.order_by().values_list("payment").annotate(Sum("lost_minor")))


def _payments_without_order() -> Iterator[str]:
    rows = Payment.objects.filter(purpose=PURPOSE).values_list("pk", flat=True).iterator(_BATCH)
    while batch := list(islice(rows, _BATCH)):
        known = set(Order.objects.filter(payment_id__in=batch).values_list("payment_id", flat=True))
        for payment_id in batch:
            if payment_id not in known:
                yield f"payment {payment_id} is for a bespoke order that is not there"
