"""What the client can read: what was delivered, and what each level opens."""

from dataclasses import dataclass, field
from uuid import UUID

from django.db.models import Case, QuerySet, Value, When
from django.utils.translation import gettext as _

from comptoir.bespoke.models import (
    Attachment,
    LevelContent,
    Order,
    OrderStatus,
    PaymentStatus,
    Revision,
    RevisionState,
)
from comptoir.bespoke.models.grid import RANKS, Level
from comptoir.bespoke.refusals import ContentLocked, ContentNotFound, NotDelivered, ProfileIncomplete
from comptoir.bespoke.sanctuary import profiles
from comptoir.kernel.accounts.models import User


@dataclass(frozen=True)
class Content:
    """What a client can read: what was delivered for an order (`order`), or what a level has (`level`)."""

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


def rank_of(client: User) -> int:
    """The highest level that is paid for and not refunded, from 1 to 4; 0 before the first (L14)."""
    paid = Order.objects.filter(customer=client, payment_status=PaymentStatus.SUCCEEDED)
    levels = paid.order_by().values_list("level", flat=True).distinct()
    return max((RANKS[level] for level in levels), default=0)


def contents_of(client: User) -> list[Content]:
    """What was delivered, the newest first, then what the levels have, the lowest first. Three queries."""
    rank = rank_of(client)
    return [
        *(_of_order(order) for order in delivered_orders(client)),
        *(_of_level(one, rank) for one in published_contents()),
    ]


def delivered_orders(client: User) -> list[Order]:
    """Those whose content the client has, also while a change that they asked for is being made."""
    return list(_delivered_orders(client).order_by("-delivered_at", "-pk"))


def published_contents() -> QuerySet[LevelContent]:
    """What the levels have to read, the lowest level first, without the texts."""
    rank = Case(*(When(level=level, then=Value(rank)) for level, rank in RANKS.items()))
    rows = LevelContent.objects.filter(is_published=True).defer("body")
    return rows.annotate(rank=rank).order_by("rank", "created_at", "pk")


def read(client: User, content_id: UUID) -> Reading:
    """Open one. Raises `ProfileIncomplete`, `ContentLocked` or `ContentNotFound`."""
    if profiles.profile_of(client) is None:
        raise ProfileIncomplete
    order = _delivered_orders(client).filter(pk=content_id).first()
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


def _delivered_orders(client: User) -> QuerySet[Order]:
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


def _of_order(order: Order) -> Content:
    title = _("%(level)s · %(service)s") % {
        "level": order.get_level_display(),
        "service": order.get_service_display(),
    }
    by = _("by %(name)s") % {"name": order.worked_by.name}
    return Content(order.pk, "order", title, by, order.level, locked=False)


def _of_level(one: LevelContent, rank: int) -> Content:
    locked = RANKS[one.level] > rank
    return Content(one.pk, "level", one.title, one.summary, one.level, locked=locked)
