"""Queries that every visit asks, written once: putting one together takes Django longer than answering it takes the
database."""

from collections.abc import Callable, Sequence
from functools import cached_property
from typing import Any, NamedTuple

from django.db import connection
from django.db.models import QuerySet
from django.db.models.expressions import RawSQL


class _Written(NamedTuple):
    sql: str
    params: tuple[Any, ...]
    # By column: what makes Python's value of the database's, where they differ, and the expression it asks for.
    converters: dict[int, tuple[Sequence[Callable[..., Any]], Any]]


class CompiledQuery:
    """`CompiledQuery(lambda asked: Membership.objects.filter(user=asked).values_list("pk"))`,
    then call it with a value.

    `asked` stands in the query for that value, which is given as the database takes it. Returns the query's rows.
    """

    def __init__(self, question: Callable[[RawSQL], QuerySet[Any, Any]]) -> None:
        self._question = question

    @cached_property
    def _written(self) -> _Written:
        compiler = self._question(RawSQL("%s", (self,))).query.get_compiler(connection=connection)
        sql, params = compiler.as_sql()
        columns = [column for column, _sql, _alias in compiler.select]
        return _Written(sql, tuple(params), compiler.get_converters(columns))

    def __call__(self, value: Any = None) -> list[tuple[Any, ...]]:
        sql, params, converters = self._written
        with connection.cursor() as cursor:
            cursor.execute(sql, [value if param is self else param for param in params])
            rows = cursor.fetchall()
        return [_converted(row, converters) for row in rows] if converters else rows


def _converted(
    row: tuple[Any, ...], converters: dict[int, tuple[Sequence[Callable[..., Any]], Any]]
) -> tuple[Any, ...]:
    values = list(row)
    for column, (convert, expression) in converters.items():
        for one in convert:
            values[column] = one(values[column], expression, connection)
    return tuple(values)
