"""Adding rows that may stand already: in one statement, however many they are, and it says how many were new.

What `bulk_create(ignore_conflicts=True)` does, for paths where putting the statement together takes Django longer
than carrying it out takes the database.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

import psycopg
from django.db import DEFAULT_DB_ALIAS, connections, models, transaction
from django.db.backends.base.base import BaseDatabaseWrapper


@dataclass(frozen=True)
class Rows:
    """Rows of a table: `each` has what differs, the same fields in the same order; `same` what all share.

    The ORM's defaults are not filled in: whatever must not be null is given.
    """

    model: type[models.Model]
    each: Sequence[Mapping[str, Any]]
    same: Mapping[str, Any]


def add(*tables: Rows) -> int:
    """Add the rows of all these tables, or none; answers how many were new in the last of them.

    A row whose unique values are taken is passed over, and the one that has them stays as it is.
    """
    here = connections[DEFAULT_DB_ALIAS]
    tables = tuple(rows for rows in tables if rows.each)
    if not tables:
        return 0
    if here.vendor == "postgresql":
        return _add_in_one_statement(tables, here)
    with transaction.atomic(savepoint=False):
        return [_add(rows, here) for rows in tables][-1]


def _add_in_one_statement(tables: Sequence[Rows], here: Any) -> int:
    """One round trip: a statement by itself needs no transaction around it. A column travels as one array, so that
    the statement is the same for any number of rows; bound by the server, it is spared the quoting."""
    *before, last = [_array_insert(rows.model, tuple(rows.each[0]), tuple(rows.same)) for rows in tables]
    beside = ", ".join(f"added_{number} AS ({sql})" for number, sql in enumerate(before))
    params: list[Any] = []
    for rows in tables:
        shared, differing = _fields(rows.model, tuple(rows.same)), _fields(rows.model, tuple(rows.each[0]))
        params += [field.get_db_prep_save(rows.same[name], here) for name, field in shared.items()]
        params += [
            [field.get_db_prep_save(row[name], here) for row in rows.each]
            for name, field in differing.items()
        ]
    here.ensure_connection()
    with here._prepare_cursor(psycopg.Cursor(here.connection)) as cursor:
        cursor.execute(f"WITH {beside} {last}" if beside else last, params)
        return cursor.rowcount


@cache
def _array_insert(model: type[models.Model], differing: tuple[str, ...], shared: tuple[str, ...]) -> str:
    here = connections[DEFAULT_DB_ALIAS]
    # The length of a varchar is left to the column, which refuses what is too long: a cast would cut it off.
    kinds = [field.db_type(here).partition("(")[0] for field in _fields(model, differing).values()]
    arrays = ", ".join(f"%b::{kind}[]" for kind in kinds)
    values = ", ".join(["given.*", *["%s"] * len(shared)])
    into = _insert_into(model, (*differing, *shared))
    return f"{into} SELECT {values} FROM unnest({arrays}) AS given ON CONFLICT DO NOTHING"  # noqa: S608


def _add(rows: Rows, here: BaseDatabaseWrapper) -> int:
    fields = _fields(rows.model, (*rows.each[0], *rows.same))
    sql = f"{_insert_into(rows.model, tuple(fields))} VALUES ({', '.join(['%s'] * len(fields))}) ON CONFLICT DO NOTHING"
    params = [
        [field.get_db_prep_save(value, here) for field, value in zip(fields.values(), row, strict=True)]
        for row in ((*each.values(), *rows.same.values()) for each in rows.each)
    ]
    with here.cursor() as cursor:
        cursor.executemany(sql, params)
        return cursor.rowcount


def _insert_into(model: type[models.Model], names: tuple[str, ...]) -> str:
    quoted = connections[DEFAULT_DB_ALIAS].ops.quote_name
    columns = ", ".join(quoted(field.column) for field in _fields(model, names).values())
    return f"INSERT INTO {quoted(model._meta.db_table)} ({columns})"


@cache
def _fields(model: type[models.Model], names: tuple[str, ...]) -> dict[str, Any]:
    return {name: model._meta.get_field(name) for name in names}
