"""After the payment: the buyer has what they paid for, and can download it."""

from typing import Any
from uuid import UUID

from comptoir.kernel import files, timeline
from comptoir.kernel.accounts.models import User
from comptoir.kernel.money import Money
from comptoir.kernel.notifications import send_mail
from comptoir.kernel.payments.models import Payment, PaymentState
from comptoir.kernel.states import may_move, move
from comptoir.marketplace import cart, checkout
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


def on_paid(payment: Payment) -> None:
    """One purchase for each item, the cart emptied of them, a mail to the buyer and one to each seller (K15)."""
    order = Order.objects.select_for_update().select_related("buyer").get(pk=payment.subject_id)
    if order.state == OrderState.PAID:
        return
    order.paid_at = payment.paid_at
    move(order, OrderState.PAID, table=ORDER_TRANSITIONS, saving=["paid_at"])
    # An order that had been given up and turned out paid holds its things again. Where the buyer has since ordered
    # them anew, the database refuses: the job ends as a dead letter, and the operator gives the money back.
    items = list(order.items.select_related("seller__user", "automation"))
    if not all(item.holds for item in items):
        order.items.update(holds=True)
    Purchase.objects.bulk_create(
        Purchase(item=item, buyer=order.buyer, seller_id=item.seller_id, automation_id=item.automation_id)
        for item in items
    )
    cart.forget(order.buyer, [item.automation_id for item in items])
    _tell_buyer(order, items)
    _tell_sellers(order, items)


def on_failed(payment: Payment) -> None:
    """The order will not be paid: the buyer may order the same things again."""
    order = Order.objects.select_for_update().get(pk=payment.subject_id)
    to = OrderState.EXPIRED if payment.state == PaymentState.EXPIRED else OrderState.FAILED
    if may_move(order, to, table=ORDER_TRANSITIONS):
        move(order, to, table=ORDER_TRANSITIONS)
        checkout.let_go(order)


def return_path(payment: Payment) -> str:
    return f"/orders/{payment.subject_id}"


def download(user: User, automation_id: UUID) -> dict[str, Any]:
    """A link to the newest file of a listing, for its buyers and its seller, valid five minutes (K17).

    Answers `url`, `filename` and `expires_in` seconds. Raises `AutomationNotFound` or `NotBought`.
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
    if Purchase.objects.standing().filter(buyer=user, automation=automation).exists():
        return
    if automation.state != AutomationState.PUBLISHED:
        # Who did not buy it may not know that it ever existed.
        raise AutomationNotFound
    raise NotBought


def _tell_buyer(order: Order, items: list[OrderItem]) -> None:
    send_mail(
        "purchase",
        to=order.buyer,
        key=f"marketplace.order:{order.pk}:buyer",
        order_path=f"/orders/{order.pk}",
        items=[{"title": item.title, "price": item.price} for item in items],
        total=order.total,
    )


def _tell_sellers(order: Order, items: list[OrderItem]) -> None:
    for seller in {item.seller_id: item.seller for item in items}.values():
        theirs = [item for item in items if item.seller_id == seller.pk]
        net = sum(item.price_minor - item.fee_minor for item in theirs)
        send_mail(
            "sale",
            to=seller.user,
            key=f"marketplace.order:{order.pk}:seller:{seller.pk}",
            items=[{"title": item.title, "price": item.price} for item in theirs],
            net=Money(net, order.currency),
        )
