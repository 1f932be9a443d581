"""Rows of several tables inserted, added where they do not stand yet, or changed where they stand as expected: in one
statement, however many they are.

What `bulk_create()`, `bulk_create(ignore_conflicts=True)` and `update()` do, for paths where putting the statement
together takes Django longer than carrying it out takes the database.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

import psycopg
from django.db import DEFAULT_DB_ALIAS, connections, models, transaction
from django.db.backends.base.base import BaseDatabaseWrapper

IF_NEW = "ON CONFLICT DO NOTHING"


@dataclass(frozen=True)
class Rows:
    """Rows of a table: `each` has what differs, the same fields in the same order; `same` what all share.

    The ORM's defaults are not filled in: whatever must not be null is given.
    """

    model: type[models.Model]
    each: Sequence[Mapping[str, Any]]
    same: Mapping[str, Any]


def insert(*tables: Sequence[models.Model]) -> None:
    """Insert these objects, those of one model after the other: all of them, or it raises `IntegrityError`.

    Keys that the database gives are not read back: such an object is not known by its `pk` afterwards.
    """
    here = connections[DEFAULT_DB_ALIAS]
    given = tuple(_rows(objects) for objects in tables if objects)
    if here.vendor == "postgresql":
        _insert_in_one_statement(given, here, conflict="")
    else:
        with transaction.atomic(savepoint=False):
            for rows in given:
                _insert(rows, here, conflict="")
    for objects in tables:
        for obj in objects:
            obj._state.adding, obj._state.db = False, here.alias


def _rows(objects: Sequence[models.Model]) -> Rows:
    model = type(objects[0])
    fields = [field for field in model._meta.local_concrete_fields if not isinstance(field, models.AutoField)]
    return Rows(
        model, [{field.name: field.pre_save(obj, add=True) for field in fields} for obj in objects], {}
    )


def add(*tables: Rows) -> int:
    """Add the rows of all these tables, or none; answers how many were new in the last of them.

    A row whose unique values are taken is passed over, and the one that has them stays as it is.
    """
    here = connections[DEFAULT_DB_ALIAS]
    tables = tuple(rows for rows in tables if rows.each)
    if not tables:
        return 0
    if here.vendor == "postgresql":
        return _insert_in_one_statement(tables, here, conflict=IF_NEW)
    with transaction.atomic(savepoint=False):
        return [_insert(rows, here, conflict=IF_NEW) for rows in tables][-1]


@dataclass(frozen=True)
class Change:
    """New values for the row that stands as `found`: its key, and whatever else must not have changed meanwhile."""

    found: Mapping[str, Any]
    to: Mapping[str, Any]


def change(model: type[models.Model], changes: Sequence[Change]) -> int:
    """Carry out these changes, which name the same fields; answers how many rows stood as they were found."""
    here = connections[DEFAULT_DB_ALIAS]
    if not changes:
        return 0
    found, to = tuple(changes[0].found), tuple(changes[0].to)
    fields = [*_fields(model, to).values(), *_fields(model, found).values()]
    values = [
        [field.get_db_prep_save(value, here) for field, value in zip(fields, given, strict=True)]
        for given in ((*each.to.values(), *each.found.values()) for each in changes)
    ]
    if here.vendor == "postgresql":
        return _execute(
            _array_update(model, found, to), [list(column) for column in zip(*values, strict=True)]
        )
    with transaction.atomic(savepoint=False), here.cursor() as cursor:
        cursor.executemany(_update(model, found, to), values)
        return cursor.rowcount


def _insert_in_one_statement(tables: Sequence[Rows], here: Any, *, conflict: str) -> int:
    """One round trip: a statement by itself needs no transaction around it. A column travels as one array, so that
    the statement is the same for any number of rows."""
    *before, last = [
        _array_insert(rows.model, tuple(rows.each[0]), tuple(rows.same), conflict) for rows in tables
    ]
    beside = ", ".join(f"added_{number} AS ({sql})" for number, sql in enumerate(before))
    params: list[Any] = []
    for rows in tables:
        shared, differing = _fields(rows.model, tuple(rows.same)), _fields(rows.model, tuple(rows.each[0]))
        params += [field.get_db_prep_save(rows.same[name], here) for name, field in shared.items()]
        params += [
            [field.get_db_prep_save(row[name], here) for row in rows.each]
            for name, field in differing.items()
        ]
    return _execute(f"WITH {beside} {last}" if beside else last, params)


def _execute(sql: str, params: Sequence[Any]) -> int:
    """Bound by the server, which is spared the quoting. Answers how many rows it met."""
    here: Any = connections[DEFAULT_DB_ALIAS]
    here.ensure_connection()
    with here._prepare_cursor(psycopg.Cursor(here.connection)) as cursor:
        cursor.execute(sql, params)
        return cursor.rowcount


@cache
def _array_insert(
    model: type[models.Model], differing: tuple[str, ...], shared: tuple[str, ...], conflict: str
) -> str:
    arrays = ", ".join(_arrays(model, differing))
    values = ", ".join(["given.*", *["%s"] * len(shared)])
    into = _insert_into(model, (*differing, *shared))
    return f"{into} SELECT {values} FROM unnest({arrays}) AS given {conflict}"  # noqa: S608


@cache
def _array_update(model: type[models.Model], found: tuple[str, ...], to: tuple[str, ...]) -> str:
    arrays = ", ".join([*_arrays(model, to), *_arrays(model, found)])
    names = ", ".join(
        [f"to_{number}" for number in range(len(to))] + [f"found_{n}" for n in range(len(found))]
    )
    values = ", ".join(f"{column} = to_{number}" for number, column in enumerate(_columns(model, to)))
    same = " AND ".join(f"{column} = found_{number}" for number, column in enumerate(_columns(model, found)))
    return f"{_update_of(model)} SET {values} FROM unnest({arrays}) AS given ({names}) WHERE {same}"


@cache
def _update(model: type[models.Model], found: tuple[str, ...], to: tuple[str, ...]) -> str:
    values = ", ".join(f"{column} = %s" for column in _columns(model, to))
    same = " AND ".join(f"{column} = %s" for column in _columns(model, found))
    return f"{_update_of(model)} SET {values} WHERE {same}"


def _arrays(model: type[models.Model], names: tuple[str, ...]) -> list[str]:
    here = connections[DEFAULT_DB_ALIAS]
    kinds = [field.rel_db_type(here) or field.db_type(here) for field in _fields(model, names).values()]
    # The length of a varchar is left to the column, which refuses what is too long: a cast would cut it off.
    return [f"%b::{kind.partition('(')[0]}[]" for kind in kinds]


def _insert(rows: Rows, here: BaseDatabaseWrapper, *, conflict: str) -> int:
    fields = _fields(rows.model, (*rows.each[0], *rows.same))
    sql = f"{_insert_into(rows.model, tuple(fields))} VALUES ({', '.join(['%s'] * len(fields))}) {conflict}"
    params = [
        [field.get_db_prep_save(value, here) for field, value in zip(fields.values(), row, strict=True)]
        for row in ((*each.values(), *rows.same.values()) for each in rows.each)
    ]
    with here.cursor() as cursor:
        cursor.executemany(sql, params)
        return cursor.rowcount


def _insert_into(model: type[models.Model], names: tuple[str, ...]) -> str:
    return f"INSERT INTO {_quoted(model._meta.db_table)} ({', '.join(_columns(model, names))})"


def _update_of(model: type[models.Model]) -> str:
    return f"UPDATE {_quoted(model._meta.db_table)}"


def _columns(model: type[models.Model], names: tuple[str, ...]) -> list[str]:
    return [_quoted(field.column) for field in _fields(model, names).values()]


def _quoted(name: str) -> str:
    return connections[DEFAULT_DB_ALIAS].ops.quote_name(name)


@cache
def _fields(model: type[models.Model], names: tuple[str, ...]) -> dict[str, Any]:
    return {name: model._meta.get_field(name) for name in names}
