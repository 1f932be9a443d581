"""What pydantic finds wrong with a request, said so that a person knows what to change."""

from collections.abc import Iterable, Mapping
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _
from pydantic.alias_generators import to_camel

from comptoir.kernel.errors import FieldError

# By the types of https://docs.pydantic.dev/latest/errors/validation_errors/. `%(…)s` are its context.
_MESSAGES: dict[str, str | Promise] = {
    "missing": _("Fill in this field."),
    "extra_forbidden": _("Leave this field out: it is not known here."),
    "string_type": _("Give a text."),
    "string_unicode": _("This text holds characters that cannot be stored. Remove them."),
    "string_pattern_mismatch": _("This is not in the expected form."),
    "int_type": _("Give a whole number."),
    "int_parsing": _("Give a whole number."),
    "int_from_float": _("Give a whole number, without decimals."),
    "int_parsing_size": _("This number is too large."),
    "float_type": _("Give a number."),
    "float_parsing": _("Give a number."),
    "finite_number": _("Give a finite number."),
    "decimal_type": _("Give a number."),
    "decimal_parsing": _("Give a number."),
    "bool_type": _("Answer with true or false."),
    "bool_parsing": _("Answer with true or false."),
    "greater_than": _("Give a number above %(gt)s."),
    "greater_than_equal": _("Give %(ge)s or more."),
    "less_than": _("Give a number below %(lt)s."),
    "less_than_equal": _("Give %(le)s or less."),
    "multiple_of": _("Give a multiple of %(multiple_of)s."),
    "literal_error": _("Choose one of: %(expected)s."),
    "enum": _("Choose one of: %(expected)s."),
    "uuid_type": _("This is not an identifier. Copy it whole from where you found it."),
    "uuid_parsing": _("This is not an identifier. Copy it whole from where you found it."),
    "date_type": _("Give a date as YYYY-MM-DD."),
    "date_parsing": _("Give a date as YYYY-MM-DD."),
    "date_from_datetime_parsing": _("Give a date as YYYY-MM-DD."),
    "datetime_type": _("Give a moment such as 2026-01-31T09:30:00Z."),
    "datetime_parsing": _("Give a moment such as 2026-01-31T09:30:00Z."),
    "datetime_from_date_parsing": _("Give a moment such as 2026-01-31T09:30:00Z."),
    "timezone_aware": _("Give a moment with its time zone, such as 2026-01-31T09:30:00Z."),
    "url_type": _("Give a web address that starts with https://."),
    "url_parsing": _("Give a web address that starts with https://."),
    "url_scheme": _("Give a web address that starts with https://."),
    "list_type": _("Give a list."),
    "set_type": _("Give a list."),
    "tuple_type": _("Give a list."),
    "dict_type": _("Give an object, in braces."),
    "model_type": _("Give an object, in braces."),
    "model_attributes_type": _("Give an object, in braces."),
}
_REPHRASED = {"value_error", "assertion_error"}


def field_errors(found: Iterable[Mapping[str, Any]]) -> list[FieldError]:
    """Each field once, with the first thing that is wrong with it."""
    errors: dict[str, FieldError] = {}
    for error in found:
        name = field_name(error["loc"])
        errors.setdefault(name, FieldError(name, message(error)))
    return list(errors.values())


def field_name(location: tuple[str | int, ...]) -> str:
    """`("body", "payload", "lines", 0, "file_key")` → `lines.0.fileKey`: the caller's words, not Python's.

    The first part says where it was found; in a body, the second is the name of our own argument.
    """
    source, *path = location
    if source in {"body", "form", "file"} and len(path) > 1:
        path = path[1:]
    elif source == "body":
        return "body"
    return ".".join(part if isinstance(part, str) and "-" in part else to_camel(str(part)) for part in path)


def message(error: Mapping[str, Any]) -> str:
    kind, context = error["type"], error.get("ctx", {})
    if kind in {"string_too_short", "string_too_long", "too_short", "too_long"}:
        return _about_length(kind, context)
    if kind in _REPHRASED:
        return str(context.get("error") or gettext("Check this field."))
    if "expected" in context:  # the library writes: 'letter' or 'parcel'
        context = {"expected": context["expected"].replace("'", "").replace(" or ", ", ")}
    text = _MESSAGES.get(kind)
    return str(text) % context if text else gettext("Check this field.")


def _about_length(kind: str, context: Mapping[str, Any]) -> str:
    if kind == "string_too_short":
        count = context["min_length"]
        if count == 1:
            return gettext("Fill in this field.")
        return ngettext("Write at least %(n)s character.", "Write at least %(n)s characters.", count) % {
            "n": count
        }
    if kind == "string_too_long":
        count = context["max_length"]
        return ngettext("Write at most %(n)s character.", "Write at most %(n)s characters.", count) % {
            "n": count
        }
    if kind == "too_short":
        count = context["min_length"]
        return ngettext("Give at least %(n)s item.", "Give at least %(n)s items.", count) % {"n": count}
    count = context["max_length"]
    return ngettext("Give at most %(n)s item.", "Give at most %(n)s items.", count) % {"n": count}
