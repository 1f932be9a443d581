"""The status of an order as its client sees it."""

from comptoir.bespoke.models import Order, OrderStatus
from comptoir.kernel.payments.models import Payment, PaymentState

_UNPAID = {
    PaymentState.CREATED: "waiting",
    PaymentState.OPEN: "waiting",
    PaymentState.FAILED: "failed",
    PaymentState.EXPIRED: "cancelled",
}
_ENDED = {
    OrderStatus.CANCELLED: "cancelled",
    OrderStatus.DELIVERED: "delivered",
    OrderStatus.REFUNDED: "refunded",
}
TO_BE_PAID = ("waiting", "failed")


def client_status(order: Order) -> str:
    """`waiting` to be paid, `failed` and to be tried again, `confirming` (paid, or about to be: nothing to do),
    `under_way`, `delivered`, `cancelled` or `refunded`. One query while it is not paid."""
    if order.status != OrderStatus.PENDING:
        return _ENDED.get(OrderStatus(order.status), "under_way")
    assert order.payment_id, "the order comes with its payment"
    payment = Payment.objects.only("state").get(pk=order.payment_id)
    return _UNPAID.get(PaymentState(payment.state), "confirming")
