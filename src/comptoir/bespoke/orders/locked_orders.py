"""An order as an expert at work holds it: locked, and theirs."""

from uuid import UUID

from comptoir.bespoke.models import Expert, Order
from comptoir.bespoke.refusals import NotYourOrder, OrderNotFound


def own(expert: Expert, order_id: UUID) -> Order:
    """An order that this expert has in hand, locked. Raises `NotYourOrder` or `OrderNotFound`."""
    order = locked(order_id)
    if order.claimed_by_id != expert.pk:
        raise NotYourOrder
    return order


def locked(order_id: UUID) -> Order:
    """What is not paid for is no business of the desk's."""
    rows = Order.objects.select_for_update(of=("self",)).select_related("current", "expert", "claimed_by")
    order = rows.filter(pk=order_id, paid_at__isnull=False).first()
    if order is None:
        raise OrderNotFound
    return order
