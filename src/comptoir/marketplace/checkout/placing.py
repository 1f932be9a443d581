"""From a cart to the gateway's page: prices frozen, one open order for each thing, nothing paid for twice."""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from django.db import IntegrityError

from comptoir.kernel import timeline
from comptoir.kernel.accounts.models import User
from comptoir.kernel.ids import new_id
from comptoir.kernel.money import Money
from comptoir.kernel.payments import charges
from comptoir.kernel.payments.gateways.base import LineItem
from comptoir.kernel.payments.models import Flow
from comptoir.marketplace import pricing
from comptoir.marketplace.checkout import open_orders
from comptoir.marketplace.checkout.availability import available
from comptoir.marketplace.checkout.cart import ITEMS_AT_MOST
from comptoir.marketplace.models import Automation, Order, OrderItem
from comptoir.marketplace.refusals import BeingPaid, EmptyCart, TooManyItems

PURPOSE = "marketplace.order"
# Somebody who pressed twice may be faster each time.
TRIES = 3


@dataclass(frozen=True)
class Checkout:
    """An order waiting for its payment, and the gateway's page where that is done."""

    order_id: UUID
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
    pending = _order(buyer, available(buyer, wanted))
    action = charges.submit(pending.payment, call=pending.call)
    return Checkout(UUID(action.payment.subject_id), action.url)


def _order(buyer: User, listings: Sequence[Automation]) -> charges.Pending:
    """Most people have no order yet that reserves one of these things: to look for it first would cost each of them."""
    for left in reversed(range(TRIES)):
        try:
            return _write(buyer, listings)
        except IntegrityError as error:
            if not left and (title := open_orders.reserved_title(buyer, listings)):
                # Other pages of theirs were faster each time.
                raise BeingPaid(title=title) from error
            if payment := open_orders.resume_or_close(buyer, listings):
                return charges.Pending(payment)
            # What reserved them is closed now.
            if not left:
                raise
    raise AssertionError("the last try returns or raises")


def _write(buyer: User, listings: Sequence[Automation]) -> charges.Pending:
    """An order with the prices as they stand in the database, and nobody else's, beside its payment."""
    order = Order(buyer=buyer, currency=listings[0].currency, payment_id=new_id())
    items = [_item(order, listing) for listing in listings]
    order.total_minor = sum(item.price_minor for item in items)
    placed = timeline.entry("marketplace.order", order.pk, "placed", actor=buyer, total=order.total_minor)
    return charges.start(
        purpose=PURPOSE,
        subject_id=order.pk,
        flow=Flow.HOSTED,
        payer=buyer,
        email=buyer.email,
        lines=[LineItem(item.title, item.price) for item in items],
        shares=_shares(items),
        cancel_path=f"/orders/{order.pk}",
        payment_id=order.payment_id,
        also=[[order], items, [placed]],
    )


def _item(order: Order, listing: Automation) -> OrderItem:
    assert listing.current_id
    return OrderItem(
        order=order,
        buyer=order.buyer,
        automation=listing,
        seller=listing.seller,
        version_id=listing.current_id,
        title=listing.title,
        price_minor=listing.price_minor,
        fee_minor=pricing.fee(listing.price).minor,
        currency=listing.currency,
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
