"""Moving an order on: its status by the table, and the stretch of time it spent in the last one."""

from typing import Any

from comptoir.bespoke.models import ORDER_TRANSITIONS, Order, OrderStatus, StatusPeriod
from comptoir.kernel import clock
from comptoir.kernel.states import move

SUBJECT = "bespoke.order"


def begin(order: Order) -> None:
    """The first stretch of a new order."""
    StatusPeriod.objects.create(order=order, status=order.status, began_at=order.created_at)


def advance(order: Order, to: OrderStatus, *, actor: Any = None, **data: Any) -> None:
    """Move the order to `to` in the caller's transaction. Raises `WrongState`."""
    now = clock.now()
    move(order, to, table=ORDER_TRANSITIONS, field="status", actor=actor, **data)
    StatusPeriod.objects.filter(order=order, ended_at=None).update(ended_at=now)
    StatusPeriod.objects.create(order=order, status=to, began_at=now)
    order.status_at = now
    order.save(update_fields=["status_at"])
