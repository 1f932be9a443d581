"""Lists by page: `?page=&pageSize=` in, `{items, total, page, pageSize}` out."""

from typing import Any, Generic, TypeVar

from django.db.models import Model, QuerySet
from pydantic import Field

from comptoir.kernel.http.schema import Schema

DEFAULT_PAGE_SIZE = 24
MAX_PAGE_SIZE = 100

Item = TypeVar("Item")
Row = TypeVar("Row", bound=Model)


class Paging(Schema):
    """Which page is wanted: `def list_orders(request, paging: Query[Paging])`."""

    # The bound keeps the offset within what a database counts to.
    page: int = Field(1, ge=1, le=1_000_000)
    page_size: int = Field(DEFAULT_PAGE_SIZE, ge=1, le=MAX_PAGE_SIZE)


class Page(Schema, Generic[Item]):
    """One page of a list, and how many there are in all."""

    items: list[Item]
    total: int
    page: int
    page_size: int


def paginate(rows: QuerySet[Row], paging: Paging) -> dict[str, Any]:
    """The page of these rows, for an operation with `response=Page[…]`. Two queries.

    `rows` must be ordered by something unique, or a row could show on two pages.
    """
    assert rows.ordered, "a list without an order has no pages"
    start = (paging.page - 1) * paging.page_size
    return {
        "items": list(rows[start : start + paging.page_size]),
        "total": rows.count(),
        "page": paging.page,
        "page_size": paging.page_size,
    }
