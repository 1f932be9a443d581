"""What a visitor asks of the catalogue: read from an address, written back into links, and the page that it finds."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any
from urllib.parse import urlencode

from django.core.paginator import Page, Paginator
from django.db.models import Choices
from django.http import QueryDict
from django.utils.translation import gettext as _

from comptoir.marketplace import queries
from comptoir.marketplace.catalogue.local_cache import get_or_make
from comptoir.marketplace.models import Automation, Category, Platform
from comptoir.marketplace.queries import Filters

PAGE_SIZE = 24
WORDS_LENGTH = 100
CATEGORIES = frozenset({"", *Category.values})
PLATFORMS = frozenset({"", *Platform.values})


@dataclass(frozen=True)
class CatalogueQuery:
    """Some filters and a page. Each query has one address, whatever else the visitor's own address holds."""

    filters: Filters
    page: int = 1

    @classmethod
    def read(cls, parameters: Mapping[str, Any]) -> "CatalogueQuery":
        def words(name: str) -> str:
            return " ".join(parameters.get(name, "").replace("\0", " ").split())[:WORDS_LENGTH]

        number = words("page")
        page = int(number) if number.isascii() and number.isdigit() and len(number) < 7 else 1
        return cls(Filters(words("category"), words("platform"), words("q")), max(page, 1))

    @property
    def query_string(self) -> str:
        """As it stands in an address; empty for the first page of everything."""
        asked = {**vars(self.filters), "page": self.page if self.page > 1 else ""}
        return urlencode({name: value for name, value in asked.items() if value})

    @property
    def parameters(self) -> QueryDict:
        return QueryDict(self.query_string)

    @property
    def is_known(self) -> bool:
        """Whether its category and platform are ours: of other words there is no end."""
        return self.filters.category in CATEGORIES and self.filters.platform in PLATFORMS

    def link(self, **changes: str) -> str:
        """To the first page of a query that differs in these filters."""
        query = CatalogueQuery(replace(self.filters, **changes)).query_string
        return f"/?{query}" if query else "/"

    @property
    def cache(self) -> str:
        """Where what is made of this query is kept: of a visitor's own words there is no end."""
        return "searches" if self.filters.q else "pages"

    @property
    def labels(self) -> list[str]:
        """The chosen category and platform as people call them."""
        chosen = ((Category, self.filters.category), (Platform, self.filters.platform))
        return [str(dict(of.choices).get(value, value)) for of, value in chosen if value]

    @property
    def name(self) -> str:
        """What it is about: `“reminder” · Finance · n8n`. Empty for everything."""
        words = [_("“%(words)s”") % {"words": self.filters.q}] if self.filters.q else []
        return " · ".join([*words, *self.labels])

    @property
    def full_name(self) -> str:
        """The same with its page, for a window's title."""
        number = [_("page %(number)s") % {"number": self.page}] if self.page > 1 else []
        return " · ".join([*filter(None, [self.name]), *number])


class KnownCount(Paginator):
    """A paginator that has been told how many there are."""

    def __init__(self, *args: Any, total: int) -> None:
        super().__init__(*args)
        self.total = total

    @cached_property
    def count(self) -> int:
        return self.total


@dataclass(frozen=True)
class CataloguePage:
    """What a query finds: a page of listings, how many there are in all and `everywhere` for the same words, and
    ways to narrow them down."""

    query: CatalogueQuery
    page: Page[Automation]
    total: int
    everywhere: int
    groups: list[dict[str, Any]]


def catalogue_page(query: CatalogueQuery, *, edition: int) -> CataloguePage:
    """As of that edition or later, in two queries. Raises `EmptyPage` for a page after the last."""
    words = query.filters.q
    # Counting reads every listing: once for an edition, however many queries there are.
    counts = get_or_make(("tally", words, edition), lambda: queries.tally(words), cache=query.cache)
    total = _sum(counts, query.filters)
    page = KnownCount(queries.catalogue(query.filters), PAGE_SIZE, total=total).page(query.page)
    return CataloguePage(
        query, page, total, sum(counts.values()), [_categories(query, counts), _platforms(query, counts)]
    )


Counts = dict[tuple[str, str], int]


def _sum(counts: Counts, filters: Filters) -> int:
    return sum(
        count
        for (category, platform), count in counts.items()
        if filters.category in ("", category) and filters.platform in ("", platform)
    )


def _categories(query: CatalogueQuery, counts: Counts) -> dict[str, Any]:
    return {"title": _("Category"), "options": _options(query, counts, "category", Category)}


def _platforms(query: CatalogueQuery, counts: Counts) -> dict[str, Any]:
    return {"title": _("Platform"), "options": _options(query, counts, "platform", Platform)}


def _options(
    query: CatalogueQuery, counts: Counts, name: str, choices: type[Choices]
) -> list[dict[str, Any]]:
    """Everything, then each choice that leads somewhere; with how many would be seen there."""
    chosen = getattr(query.filters, name)
    everything: list[tuple[str, str]] = [("", _("All"))]
    options = []
    for value, label in everything + choices.choices:
        count = _sum(counts, replace(query.filters, **{name: value}))
        if count or value in ("", chosen):
            options.append(
                {
                    "label": label,
                    "href": query.link(**{name: value}),
                    "current": value == chosen,
                    "count": count,
                }
            )
    return options
