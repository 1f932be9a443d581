"""Rows of several tables inserted, added where they do not stand yet, or changed where they stand as expected: in one
statement, however many they are.

What `bulk_create()`, `bulk_create(ignore_conflicts=True)` and `update()` do, for paths where putting the statement
together takes Django longer than carrying it out takes the database.

To PostgreSQL the rows of a table travel as one JSON text, so that the statement is the same for any number of them.
"""

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cache
from typing import Any

import psycopg
from django.db import DEFAULT_DB_ALIAS, connections, models, transaction
from psycopg.types.json import Jsonb

IF_NEW = "ON CONFLICT DO NOTHING"


@dataclass(frozen=True)
class Rows:
    """Rows of a table: `each` has what differs, the same fields in the same order; `same` what all share.

    The ORM's defaults are filled in by `Rows.of` alone.
    """

    model: type[models.Model]
    each: Sequence[Mapping[str, Any]]
    same: Mapping[str, Any]

    @classmethod
    def of(cls, model: type[models.Model], each: Sequence[Mapping[str, Any]], **same: Any) -> "Rows":
        """With the model's own defaults for the fields not given: a callable is asked once for each row where the
        field is unique, and once for all of them elsewhere."""
        unique, shared = _left_to_fill(model, frozenset((*same, *(each[0] if each else ()))))
        if unique:
            each = [{**{field.name: field.get_default() for field in unique}, **row} for row in each]
        return cls(model, each, {**{field.name: field.get_default() for field in shared}, **same})


@cache
def _left_to_fill(model: type[models.Model], given: frozenset[str]) -> tuple[list[Any], list[Any]]:
    """The fields that have a default and were not given: those that are unique, and the others."""
    left = [field for field in model._meta.local_concrete_fields if _is_filled(field, given)]
    return [field for field in left if field.unique], [field for field in left if not field.unique]


def _is_filled(field: Any, given: frozenset[str]) -> bool:
    if isinstance(field, models.AutoField) or given & {field.name, field.attname}:
        return False
    return field.has_default() or not field.null


def insert(*tables: Sequence[models.Model]) -> None:
    """Insert these objects, those of one model after the other: all of them, or it raises `IntegrityError`.

    Keys that the database gives are not read back: such an object is not known by its `pk` afterwards.
    """
    _insert([_rows(objects) for objects in tables if objects], conflict="")
    for objects in tables:
        for obj in objects:
            obj._state.adding, obj._state.db = False, DEFAULT_DB_ALIAS


def _rows(objects: Sequence[models.Model]) -> Rows:
    model = type(objects[0])
    fields = [field for field in model._meta.local_concrete_fields if not isinstance(field, models.AutoField)]
    return Rows(
        model, [{field.name: field.pre_save(obj, add=True) for field in fields} for obj in objects], {}
    )


def add(*tables: Rows) -> int:
    """Add the rows of all these tables, or none; returns how many were new in the last of them.

    A row whose unique values are taken is passed over, and the one that has them stays as it is.
    """
    filled = [rows for rows in tables if rows.each]
    return _insert(filled, conflict=IF_NEW) if filled else 0


@dataclass(frozen=True)
class Change:
    """New values for the row that stands as `found`: its key, and whatever else must not have changed meanwhile."""

    found: Mapping[str, Any]
    to: Mapping[str, Any]


def change(model: type[models.Model], changes: Sequence[Change]) -> int:
    """Carry out these changes, which name the same fields; returns how many rows stood as they were found."""
    if not changes:
        return 0
    found, to = tuple(changes[0].found), tuple(changes[0].to)
    values = _prepared(model, (*to, *found), ((*each.to.values(), *each.found.values()) for each in changes))
    here = connections[DEFAULT_DB_ALIAS]
    if here.vendor == "postgresql":
        return _execute(_update_given(model, found, to), [_as_json(values)])
    with transaction.atomic(savepoint=False), here.cursor() as cursor:
        cursor.executemany(_update(model, found, to), values)
        return cursor.rowcount


def _insert(tables: Sequence[Rows], *, conflict: str) -> int:
    here = connections[DEFAULT_DB_ALIAS]
    if here.vendor == "postgresql":
        # One round trip: a statement by itself needs no transaction around it.
        *before, last = [
            _insert_given(rows.model, tuple(rows.each[0]), tuple(rows.same), conflict) for rows in tables
        ]
        beside = ", ".join(f"added_{number} AS ({sql})" for number, sql in enumerate(before))
        params = [_as_json(part) for rows in tables for part in (_differing(rows), _shared(rows)) if part[0]]
        return _execute(f"WITH {beside} {last}" if beside else last, params)
    with transaction.atomic(savepoint=False), here.cursor() as cursor:
        for rows in tables:
            sql = _insert_values(rows.model, (*rows.each[0], *rows.same), conflict)
            [same] = _shared(rows)
            cursor.executemany(sql, [row + same for row in _differing(rows)])
        return cursor.rowcount


def _differing(rows: Rows) -> list[list[Any]]:
    return _prepared(rows.model, tuple(rows.each[0]), (row.values() for row in rows.each))


def _shared(rows: Rows) -> list[list[Any]]:
    return _prepared(rows.model, tuple(rows.same), [rows.same.values()])


def _prepared(
    model: type[models.Model], names: tuple[str, ...], rows: Iterable[Iterable[Any]]
) -> list[list[Any]]:
    """The values of each row as the database takes them."""
    here, fields = connections[DEFAULT_DB_ALIAS], _fields(model, names)
    return [
        [field.get_db_prep_save(value, here) for field, value in zip(fields, values, strict=True)]
        for values in rows
    ]


def _as_json(rows: Sequence[Sequence[Any]]) -> str:
    return json.dumps(
        [{f"v{number}": value for number, value in enumerate(row)} for row in rows], default=_plain
    )


def _plain(value: Any) -> Any:
    if isinstance(value, Jsonb):
        return value.obj
    return value.isoformat() if isinstance(value, date) else str(value)


def _execute(sql: str, params: Sequence[Any]) -> int:
    """Bound by the server, which is spared the quoting. Returns how many rows it met."""
    here: Any = connections[DEFAULT_DB_ALIAS]
    here.ensure_connection()
    with here._prepare_cursor(psycopg.Cursor(here.connection)) as cursor:
        cursor.execute(sql, params)
        return cursor.rowcount


@cache
def _insert_given(
    model: type[models.Model], differing: tuple[str, ...], shared: tuple[str, ...], conflict: str
) -> str:
    given = _given(model, differing)
    if shared:
        given += f", {_given(model, shared, alias='shared')}"
    return f"{_insert_into(model, (*differing, *shared))} SELECT * FROM {given} {conflict}"  # noqa: S608


@cache
def _insert_values(model: type[models.Model], names: tuple[str, ...], conflict: str) -> str:
    return f"{_insert_into(model, names)} VALUES ({', '.join(['%s'] * len(names))}) {conflict}"


@cache
def _update_given(model: type[models.Model], found: tuple[str, ...], to: tuple[str, ...]) -> str:
    pairs = [f"{column} = v{number}" for number, column in enumerate(_columns(model, (*to, *found)))]
    values, same = ", ".join(pairs[: len(to)]), " AND ".join(pairs[len(to) :])
    return f"{_update_of(model)} SET {values} FROM {_given(model, (*to, *found))} WHERE {same}"


@cache
def _update(model: type[models.Model], found: tuple[str, ...], to: tuple[str, ...]) -> str:
    values = ", ".join(f"{column} = %s" for column in _columns(model, to))
    same = " AND ".join(f"{column} = %s" for column in _columns(model, found))
    return f"{_update_of(model)} SET {values} WHERE {same}"


def _given(model: type[models.Model], names: tuple[str, ...], *, alias: str = "given") -> str:
    here = connections[DEFAULT_DB_ALIAS]
    kinds = [field.rel_db_type(here) or field.db_type(here) for field in _fields(model, names)]
    columns = ", ".join(f"v{number} {kind}" for number, kind in enumerate(kinds))
    return f"json_to_recordset(%s::json) AS {alias} ({columns})"


def _insert_into(model: type[models.Model], names: tuple[str, ...]) -> str:
    return f"INSERT INTO {_quoted(model._meta.db_table)} ({', '.join(_columns(model, names))})"


def _update_of(model: type[models.Model]) -> str:
    return f"UPDATE {_quoted(model._meta.db_table)}"


def _columns(model: type[models.Model], names: tuple[str, ...]) -> list[str]:
    return [_quoted(field.column) for field in _fields(model, names)]


def _quoted(name: str) -> str:
    return connections[DEFAULT_DB_ALIAS].ops.quote_name(name)


@cache
def _fields(model: type[models.Model], names: tuple[str, ...]) -> tuple[Any, ...]:
    return tuple(model._meta.get_field(name) for name in names)
