"""The client's own place: their profile first, then what was delivered, and what each level opens."""

from dataclasses import dataclass
from uuid import UUID

from django.db import transaction
from django.db.models import F
from django.utils.translation import gettext as _

from comptoir.commissions import correspondence, notices, progress, validation
from comptoir.commissions.grid import RANKS, Level
from comptoir.commissions.models import (
    ClientProfile,
    Expert,
    LevelContent,
    Order,
    OrderStatus,
    PaymentStatus,
    Revision,
    RevisionState,
)
from comptoir.commissions.refusals import (
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
        *(_of_level(one, rank) for one in _published()),
    ]


def delivered_orders(client: User) -> list[Order]:
    """Those whose content the client has, also while a change that they asked for is being made."""
    rows = Order.objects.filter(
        customer=client, payment_status=PaymentStatus.SUCCEEDED, delivered_at__isnull=False
    )
    return list(rows.select_related("expert", "claimed_by").order_by("-delivered_at", "-pk"))


def read(client: User, content_id: UUID) -> Reading:
    """Open one. Raises `ProfileIncomplete`, `ContentLocked` or `ContentNotFound`."""
    if profile_of(client) is None:
        raise ProfileIncomplete
    order = next((order for order in delivered_orders(client) if order.pk == content_id), None)
    if order is not None:
        return Reading(_of_order(order), delivered_content(order).content, order)
    shelved = LevelContent.objects.filter(pk=content_id, is_published=True).first()
    if shelved is None:
        raise ContentNotFound
    content = _of_level(shelved, rank_of(client))
    if content.locked:
        raise ContentLocked(level=Level(content.level).label)
    return Reading(content, shelved.body)


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
        timeline.record(progress.SUBJECT, order.pk, "accepted", actor=client, rating=rating)
    return order


def ask_change(client: User, order_id: UUID, *, wish: str) -> Order:
    """Back to the expert's desk with the client's words, as often as the offer includes.

    Raises `NotDelivered`, `AlreadyAccepted`, `NoChangeLeft` or `Invalid`.
    """
    wish = wish.strip()
    if not 1 <= len(wish) <= validation.WORDS_LENGTH:
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
        validation.count_up(order)
        progress.advance(order, OrderStatus.REJECTED, actor=client, by="client")
        correspondence.add(order, author=client, from_client=True, body=wish)
        notices.to_revise(order)
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


def _published() -> list[LevelContent]:
    shelved = LevelContent.objects.filter(is_published=True).defer("body")
    return sorted(shelved, key=lambda one: (RANKS[one.level], one.created_at))


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
