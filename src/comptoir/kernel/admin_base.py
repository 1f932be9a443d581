"""The operator's desk, where a row is to be looked at and not to be changed by hand."""

import json
from typing import Any
from urllib.parse import urlencode

from django.contrib import admin
from django.contrib.admin.utils import get_fields_from_path
from django.core.exceptions import ValidationError
from django.db.models import Model, Q, QuerySet
from django.http import HttpRequest
from django.urls import reverse
from django.utils.html import format_html

# What stands where a row has nothing to say.
NOTHING = "—"


class ReadOnlyAdmin(admin.ModelAdmin):
    """Rows that the house writes. What an operator may do to them is an action with a name."""

    empty_value_display = NOTHING
    list_per_page = 50
    show_full_result_count = False

    def has_add_permission(self, *_asked: Any, **_about: Any) -> bool:
        return False

    def has_change_permission(self, *_asked: Any, **_about: Any) -> bool:
        return False

    def has_delete_permission(self, *_asked: Any, **_about: Any) -> bool:
        return False


class LookUpAdmin(ReadOnlyAdmin):
    """Rows that are found by the whole of a name, or its beginning (`key__startswith`), so that an index can answer.

    Somebody's address is looked for among addresses alone, and whatever is none among the rest of `search_fields`.
    """

    def get_search_results(
        self, _request: HttpRequest, queryset: QuerySet[Any], search_term: str
    ) -> tuple[QuerySet[Any], bool]:
        words = search_term.strip()
        if not words:
            return queryset, False
        found = Q(pk__in=())
        for path in self.search_fields:
            if path.endswith("email") == ("@" in words) and _may_hold(self.model, path, words):
                found |= Q(**{path: words.lower() if "@" in words else words})
        return queryset.filter(found), False


def _may_hold(model: type[Model], path: str, words: str) -> bool:
    """Whether a column can have such a value at all: an id is no word."""
    column = get_fields_from_path(model, path.removesuffix("__startswith"))[-1]
    try:
        column.to_python(words)
    except ValidationError:
        return False
    return True


class ReadOnlyInline(admin.TabularInline):
    """The same for rows that belong to the one that is looked at."""

    empty_value_display = NOTHING
    extra = 0
    can_delete = False

    def has_add_permission(self, *_asked: Any, **_about: Any) -> bool:
        return False

    def has_change_permission(self, *_asked: Any, **_about: Any) -> bool:
        return False


def looked_up(model: str, *, label: Any, **columns: Any) -> str:
    """A link to the rows of `model` (`ledger.transfer`) that have these values."""
    rows = reverse(f"admin:{model.replace('.', '_')}_changelist")
    wanted = urlencode({f"{name}__exact": value for name, value in columns.items()})
    return format_html('<a href="{}?{}">{}</a>', rows, wanted, label)


def spelled_out(data: Any) -> str:
    """JSON on lines that one can read."""
    return format_html("<pre>{}</pre>", json.dumps(data, indent=2, ensure_ascii=False)) if data else NOTHING
