"""How an order stands, as its buyer sees it."""

from collections.abc import Iterable
from dataclasses import dataclass

from comptoir.kernel import clock
from comptoir.kernel.payments.given_back import gone_for_good_of
from comptoir.kernel.payments.models import Payment, PaymentState
from comptoir.marketplace.models import Order, OrderState

_STILL_PAYABLE = (PaymentState.CREATED, PaymentState.OPEN, PaymentState.REQUIRES_ACTION)


@dataclass(frozen=True)
class OrderProgress:
    """`ready`, `confirming` (paid, or about to be; nothing to do), `waiting` to be paid (at `page_url`, while that is
    open), `failed`, `expired`, `unexpected` where another amount came than was asked for (`payment` says which), or
    `returned` once all of that went back."""

    order: Order
    state: str
    page_url: str = ""
    payment: Payment | None = None

    @property
    def is_refunded(self) -> bool:
        """Wholly: nothing of it is the buyer's any more."""
        return self.state == "ready" and all(item.purchase.refunded_at for item in self.order.items.all())


def progress_of(orders: Iterable[Order]) -> list[OrderProgress]:
    """Of each of them, in one query, and two more where another amount came for one."""
    orders = list(orders)
    unpaid = [order.payment_id for order in orders if order.state != OrderState.PAID]
    payments = Payment.objects.in_bulk(unpaid)
    gone = gone_for_good_of(payment.pk for payment in payments.values() if payment.is_in_suspense)
    return [
        _progress(order, payments.get(order.payment_id), gone.get(order.payment_id, 0)) for order in orders
    ]


def _progress(order: Order, payment: Payment | None, gone: int) -> OrderProgress:
    if payment is None:
        return OrderProgress(order, "ready" if order.state == OrderState.PAID else order.state)
    if payment.is_in_suspense:
        is_over = order.state != OrderState.PENDING and gone >= payment.received.minor
        return OrderProgress(order, "returned" if is_over else "unexpected", payment=payment)
    if order.state != OrderState.PENDING:
        return OrderProgress(order, order.state)
    if payment.state not in _STILL_PAYABLE:
        return OrderProgress(order, "confirming")
    is_open = payment.expires_at is not None and payment.expires_at > clock.now()
    return OrderProgress(order, "waiting", payment.page_url if is_open else "")
