"""The client's own place: their profile first, then what was delivered, and what each level opens."""

from dataclasses import dataclass, field
from uuid import UUID

from django.db import transaction
from django.db.models import Case, F, QuerySet, Value, When
from django.utils.translation import gettext as _

from comptoir.bespoke.models import (
    Attachment,
    ClientProfile,
    Expert,
    LevelContent,
    Order,
    OrderStatus,
    PaymentStatus,
    Revision,
    RevisionState,
)
from comptoir.bespoke.models.grid import RANKS, Level
from comptoir.bespoke.orders import mails, transitions
from comptoir.bespoke.orders import messages as order_messages
from comptoir.bespoke.orders import revisions as order_revisions
from comptoir.bespoke.refusals import (
    AlreadyAccepted,
    ContentLocked,
    ContentNotFound,
    NoChangeLeft,
    NotDelivered,
    OrderNotFound,
    ProfileIncomplete,
)
from comptoir.kernel import clock, timeline
from comptoir.kernel.accounts.models import User
from comptoir.kernel.errors import FieldError, Invalid

NAME_LENGTH, PHONE_LENGTH, ABOUT_LENGTH = 120, 40, 4000
BEST_RATING = 5


@dataclass(frozen=True)
class Content:
    """One thing on the client's shelf: what was delivered for an order (`order`), or what a level has (`level`)."""

    id: UUID
    kind: str
    title: str
    summary: str
    level: str
    locked: bool


@dataclass(frozen=True)
class Reading:
    """A content that is open to its reader: Markdown, and the order whose files it may name."""

    content: Content
    body: str
    order: Order | None = None
    files: list[Attachment] = field(default_factory=list)


def known_of(client: User) -> dict[str, str]:
    """What the client has told already, in their account or with an order: nobody is asked twice."""
    placed = Order.objects.filter(customer=client).order_by("-created_at").first()
    name = client.name or (placed.customer_name if placed else "")
    return {"name": name, "phone": placed.customer_phone if placed else ""}


def profile_of(client: User) -> ClientProfile | None:
    return ClientProfile.objects.filter(user=client).first()


def keep_profile(client: User, *, name: str, phone: str = "", about: str) -> ClientProfile:
    """What the sanctuary asks first (L13). Raises `Invalid`."""
    name, phone, about = " ".join(name.split()), " ".join(phone.split()), about.strip()
    errors = []
    if not 1 <= len(name) <= NAME_LENGTH:
        errors.append(FieldError("name", _("Write your name, in 120 characters at most.")))
    if len(phone) > PHONE_LENGTH or (phone and not any(map(str.isdigit, phone))):
        errors.append(FieldError("phone", _("Write a telephone number such as +33 6 12 34 56 78.")))
    if not 1 <= len(about) <= ABOUT_LENGTH:
        errors.append(FieldError("about", _("Tell a little of yourself, in 4000 characters at most.")))
    if errors:
        raise Invalid(errors=errors)
    told = {"name": name, "phone": phone, "about": about, "updated_at": clock.now()}
    return ClientProfile.objects.update_or_create(user=client, defaults=told)[0]


def rank_of(client: User) -> int:
    """The highest level that is paid for and not refunded, from 1 to 4; 0 before the first (L14)."""
    paid = Order.objects.filter(customer=client, payment_status=PaymentStatus.SUCCEEDED)
    levels = paid.order_by().values_list("level", flat=True).distinct()
    return max((RANKS[level] for level in levels), default=0)


def contents(client: User) -> list[Content]:
    """The shelf: what was delivered, the newest first, then what the levels have, the lowest first. Three queries."""
    rank = rank_of(client)
    return [
        *(_of_order(order) for order in delivered_orders(client)),
        *(_of_level(one, rank) for one in shelved()),
    ]


def delivered_orders(client: User) -> list[Order]:
    """Those whose content the client has, also while a change that they asked for is being made."""
    return list(_had(client).order_by("-delivered_at", "-pk"))


def read(client: User, content_id: UUID) -> Reading:
    """Open one. Raises `ProfileIncomplete`, `ContentLocked` or `ContentNotFound`."""
    if profile_of(client) is None:
        raise ProfileIncomplete
    order = _had(client).filter(pk=content_id).first()
    if order is not None:
        delivered = delivered_content(order)
        return Reading(_of_order(order), delivered.content, order, _files_of(order, delivered))
    found = LevelContent.objects.filter(pk=content_id, is_published=True).first()
    if found is None:
        raise ContentNotFound
    content = _of_level(found, rank_of(client))
    if content.locked:
        raise ContentLocked(level=Level(content.level).label)
    return Reading(content, found.body)


def delivered_content(order: Order) -> Revision:
    """What the client reads: the latest approved revision. Raises `NotDelivered`."""
    approved = order.revisions.filter(state=RevisionState.APPROVED).order_by("-number").first()
    if approved is None:
        raise NotDelivered
    return approved


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


def _had(client: User) -> QuerySet[Order]:
    rows = Order.objects.filter(
        customer=client, payment_status=PaymentStatus.SUCCEEDED, delivered_at__isnull=False
    )
    return rows.select_related("expert", "claimed_by")


def _files_of(order: Order, delivered: Revision) -> list[Attachment]:
    """All of them; while a change is being made, those of what was approved: the next version's come with it."""
    added = order.attachments.select_related("file").order_by("added_at", "pk")
    if order.status != OrderStatus.DELIVERED:
        added = added.filter(added_at__lte=delivered.decided_at)
    return list(added)


def shelved() -> QuerySet[LevelContent]:
    """What the levels have to read, the lowest level first, without the texts."""
    rank = Case(*(When(level=level, then=Value(rank)) for level, rank in RANKS.items()))
    rows = LevelContent.objects.filter(is_published=True).defer("body")
    return rows.annotate(rank=rank).order_by("rank", "created_at", "pk")


def _of_order(order: Order) -> Content:
    title = _("%(level)s · %(service)s") % {
        "level": order.get_level_display(),
        "service": order.get_service_display(),
    }
    by = _("by %(name)s") % {"name": order.worked_by.name}
    return Content(order.pk, "order", title, by, order.level, locked=False)


def _of_level(shelved: LevelContent, rank: int) -> Content:
    locked = RANKS[shelved.level] > rank
    return Content(shelved.pk, "level", shelved.title, shelved.summary, shelved.level, locked=locked)
