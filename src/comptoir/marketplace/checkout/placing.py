"""From a cart to the gateway's page: prices frozen, one open order for each thing, nothing paid for twice."""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from django.db import IntegrityError

from comptoir.kernel import clock, timeline
from comptoir.kernel.accounts.models import User
from comptoir.kernel.errors import Refusal
from comptoir.kernel.ids import new_id
from comptoir.kernel.money import Money
from comptoir.kernel.payments import charges
from comptoir.kernel.payments.gateways.base import LineItem
from comptoir.kernel.payments.models import UNRESOLVED, Flow, Payee, Payment, PaymentState
from comptoir.marketplace import pricing
from comptoir.marketplace.checkout.cart import ITEMS_AT_MOST
from comptoir.marketplace.models import Automation, AutomationState, Order, OrderItem, Purchase, Seller
from comptoir.marketplace.refusals import (
    AlreadyBought,
    AutomationNotFound,
    BeingPaid,
    EmptyCart,
    MixedCurrencies,
    NotForSale,
    OwnProduct,
    SellerCannotBePaid,
    TooManyItems,
)

PURPOSE = "marketplace.order"


@dataclass(frozen=True)
class Checkout:
    """An order waiting for its payment, and the gateway's page where that is done."""

    order: Order
    url: str


def check_out(buyer: User, automation_ids: Sequence[UUID]) -> Checkout:
    """Order these listings at the prices they have now, and open the page that takes the payment.

    Asked again for the same things at the same prices, it returns the same order and the same page. An open order
    for some of them is closed first, so that a person with two pages open can only pay on one. Raises what
    `refusals` names, `GatewayRefused`, or `GatewayUnreachable` (then asking again goes on where it stopped).
    """
    wanted = list(dict.fromkeys(automation_ids))
    if not wanted:
        raise EmptyCart
    if len(wanted) > ITEMS_AT_MOST:
        raise TooManyItems(limit=ITEMS_AT_MOST)
    goods = _goods(wanted)
    _refuse_unsellable(buyer, goods)
    return _begin_or_go_on(buyer, goods, tries=3)


def _begin_or_go_on(buyer: User, goods: Sequence[Automation], *, tries: int) -> Checkout:
    """Most people have no order yet that holds one of these things: to look for it first would cost each of them."""
    order, items = _drafted(buyer, goods)
    try:
        started = _write(order, items)
    except IntegrityError:
        if same := _same_order(buyer, goods):
            return _go_on(same)
        # What held them is closed now. Somebody who pressed twice may still be faster.
        if tries == 1:
            raise
        return _begin_or_go_on(buyer, goods, tries=tries - 1)
    return Checkout(order, charges.submit(started.payment, call=started.call).url)


def _go_on(order: Order) -> Checkout:
    payment = Payment.objects.select_related("payer").get(pk=order.payment_id)
    return Checkout(order, charges.submit(payment).url)


def _goods(wanted: Sequence[UUID]) -> list[Automation]:
    listed = Automation.objects.filter(pk__in=wanted).select_related("seller__user__payee")
    found = {automation.pk: automation for automation in listed.defer("description", "search_text")}
    if len(found) != len(wanted):
        raise AutomationNotFound
    return [found[pk] for pk in wanted]


def unavailable_reasons(buyer: User | None, goods: Sequence[Automation]) -> dict[UUID, Refusal]:
    """Why some of these cannot be bought, before anybody tries: for a cart to say so beside the thing itself."""
    bought = (
        Purchase.objects.active().filter(buyer=buyer, automation__in=goods)
        if buyer
        else Purchase.objects.none()
    )
    owned = set(bought.values_list("automation_id", flat=True))
    found = {item.pk: _unavailable_reason(buyer, item) for item in goods}
    found |= {item.pk: AlreadyBought(title=item.title) for item in goods if item.pk in owned}
    return {pk: refusal for pk, refusal in found.items() if refusal}


def _unavailable_reason(buyer: User | None, item: Automation) -> Refusal | None:
    if buyer and item.seller_id == buyer.pk:
        return OwnProduct(title=item.title)
    if item.state != AutomationState.PUBLISHED:
        return NotForSale(title=item.title)
    payee = _payee(item.seller)
    if payee is None or not payee.onboarding_complete:
        return SellerCannotBePaid(title=item.title)
    return None


def _payee(seller: Seller) -> Payee | None:
    """Read with the listings, so that this asks nothing."""
    return getattr(seller.user, "payee", None)


def _refuse_unsellable(buyer: User, goods: Sequence[Automation]) -> None:
    for item in goods:
        if refusal := _unavailable_reason(buyer, item):
            raise refusal
    currencies = sorted({item.currency for item in goods})
    if len(currencies) > 1:
        raise MixedCurrencies(currencies=", ".join(currencies))


def _same_order(buyer: User, goods: Sequence[Automation]) -> Order | None:
    """The open order for exactly these things at these prices; others that hold one of them are closed."""
    asked = {(item.pk, item.price_minor, item.currency) for item in goods}
    same = None
    for order in _orders_holding(buyer, goods):
        title = _held_title(order, goods)
        payment = Payment.objects.get(pk=order.payment_id)
        may_be_paid = _can_go_on(payment, title)
        if may_be_paid and _asks(order) == asked and not _page_is_over(payment):
            same = order
            continue
        if may_be_paid and _can_go_on(charges.cancel(payment), title):
            raise BeingPaid(title=title)
        let_go(order)
    return same


def _orders_holding(buyer: User, goods: Sequence[Automation]) -> list[Order]:
    held = OrderItem.objects.filter(buyer=buyer, automation__in=goods, reserves_purchase=True)
    ids = set(held.values_list("order", flat=True))
    return list(Order.objects.filter(pk__in=ids).prefetch_related("items")) if ids else []


def _asks(order: Order) -> set[tuple[UUID, int, str]]:
    return {(item.automation_id, item.price_minor, item.currency) for item in order.items.all()}


def _can_go_on(payment: Payment, title: str) -> bool:
    """Whether the payment can still be made. Raises where it has been, or is under way."""
    if payment.state == PaymentState.PAID:
        raise AlreadyBought(title=title)
    if payment.state == PaymentState.PROCESSING:
        raise BeingPaid(title=title)
    return payment.state in UNRESOLVED


def _page_is_over(payment: Payment) -> bool:
    """Whether the gateway has closed the page by now, even if it has not said so yet."""
    return payment.expires_at is not None and payment.expires_at <= clock.now()


def let_go(order: Order) -> None:
    """The order will not be paid: it no longer holds its things for the buyer."""
    order.items.filter(reserves_purchase=True).update(reserves_purchase=False)


def _held_title(order: Order, goods: Sequence[Automation]) -> str:
    wanted = {item.pk for item in goods}
    return next(item.title for item in order.items.all() if item.automation_id in wanted)


def _drafted(buyer: User, goods: Sequence[Automation]) -> tuple[Order, list[OrderItem]]:
    """An order with the prices as they stand in the database, and nobody else's."""
    order = Order(buyer=buyer, currency=goods[0].currency, payment_id=new_id())
    items = [_item(order, automation) for automation in goods]
    order.total_minor = sum(item.price_minor for item in items)
    return order, items


def _write(order: Order, items: Sequence[OrderItem]) -> charges.Pending:
    placed = timeline.entry(
        "marketplace.order", order.pk, "placed", actor=order.buyer, total=order.total_minor
    )
    return charges.start(
        purpose=PURPOSE,
        subject_id=order.pk,
        flow=Flow.HOSTED,
        payer=order.buyer,
        email=order.buyer.email,
        lines=[LineItem(item.title, item.price) for item in items],
        shares=_shares(items),
        cancel_path=f"/orders/{order.pk}",
        payment_id=order.payment_id,
        also=[[order], items, [placed]],
    )


def _item(order: Order, automation: Automation) -> OrderItem:
    assert automation.current_id
    return OrderItem(
        order=order,
        buyer=order.buyer,
        automation=automation,
        seller=automation.seller,
        version_id=automation.current_id,
        title=automation.title,
        price_minor=automation.price_minor,
        fee_minor=pricing.fee(automation.price).minor,
        currency=automation.currency,
    )


def _shares(items: Sequence[OrderItem]) -> list[charges.ShareOf]:
    """One share for each seller: the sum of their items, less the fee of each (K14)."""
    shares = []
    for seller in {item.seller_id: item.seller for item in items}.values():
        theirs = [item for item in items if item.seller_id == seller.pk]
        gross = Money(sum(item.price_minor for item in theirs), theirs[0].currency)
        fee = Money(sum(item.fee_minor for item in theirs), theirs[0].currency)
        shares.append(charges.ShareOf(seller.user.payee, gross, fee))
    return shares
