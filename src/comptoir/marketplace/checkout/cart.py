"""What somebody means to buy: kept with their account, or in their session until they sign in."""

from collections.abc import Sequence
from uuid import UUID

from django.contrib.sessions.backends.base import SessionBase
from django.db.models import Count, Exists, OuterRef

from comptoir.kernel.accounts.models import User
from comptoir.kernel.compiled_query import CompiledQuery
from comptoir.marketplace.models import (
    Automation,
    AutomationState,
    CartItem,
    Order,
    OrderItem,
    Purchase,
)
from comptoir.marketplace.refusals import AlreadyBought, AutomationNotFound, OwnProduct, TooManyItems

SESSION_KEY = "cart"
ITEMS_AT_MOST = 20

Buyer = User | None


def add(buyer: Buyer, session: SessionBase, automation_id: UUID) -> Automation:
    """Put a listing in the cart; once is enough. Raises `AutomationNotFound`, `OwnProduct`, `AlreadyBought` or
    `TooManyItems`."""
    automation = Automation.objects.filter(pk=automation_id, state=AutomationState.PUBLISHED).first()
    if automation is None:
        raise AutomationNotFound
    held = ids(buyer, session)
    if automation.pk not in held and len(held) >= ITEMS_AT_MOST:
        raise TooManyItems(limit=ITEMS_AT_MOST)
    if buyer is None:
        session[SESSION_KEY] = list(dict.fromkeys([*session.get(SESSION_KEY, []), str(automation.pk)]))
        return automation
    if automation.seller_id == buyer.pk:
        raise OwnProduct(title=automation.title)
    if Purchase.objects.active().filter(buyer=buyer, automation=automation).exists():
        raise AlreadyBought(title=automation.title)
    CartItem.objects.get_or_create(buyer=buyer, automation=automation)
    return automation


def remove(buyer: Buyer, session: SessionBase, automation_id: UUID) -> None:
    if buyer is None:
        session[SESSION_KEY] = [held for held in session.get(SESSION_KEY, []) if held != str(automation_id)]
    else:
        CartItem.objects.filter(buyer=buyer, automation_id=automation_id).delete()


def ids(buyer: Buyer, session: SessionBase) -> list[UUID]:
    """What is in the cart, in the order it was put there."""
    if buyer is None:
        return [UUID(held) for held in session.get(SESSION_KEY, [])]
    items = CartItem.objects.filter(buyer=buyer, automation__state=AutomationState.PUBLISHED)
    return list(items.order_by("pk").values_list("automation_id", flat=True))


_COUNT = CompiledQuery(
    lambda buyer: (
        CartItem.objects.filter(buyer=buyer, automation__state=AutomationState.PUBLISHED)
        .values("buyer")
        .values_list(Count("pk"))
    )
)


def count(buyer: Buyer, session: SessionBase) -> int:
    """How many things are in the cart: every page shows it."""
    if buyer is None:
        return len(ids(buyer, session))
    found = _COUNT(buyer.pk)
    return found[0][0] if found else 0


def contents(buyer: Buyer, session: SessionBase) -> list[Automation]:
    """The listings in the cart that are still for sale, with what a page shows of them, in two queries."""
    held = ids(buyer, session)
    found = Automation.objects.filter(pk__in=held, state=AutomationState.PUBLISHED)
    by_id = {
        automation.pk: automation for automation in found.select_related("seller__user__payee", "picture")
    }
    return [by_id[pk] for pk in held if pk in by_id]


def take_over(buyer: User, session: SessionBase) -> None:
    """After signing in, the session's cart becomes the account's: less what they own, and never more than fits."""
    held = session.pop(SESSION_KEY, [])
    if not held:
        return
    bought = Purchase.objects.active().filter(buyer=buyer, automation_id__in=held).values("automation_id")
    fits = Automation.objects.filter(pk__in=held, state=AutomationState.PUBLISHED)
    fits = fits.exclude(seller_id=buyer.pk).exclude(pk__in=bought)
    room = ITEMS_AT_MOST - CartItem.objects.filter(buyer=buyer).count()
    CartItem.objects.bulk_create(
        [CartItem(buyer=buyer, automation=automation) for automation in fits[: max(room, 0)]],
        ignore_conflicts=True,
    )


def forget(orders: Sequence[Order]) -> None:
    """Take out of their buyers' carts what these orders have paid for."""
    paid = OrderItem.objects.filter(
        order__in=orders, buyer=OuterRef("buyer"), automation=OuterRef("automation")
    )
    CartItem.objects.filter(Exists(paid), buyer__in={order.buyer_id for order in orders}).delete()
