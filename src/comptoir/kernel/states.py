"""States move forward through a table of transitions that stands beside the enum naming them."""

from collections.abc import Mapping, Sequence
from typing import Any

from django.db import models
from django.utils.translation import gettext_lazy as _

from comptoir.kernel import bulk_sql, timeline
from comptoir.kernel.bulk_sql import Change
from comptoir.kernel.errors import Refusal

Transitions = Mapping[str, frozenset[str]]


class WrongState(Refusal):
    code = "wrong_state"
    message = _("This cannot be done any more: it is %(state)s.")


def may_move(obj: models.Model, to: str, *, table: Transitions, field: str = "state") -> bool:
    return to in table[getattr(obj, field)]


def move(
    obj: models.Model,
    to: str,
    *,
    table: Transitions,
    field: str = "state",
    actor: Any = None,
    saving: Sequence[str] = (),
    **data: Any,
) -> None:
    """Move `obj` to the state `to`, save it and leave a timeline entry, all in the caller's transaction.

    The fields named in `saving` are written as they stand on `obj`, by the same UPDATE.

    The UPDATE names the state that was read, so that of two that race one is refused even where a database
    has no row locks. Raises `WrongState` when the table does not allow the step or somebody was faster.
    `data` goes into the entry.
    """
    if not may_move(obj, to, table=table, field=field):
        raise WrongState(state=_label(obj, field))
    before = getattr(obj, field)
    found = type(obj)._base_manager.filter(pk=obj.pk, **{field: before})
    if not found.update(**_values(obj, saving), **{field: to}):
        raise WrongState(state=_label(obj, field))
    setattr(obj, field, to)
    timeline.record(obj._meta.label_lower, obj.pk, to, actor=actor, **{"before": before, **data})


def move_all(
    moving: Sequence[tuple[models.Model, Mapping[str, Any]]],
    to: str,
    *,
    table: Transitions,
    field: str = "state",
    actor: Any = None,
    saving: Sequence[str] = (),
) -> None:
    """As `move`, for several of one model, each with the data of its entry: all in two queries, or it raises."""
    before = [getattr(obj, field) for obj, _data in moving]
    for obj, _data in moving:
        if not may_move(obj, to, table=table, field=field):
            raise WrongState(state=_label(obj, field))
    if not moving:
        return
    model = type(moving[0][0])
    changes = [_change(obj, to, field=field, saving=saving) for obj, _data in moving]
    if bulk_sql.change(model, changes) != len(moving):
        raise WrongState(state=_label(moving[0][0], field))
    for obj, _data in moving:
        setattr(obj, field, to)
    timeline.record_all(
        model._meta.label_lower,
        [(obj.pk, {"before": state, **data}) for (obj, data), state in zip(moving, before, strict=True)],
        to,
        actor=actor,
    )


def _label(obj: models.Model, field: str) -> str:
    """The state in the reader's language, rather than its code."""
    return str(getattr(obj, f"get_{field}_display")())


def _change(obj: models.Model, to: str, *, field: str, saving: Sequence[str]) -> Change:
    """Of the row that is still in the state that was read."""
    key: Any = obj._meta.pk
    return Change({key.name: obj.pk, field: getattr(obj, field)}, {**_values(obj, saving), field: to})


def _values(obj: models.Model, names: Sequence[str]) -> dict[str, Any]:
    fields: Any = [obj._meta.get_field(name) for name in names]
    return {name: getattr(obj, field.attname) for name, field in zip(names, fields, strict=True)}
