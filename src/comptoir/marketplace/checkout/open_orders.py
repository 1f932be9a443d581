"""Orders that a buyer has not paid yet: one of them may go on, and what stands in the way of a new one is closed.

An open order reserves its things for its buyer, so that a person with two pages open can only pay on one.
"""

from collections.abc import Sequence

from comptoir.kernel import clock
from comptoir.kernel.accounts.models import User
from comptoir.kernel.payments import charges
from comptoir.kernel.payments.models import UNRESOLVED, Payment, PaymentState
from comptoir.marketplace.models import Automation, Order, OrderItem
from comptoir.marketplace.refusals import AlreadyBought, BeingPaid, UnexpectedAmount


def resume_or_close(buyer: User, items: Sequence[Automation]) -> Payment | None:
    """The payment of the open order for exactly these things at these prices; others that hold one of them are closed.

    Raises `AlreadyBought` and `BeingPaid` where one was paid or is about to be, `UnexpectedAmount` where another amount
    came for it, and what `charges.cancel` raises.
    """
    asked = {(item.pk, item.price_minor, item.currency) for item in items}
    same = None
    for order in _orders_reserving(buyer, items):
        title = _reserved_title(order, items)
        payment = Payment.objects.select_related("payer").get(pk=order.payment_id)
        may_be_paid = _may_be_paid(payment, title)
        if may_be_paid and _asks(order) == asked and not _page_has_expired(payment):
            same = payment
            continue
        if may_be_paid and _may_be_paid(charges.cancel(payment), title):
            raise BeingPaid(title=title)
        release(order)
    return same


def release(order: Order) -> None:
    """The order will not be paid: it no longer reserves its things for the buyer."""
    order.items.filter(reserves_purchase=True).update(reserves_purchase=False)


def reserved_title(buyer: User, items: Sequence[Automation]) -> str | None:
    """The first of these that one of the buyer's orders reserves, if any does."""
    reserved = OrderItem.objects.filter(buyer=buyer, automation__in=items, reserves_purchase=True)
    return reserved.order_by("pk").values_list("title", flat=True).first()


def _orders_reserving(buyer: User, items: Sequence[Automation]) -> list[Order]:
    reserved = OrderItem.objects.filter(buyer=buyer, automation__in=items, reserves_purchase=True)
    ids = set(reserved.values_list("order", flat=True))
    return list(Order.objects.filter(pk__in=ids).prefetch_related("items")) if ids else []


def _asks(order: Order) -> set[tuple[object, int, str]]:
    return {(item.automation_id, item.price_minor, item.currency) for item in order.items.all()}


def _may_be_paid(payment: Payment, title: str) -> bool:
    """Whether the payment can still be made. Raises where it has been, or is under way."""
    if payment.is_in_suspense:
        raise UnexpectedAmount(title=title)
    if payment.state == PaymentState.PAID:
        raise AlreadyBought(title=title)
    if payment.state == PaymentState.PROCESSING:
        raise BeingPaid(title=title)
    return payment.state in UNRESOLVED


def _page_has_expired(payment: Payment) -> bool:
    """Whether the gateway has closed the page by now, even if it has not said so yet."""
    return payment.expires_at is not None and payment.expires_at <= clock.now()


def _reserved_title(order: Order, items: Sequence[Automation]) -> str:
    wanted = {item.pk for item in items}
    return next(item.title for item in order.items.all() if item.automation_id in wanted)
