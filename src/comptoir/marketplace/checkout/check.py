"""Whether orders, purchases and payments agree, for `comptoir ledger check`."""

from collections.abc import Iterator, Mapping
from itertools import islice
from typing import Any
from uuid import UUID

from django.db.models import Count

from comptoir.kernel.payments.given_back import gone_for_good_of
from comptoir.kernel.payments.models import Payment, PaymentState
from comptoir.marketplace.checkout.placing import PURPOSE
from comptoir.marketplace.models import Order, OrderState, Purchase

_BATCH = 500


def orders_and_payments() -> Iterator[str]:
    """Each paid order has its paid payment and a purchase for each item; each paid payment has its paid order."""
    rows = Order.objects.annotate(
        wanted=Count("items", distinct=True), bought=Count("items__purchase", distinct=True)
    ).iterator(_BATCH)
    while batch := list(islice(rows, _BATCH)):
        payments = Payment.objects.in_bulk([order.payment_id for order in batch])
        gone = gone_for_good_of(payment.pk for payment in payments.values() if payment.is_in_suspense)
        for order in batch:
            yield from _order(order, payments.get(order.payment_id), gone)
    yield from _payments_without_order()


def _order(order: Any, payment: Payment | None, gone: Mapping[UUID, int]) -> Iterator[str]:
    if payment is None:
        yield f"order {order.pk} has no payment"
        return
    if payment.amount != order.total:
        yield f"order {order.pk} is for {order.total_minor}, its payment for {payment.amount_minor}"
    # Another amount came than was asked for: not for this order, which is over once all of it went back.
    is_paid = payment.state == PaymentState.PAID and not payment.is_in_suspense
    if order.state == OrderState.PENDING and gone.get(payment.pk, 0) >= payment.received.minor:
        yield f"order {order.pk} is still pending, though all that was paid for it went back"
    if (order.state == OrderState.PAID) != is_paid:
        yield f"order {order.pk} is {order.state}, its payment {payment.state}"
    if order.bought != (order.wanted if order.state == OrderState.PAID else 0):
        yield f"order {order.pk} is {order.state} and has {order.bought} purchases for {order.wanted} items"


def _payments_without_order() -> Iterator[str]:
    rows = Payment.objects.filter(purpose=PURPOSE).values_list("pk", flat=True).iterator(_BATCH)
    while batch := list(islice(rows, _BATCH)):
        known = set(Order.objects.filter(payment_id__in=batch).values_list("payment_id", flat=True))
        for payment_id in batch:
            if payment_id not in known:
                yield f"payment {payment_id} is for an order that is not there"


def purchases_without_item() -> Iterator[str]:
    for purchase in Purchase.objects.exclude(item__order__state=OrderState.PAID).iterator():
        yield f"purchase {purchase.pk} belongs to an order that is not paid"
