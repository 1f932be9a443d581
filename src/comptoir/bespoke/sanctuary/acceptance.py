"""The client's decision on what was delivered: accepted, with a rating, or sent back for a change."""

from uuid import UUID

from django.db import transaction
from django.db.models import F
from django.utils.translation import gettext as _

from comptoir.bespoke.models import Expert, Order, OrderStatus
from comptoir.bespoke.orders import mails, transitions
from comptoir.bespoke.orders import messages as order_messages
from comptoir.bespoke.orders import revisions as order_revisions
from comptoir.bespoke.refusals import AlreadyAccepted, NoChangeLeft, NotDelivered, OrderNotFound
from comptoir.bespoke.sanctuary.contents import delivered_content
from comptoir.kernel import clock, timeline
from comptoir.kernel.accounts.models import User
from comptoir.kernel.errors import FieldError, Invalid

BEST_RATING = 5


def accept(client: User, order_id: UUID, *, rating: int | None = None) -> Order:
    """The client is content, and may say how much, of five. Raises `NotDelivered`, `AlreadyAccepted`, `Invalid`."""
    if rating is not None and not 1 <= rating <= BEST_RATING:
        raise Invalid(errors=[FieldError("rating", _("Give one to five."))])
    with transaction.atomic():
        order = _delivered(client, order_id)
        order.accepted_at, order.rating = clock.now(), rating
        order.save(update_fields=["accepted_at", "rating"])
        if rating is not None:
            Expert.objects.filter(pk=order.worked_by.pk).update(
                rating_sum=F("rating_sum") + rating, rating_count=F("rating_count") + 1
            )
        timeline.record(transitions.SUBJECT, order.pk, "accepted", actor=client, rating=rating)
    return order


def ask_change(client: User, order_id: UUID, *, wish: str) -> Order:
    """Back to the expert's desk with the client's words, as often as the offer includes.

    Raises `NotDelivered`, `AlreadyAccepted`, `NoChangeLeft` or `Invalid`.
    """
    wish = wish.strip()
    if not 1 <= len(wish) <= order_revisions.REASON_LENGTH:
        raise Invalid(
            errors=[FieldError("wish", _("Say what you would like changed, in 4000 characters at most."))]
        )
    with transaction.atomic():
        order = _delivered(client, order_id)
        if order.changes_count >= order.revision_limit:
            raise NoChangeLeft(limit=order.revision_limit)
        revision = delivered_content(order)
        revision.reason = wish
        revision.save(update_fields=["reason"])
        order.changes_count += 1
        order.save(update_fields=["changes_count"])
        order_revisions.count_sent_back(order)
        transitions.advance(order, OrderStatus.REJECTED, actor=client, by="client")
        order_messages.add(order, author=client, from_client=True, body=wish)
        mails.to_revise(order)
    return order


def _delivered(client: User, order_id: UUID) -> Order:
    rows = Order.objects.select_for_update(of=("self",)).select_related("expert__user", "claimed_by__user")
    order = rows.filter(pk=order_id, customer=client).first()
    if order is None:
        raise OrderNotFound
    if order.status != OrderStatus.DELIVERED:
        raise NotDelivered
    if order.accepted_at is not None:
        raise AlreadyAccepted
    return order
