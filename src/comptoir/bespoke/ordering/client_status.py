"""The status of an order as its client sees it."""

from comptoir.bespoke.models import Order, OrderStatus
from comptoir.kernel.payments.given_back import is_all_gone
from comptoir.kernel.payments.models import Payment, PaymentState

# Of an order that waits for its payment.
OF_PAYMENT = {
    PaymentState.CREATED: "waiting",
    PaymentState.OPEN: "waiting",
    PaymentState.PROCESSING: "confirming",
    # The client confirms it on the page on which they pay, as they would try another card.
    PaymentState.REQUIRES_ACTION: "failed",
    PaymentState.PAID: "confirming",
    PaymentState.FAILED: "failed",
    PaymentState.EXPIRED: "cancelled",
}
_PAID_FOR = {OrderStatus.DELIVERED: "delivered", OrderStatus.REFUNDED: "refunded"}
TO_BE_PAID = ("waiting", "failed")


def client_status(order: Order) -> str:
    """`waiting` to be paid, `failed` and to be tried again, `confirming` (paid, or about to be: nothing to do),
    `under_way`, `delivered`, `cancelled` or `refunded`. Where another amount came than was asked for, `unexpected`, and
    `returned` once all of it went back and the order is over. One query while it is not paid."""
    if order.status not in (OrderStatus.PENDING, OrderStatus.CANCELLED):
        return _PAID_FOR.get(OrderStatus(order.status), "under_way")
    assert order.payment_id, "the order comes with its payment"
    payment = Payment.objects.get(pk=order.payment_id)
    is_over = order.status == OrderStatus.CANCELLED
    if payment.is_in_suspense:
        return "returned" if is_over and is_all_gone(payment) else "unexpected"
    return "cancelled" if is_over else OF_PAYMENT[PaymentState(payment.state)]
