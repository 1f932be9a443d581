"""What a listing has to look like. Each field that does not is named, with the mend."""

import re
from collections.abc import Callable, Mapping
from typing import Any

from django.conf import settings
from django.utils.translation import gettext as _

from comptoir.kernel.errors import FieldError, Invalid
from comptoir.kernel.money import Money
from comptoir.marketplace import pricing
from comptoir.marketplace.models import Category, Platform

TITLE_LENGTH = (3, 120)
DESCRIPTION_LENGTH = (20, 5000)
TAGS_AT_MOST = 8
TAG_LENGTH = 30
# Control characters, those that turn the direction of writing around, and those that nobody sees.
UNSEEN = re.compile(r"[\x00-\x1f\x7f-\x9f\u200b\u202a-\u202e\u2060\u2066-\u2069\ufeff]")
LINE_BREAKS = re.compile(r"\r\n?|[\v\f\x85\u2028\u2029]")
VERSION = re.compile(r"\d{1,4}(\.\d{1,4}){0,2}")


def tidy(fields: Mapping[str, Any]) -> dict[str, Any]:
    """The same fields as people see them: on one line or on several, with tags alike (lower case, once each)."""
    tidied = dict(fields)
    for name in ("title", "version"):
        if name in tidied:
            tidied[name] = _line(str(tidied[name]))
    if "description" in tidied:
        lines = LINE_BREAKS.sub("\n", str(tidied["description"])).split("\n")
        tidied["description"] = "\n".join(UNSEEN.sub("", line.replace("\t", " ")) for line in lines).strip()
    if "tags" in tidied:
        tags = (" ".join(_line(str(tag)).lower().split()) for tag in tidied["tags"])
        tidied["tags"] = list(dict.fromkeys(tag for tag in tags if tag))
    if "currency" in tidied:
        tidied["currency"] = str(tidied["currency"]).upper()
    return tidied


def _line(text: str) -> str:
    """A title stands in subjects of mails and on the gateway's page. Its non-breaking spaces stay."""
    return UNSEEN.sub("", re.sub(r"[ \t\n]+", " ", LINE_BREAKS.sub(" ", text))).strip()


def check(fields: Mapping[str, Any]) -> None:
    """Check the fields that are there: on a change, only what changes. Raises `Invalid` naming every wrong one.

    `price` is in minor units of `currency`, which has to be there with it.
    """
    checks: dict[str, Callable[[Any], str]] = {
        "title": _title,
        "description": _description,
        "category": _category,
        "platform": _platform,
        "currency": _currency,
        "tags": _tags,
        "version": _version,
    }
    errors = [
        FieldError(name, problem)
        for name, say in checks.items()
        if name in fields and (problem := say(fields[name]))
    ]
    if "price" in fields and not _currency(fields["currency"]) and (problem := _price(fields)):
        errors.append(FieldError("price", problem))
    if errors:
        raise Invalid(errors=errors)


def _title(title: str) -> str:
    return _length(title, TITLE_LENGTH)


def _description(description: str) -> str:
    return _length(description, DESCRIPTION_LENGTH)


def _length(text: str, bounds: tuple[int, int]) -> str:
    shortest, longest = bounds
    if shortest <= len(text) <= longest:
        return ""
    return _("Write %(shortest)s to %(longest)s characters; this has %(length)s.") % {
        "shortest": shortest,
        "longest": longest,
        "length": len(text),
    }


def _category(category: str) -> str:
    return "" if category in Category.values else _one_of(Category.values)


def _platform(platform: str) -> str:
    return "" if platform in Platform.values else _one_of(Platform.values)


def _currency(currency: str) -> str:
    return "" if currency in settings.CURRENCIES else _one_of(settings.CURRENCIES)


def _one_of(choices: list[str]) -> str:
    return _("Choose one of: %(choices)s.") % {"choices": ", ".join(choices)}


def _tags(tags: list[str]) -> str:
    if len(tags) > TAGS_AT_MOST:
        return _("Use %(limit)s tags at most.") % {"limit": TAGS_AT_MOST}
    if any(len(tag) > TAG_LENGTH for tag in tags):
        return _("Keep each tag to %(limit)s characters.") % {"limit": TAG_LENGTH}
    return ""


def _version(version: str) -> str:
    return "" if VERSION.fullmatch(version) else _("Number it like 1, 1.2 or 1.2.3.")


def _price(fields: Mapping[str, Any]) -> str:
    price, currency = Money(fields["price"], fields["currency"]), fields["currency"]
    lowest, highest = pricing.lowest(currency), pricing.highest(currency)
    if lowest <= price <= highest:
        return ""
    return _("Choose a price between %(lowest)s and %(highest)s.") % {"lowest": lowest, "highest": highest}
