"""Queries that every visit asks, written once: putting one together takes Django longer than answering it takes the
database."""

from collections.abc import Callable
from functools import cached_property
from typing import Any

from django.db import connection
from django.db.models import QuerySet
from django.db.models.expressions import RawSQL


class Prepared:
    """`Prepared(lambda asked: CartItem.objects.filter(buyer=asked).values_list("pk"))`, then call it with a value.

    `asked` stands in the query for that value, which is given as the database takes it. Answers rows as they come.
    """

    def __init__(self, question: Callable[[RawSQL], QuerySet[Any, Any]]) -> None:
        self._question = question

    @cached_property
    def _written(self) -> tuple[str, tuple[Any, ...]]:
        return self._question(RawSQL("%s", (self,))).query.sql_with_params()

    def __call__(self, value: Any = None) -> list[tuple[Any, ...]]:
        sql, params = self._written
        with connection.cursor() as cursor:
            cursor.execute(sql, [value if param is self else param for param in params])
            return cursor.fetchall()
