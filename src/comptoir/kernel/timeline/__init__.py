"""What happened, to what, by whom: entries that are only ever added."""

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any

from comptoir.kernel import bulk_sql
from comptoir.kernel.bulk_sql import Rows

if TYPE_CHECKING:
    from django.db.models import QuerySet

    from comptoir.kernel.timeline.models import TimelineEntry


def record(subject: str, subject_id: Any, kind: str, /, *, actor: Any = None, **data: Any) -> None:
    """Add an entry in the caller's transaction.

    `subject` names a kind of thing (`payments.payment`), `subject_id` the one it happened to, `kind` the fact.
    `actor` is the user who did it, or nothing when the house did. `data` must be JSON.
    """
    entry(subject, subject_id, kind, actor=actor, **data).save(force_insert=True)


def record_all(
    subject: str, facts: Iterable[tuple[Any, Mapping[str, Any]]], kind: str, *, actor: Any = None
) -> None:
    """As `record`, for several things of one kind, each with its data, in one query."""
    from comptoir.kernel.timeline.models import TimelineEntry

    each = [{"subject_id": str(subject_id), "data": dict(data)} for subject_id, data in facts]
    actor_id = None if actor is None else actor.pk
    same = {"subject": subject, "kind": kind, "actor_id": actor_id}
    bulk_sql.add(Rows.of(TimelineEntry, each, **same))


def entry(subject: str, subject_id: Any, kind: str, /, *, actor: Any = None, **data: Any) -> "TimelineEntry":
    """As `record`, for a caller who inserts it together with what it tells of."""
    from comptoir.kernel.timeline.models import TimelineEntry

    return TimelineEntry(subject=subject, subject_id=str(subject_id), kind=kind, actor=actor, data=data)


def entries_of(subject: str, subject_id: Any) -> "QuerySet[TimelineEntry]":
    """What happened to one thing, the latest first, with who did it."""
    from comptoir.kernel.timeline.models import TimelineEntry

    rows = TimelineEntry.objects.filter(subject=subject, subject_id=str(subject_id))
    return rows.select_related("actor").order_by("-id")
