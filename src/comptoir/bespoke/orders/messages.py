"""What the client and the expert write each other about an order."""

from uuid import UUID

from django.db import transaction
from django.db.models import QuerySet
from django.utils.translation import gettext as _

from comptoir.bespoke.models import Expert, Message, Order, OrderStatus
from comptoir.bespoke.orders import mails
from comptoir.bespoke.refusals import NothingToSay, NotYourOrder, OrderClosed, OrderNotFound
from comptoir.kernel import clock
from comptoir.kernel.accounts.models import User
from comptoir.kernel.errors import FieldError, Invalid

BODY_LENGTH = 8000
SILENT = (OrderStatus.PENDING, OrderStatus.CANCELLED)


def from_client(client: User, order_id: UUID, *, body: str) -> Message:
    """Raises `OrderNotFound` for another's order, `OrderClosed`, `NothingToSay` or `Invalid`."""
    order = _order(order_id)
    if order.customer_id != client.pk:
        raise OrderNotFound
    return _write(order, author=client, from_client=True, body=body)


def from_expert(expert: Expert, order_id: UUID, *, body: str) -> Message:
    """For whoever has the order in hand. Raises `NotYourOrder` and the same."""
    order = _order(order_id)
    if order.worked_by.pk != expert.pk:
        raise NotYourOrder
    return _write(order, author=expert.user, from_client=False, body=body)


def add(order: Order, *, author: User, from_client: bool, body: str) -> Message:
    """The line itself, in the caller's transaction."""
    return Message.objects.create(order=order, author=author, from_client=from_client, body=body)


def read(order: Order, *, by_client: bool) -> QuerySet[Message]:
    """All of it, the oldest first. What the other side wrote counts as read from here on."""
    order.messages.filter(from_client=not by_client, read_at=None).update(read_at=clock.now())
    return order.messages.select_related("author").order_by("created_at", "pk")


def _write(order: Order, *, author: User, from_client: bool, body: str) -> Message:
    body = body.strip()
    if not body:
        raise NothingToSay(errors=[FieldError("body", NothingToSay.message)])
    if len(body) > BODY_LENGTH:
        raise Invalid(errors=[FieldError("body", _("Write 8000 characters at most."))])
    if order.status in SILENT:
        raise OrderClosed(state=order.get_status_display())
    with transaction.atomic():
        message = add(order, author=author, from_client=from_client, body=body)
        mails.message(order, message)
    return message


def _order(order_id: UUID) -> Order:
    rows = Order.objects.select_related("customer", "expert__user", "claimed_by__user")
    order = rows.filter(pk=order_id).first()
    if order is None:
        raise OrderNotFound
    return order
