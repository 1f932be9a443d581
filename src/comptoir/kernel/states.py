"""States move forward through a table of transitions that stands beside the enum naming them."""

from collections.abc import Mapping, Sequence
from typing import Any

from django.db import models
from django.utils.translation import gettext_lazy as _

from comptoir.kernel import timeline
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
    before = getattr(obj, field)
    if not may_move(obj, to, table=table, field=field):
        raise WrongState(state=before)
    values = {name: getattr(obj, name) for name in saving} | {field: to}
    moved = type(obj)._default_manager.filter(pk=obj.pk, **{field: before}).update(**values)
    if not moved:
        raise WrongState(state=before)
    setattr(obj, field, to)
    timeline.record(obj._meta.label_lower, obj.pk, to, actor=actor, before=before, **data)
