"""Whether orders, their contents and their payments agree, for `comptoir ledger check`."""

from collections.abc import Iterator, Mapping
from itertools import islice
from uuid import UUID

from django.db.models import Count, Q

from comptoir.bespoke.models import Order, OrderStatus, PaymentStatus, RevisionState
from comptoir.bespoke.ordering.placing import PURPOSE
from comptoir.kernel.payments.given_back import gone_for_good_of, refunded_of
from comptoir.kernel.payments.models import DisputeState, Payment, PaymentState

_BATCH = 500


def orders_and_payments() -> Iterator[str]:
    """Each paid order has its paid payment, each refunded one its refunds or the dispute that was lost; each payment
    has its order."""
    rows = Order.objects.order_by("pk").iterator(_BATCH)
    while batch := list(islice(rows, _BATCH)):
        ids = [order.payment_id for order in batch if order.payment_id]
        payments, refunded, gone = Payment.objects.in_bulk(ids), refunded_of(ids), gone_for_good_of(ids)
        for order in batch:
            payment = payments.get(order.payment_id or order.pk)
            if payment is None:
                yield f"bespoke order {order.pk} has no payment"
            elif payment.is_in_suspense:
                yield from _in_suspense(order, payment, gone)
            else:
                yield from _order(order, payment, refunded, gone)
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


def _in_suspense(order: Order, payment: Payment, gone: Mapping[UUID, int]) -> Iterator[str]:
    """Another amount came than was asked for: not for this order, which is over once all of it went back."""
    if order.status not in (OrderStatus.PENDING, OrderStatus.CANCELLED):
        yield f"bespoke order {order.pk} is {order.status}, and its payment is in suspense"
    elif order.status == OrderStatus.PENDING and gone[payment.pk] >= payment.received.minor:
        yield f"bespoke order {order.pk} is still pending, though all that was paid for it went back"


def _order(
    order: Order, payment: Payment, refunded: Mapping[UUID, int], gone: Mapping[UUID, int]
) -> Iterator[str]:
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
    is_over, is_gone = order.status == OrderStatus.REFUNDED, gone[payment.pk] >= order.amount_minor
    # What the bank gives back after it was lost revives no order.
    if is_over != is_gone and not (is_over and payment.disputes.filter(state=DisputeState.WON).exists()):
        yield f"bespoke order {order.pk} is {order.status}, with {gone[payment.pk]} given back"


def _payments_without_order() -> Iterator[str]:
    """A payment that the gateway never made may have been replaced by another one of its order."""
    payments = Payment.objects.filter(purpose=PURPOSE).exclude(state=PaymentState.FAILED, reference="")
    rows = payments.values_list("pk", flat=True).iterator(_BATCH)
    while batch := list(islice(rows, _BATCH)):
        known = set(Order.objects.filter(payment_id__in=batch).values_list("payment_id", flat=True))
        for payment_id in batch:
            if payment_id not in known:
                yield f"payment {payment_id} is for a bespoke order that is not there"
