"""After the payment: the buyer has what they paid for, and can download it."""

from collections.abc import Iterator, Sequence
from typing import Any
from uuid import UUID

from comptoir.kernel import files, timeline
from comptoir.kernel.accounts.models import User
from comptoir.kernel.money import Money
from comptoir.kernel.notifications import MailRequest, send_mails
from comptoir.kernel.payments.given_back import is_all_gone
from comptoir.kernel.payments.models import Payment, PaymentState
from comptoir.kernel.states import may_move, move, move_all
from comptoir.marketplace.checkout import cart, open_orders
from comptoir.marketplace.models import (
    ORDER_TRANSITIONS,
    Automation,
    AutomationState,
    Order,
    OrderItem,
    OrderState,
    Purchase,
)
from comptoir.marketplace.refusals import AutomationNotFound, NotBought

LINK_SECONDS = 300


def on_paid(payments: Sequence[Payment]) -> None:
    """One purchase for each item, the cart emptied of them, a mail to the buyer and one to each seller (K15)."""
    paid_at = {payment.subject_id: payment.paid_at for payment in payments}
    locked = Order.objects.select_for_update(of=("self",)).select_related("buyer").filter(pk__in=paid_at)
    orders = [order for order in locked.order_by("pk") if order.state != OrderState.PAID]
    for order in orders:
        order.paid_at = paid_at[str(order.pk)]
    move_all([(order, {}) for order in orders], OrderState.PAID, table=ORDER_TRANSITIONS, saving=["paid_at"])
    items = list(OrderItem.objects.filter(order__in=orders).select_related("seller__user").order_by("pk"))
    # An order that had been given up and turned out paid holds its things again. Where the buyer has since ordered
    # them anew, the database refuses: the job ends as a dead letter, and the operator gives the money back.
    if let_go := [item.pk for item in items if not item.reserves_purchase]:
        OrderItem.objects.filter(pk__in=let_go).update(reserves_purchase=True)
    Purchase.objects.bulk_create(
        Purchase(
            item=item, buyer_id=item.buyer_id, seller_id=item.seller_id, automation_id=item.automation_id
        )
        for item in items
    )
    cart.forget(orders)
    bought = {order: [item for item in items if item.order_id == order.pk] for order in orders}
    send_mails([mail for order in orders for mail in _mails(order, bought[order])])


def on_failed(payments: Sequence[Payment]) -> None:
    """The orders will not be paid: the buyers may order the same things again. So too where another amount came than
    was asked for, once all of it went back."""
    for payment in payments:
        if payment.is_in_suspense and not is_all_gone(payment):
            continue
        order = Order.objects.select_for_update().get(pk=payment.subject_id)
        to = OrderState.EXPIRED if payment.state == PaymentState.EXPIRED else OrderState.FAILED
        if may_move(order, to, table=ORDER_TRANSITIONS):
            move(order, to, table=ORDER_TRANSITIONS)
            open_orders.release(order)


def return_path(payment: Payment) -> str:
    return f"/orders/{payment.subject_id}"


def download(user: User, automation_id: UUID) -> dict[str, Any]:
    """A link to the newest file of a listing, for its buyers and its seller, valid five minutes (K17).

    Returns `url`, `filename` and `expires_in` seconds. Raises `AutomationNotFound` or `NotBought`.
    """
    automation = (
        Automation.objects.filter(pk=automation_id).select_related("current__file", "current").first()
    )
    if automation is None:
        raise AutomationNotFound
    if automation.seller_id != user.pk:
        _refuse_strangers(user, automation)
    version = automation.current
    assert version
    filename = version.file.filename
    timeline.record("marketplace.automation", automation.pk, "downloaded", actor=user, version=version.number)
    return {
        "url": files.download_url(version.file, filename=filename, seconds=LINK_SECONDS),
        "filename": filename,
        "expires_in": LINK_SECONDS,
    }


def _refuse_strangers(user: User, automation: Automation) -> None:
    if Purchase.objects.active().filter(buyer=user, automation=automation).exists():
        return
    if automation.state != AutomationState.PUBLISHED:
        # Who did not buy it may not know that it ever existed.
        raise AutomationNotFound
    raise NotBought


def _mails(order: Order, items: list[OrderItem]) -> Iterator[MailRequest]:
    yield MailRequest(
        "purchase",
        to=order.buyer,
        key=f"marketplace.order:{order.pk}:buyer",
        context={
            "order_path": f"/orders/{order.pk}",
            "items": [{"title": item.title, "price": item.price} for item in items],
            "total": order.total,
        },
    )
    for seller in {item.seller_id: item.seller for item in items}.values():
        theirs = [item for item in items if item.seller_id == seller.pk]
        yield MailRequest(
            "sale",
            to=seller.user,
            key=f"marketplace.order:{order.pk}:seller:{seller.pk}",
            context={
                "items": [{"title": item.title, "price": item.price} for item in theirs],
                "net": Money(sum(item.price_minor - item.fee_minor for item in theirs), order.currency),
            },
        )
