"""The tags of page authors, `{% load ui %}`: README.md of the app shows each call, `/_ui` the result."""

import zlib
from collections.abc import Sequence
from datetime import date, datetime
from functools import lru_cache
from typing import Any
from xml.etree import ElementTree

import heroicons
from babel.dates import format_date, format_datetime, format_time
from babel.units import format_unit
from django import forms, template
from django.forms import BoundField
from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe
from django.utils.timezone import localtime
from django.utils.translation import get_language, to_locale
from django.utils.translation import gettext as _

from comptoir.kernel.files.installed_kinds import kinds
from comptoir.kernel.money import Money
from comptoir.ui import charts

register = template.Library()


# The house writes its English as they do in London.
LOCALES = {"en": "en_GB"}


def _locale() -> str:
    language = get_language() or "en"
    return LOCALES.get(language, to_locale(language))


# ── Words and figures ───────────────────────────────────────────────────────────────────────────────────
@register.simple_tag
def money(amount: Money | int, currency: str = "") -> str:
    """`{% money order.total_minor order.currency %}`, or a `Money` alone, as the reader writes it."""
    minor, code = (amount.minor, amount.currency) if isinstance(amount, Money) else (amount, currency)
    return _money(minor, code, get_language() or "en")


@lru_cache(maxsize=8192)
def _money(minor: int, currency: str, language: str) -> SafeString:
    return format_html('<span class="money">{}</span>', Money(minor, currency).format(language))


@register.simple_tag
def moment(at: datetime | date, shape: str = "date") -> str:
    """`{% moment order.paid_at %}` shows the day, `{% moment order.paid_at "time" %}` the hour too."""
    locale = _locale()
    if not isinstance(at, datetime):
        return format_html(
            '<time datetime="{}">{}</time>', at.isoformat(), format_date(at, "medium", locale=locale)
        )
    local = localtime(at)
    short = format_date(local, "medium", locale=locale)
    whole = format_datetime(local, "medium", locale=locale)
    shown = short if shape == "date" else f"{short}, {format_time(local, 'short', locale=locale)}"
    return format_html(
        '<time datetime="{}" title="{}">{}</time>', at.isoformat(timespec="seconds"), whole, shown
    )


@register.filter
def file_size(size: int) -> str:
    """`{{ file.size|file_size }}`: 6.5 kB, or 6,5 ko. Counted in powers of 1024, as our limits are."""
    unit, amount = ("kilobyte", size / 1024) if size < 1024**2 else ("megabyte", size / 1024**2)
    return format_unit(round(amount, 1), f"digital-{unit}", "short", locale=_locale())


@register.simple_tag
@lru_cache(maxsize=512)
def icon(name: str, size: int = 20, label: str = "") -> SafeString:
    """`{% icon "bell" %}` is decoration; with `label=_("Messages")` it speaks for itself."""
    svg = ElementTree.fromstring(heroicons._render_icon("outline", str(name), size, {}))  # noqa: S314 the package's own files
    svg.attrib.pop("aria-hidden", None)
    svg.attrib.pop("data-slot", None)
    svg.attrib["class"] = "icon"
    svg.attrib.update({"role": "img", "aria-label": str(label)} if label else {"aria-hidden": "true"})
    return mark_safe(ElementTree.tostring(svg, encoding="unicode"))  # noqa: S308


# ── Forms ───────────────────────────────────────────────────────────────────────────────────────────────
WIDGETS: tuple[tuple[type[forms.Widget], str], ...] = (
    (forms.CheckboxSelectMultiple, "choices"),
    (forms.RadioSelect, "choices"),
    (forms.CheckboxInput, "check"),
    (forms.Select, "select"),
    (forms.Textarea, "textarea"),
)


@register.inclusion_tag("ui/field.html")
def field(bound: BoundField, *, currency: str | BoundField = "", hint: str = "") -> dict[str, Any]:
    """`{% field form.title %}`; a price says its currency, fixed (`currency="EUR"`) or asked (`=form.currency`)."""
    widget = bound.field.widget
    kind = next((kind for widgets, kind in WIDGETS if isinstance(widget, widgets)), "text")
    return {
        "field": bound,
        "kind": "money" if currency else kind,
        "currency": currency,
        "currency_is_chosen": isinstance(currency, BoundField),
        "help": hint or bound.help_text,
        "marked_optional": not bound.field.required and kind not in ("check", "choices"),
    }


@register.inclusion_tag("ui/upload.html")
def upload(
    bound: BoundField, *, kind: str, hint: str = "", picture: str = "", kept: str = ""
) -> dict[str, Any]:
    """A drop zone that sends the file straight to storage and leaves its key in the hidden field `bound`.

    `kind` is one of `kernel.files`, which knows what is accepted. `kept` names the file whose key a form came back
    with; a key that was refused is not kept. `picture` is the address of that file's, or of the present one's.
    """
    accepted = kinds()[kind].content_types
    key = "" if bound.errors else bound.value() or ""
    return {
        "field": bound,
        "key": key,
        "kept": kept if key else "",
        "kind": kind,
        "accept": ",".join([*accepted, *(ending for endings in accepted.values() for ending in endings)]),
        "max_bytes": kinds()[kind].max_bytes,
        "help": hint or bound.help_text,
        "picture": picture,
    }


@register.inclusion_tag("ui/error_summary.html")
def error_summary(form: forms.BaseForm) -> dict[str, Any]:
    """Every wrong answer in one place. A hidden field is a drop zone's, and leads there."""
    return {"form": form, "wrong": [bound for bound in form if bound.errors]}


# ── People and figures ──────────────────────────────────────────────────────────────────────────────────
@register.simple_tag
def avatar(name: object, *, picture: str = "", size: str = "") -> str:
    """`{% avatar user.name picture=… size="small" %}`: their portrait, or else their initials."""
    return _avatar(str(name), picture, size)


@lru_cache(maxsize=1024)
def _avatar(name: str, picture: str, size: str) -> SafeString:
    words = name.replace("@", " ").replace(".", " ").split() or ["?"]
    initials = (words[0][0] + (words[1][0] if len(words) > 1 else "")).upper()
    shade = zlib.crc32(name.encode()) % 5 + 1
    return format_html(
        '<span class="{}" aria-hidden="true">{}</span>',
        f"avatar shade-{shade} {size}".rstrip(),
        format_html('<img src="{}" alt="">', picture) if picture else initials,
    )


@register.inclusion_tag("ui/sparkline.html")
def sparkline(values: Sequence[int], *, title: str) -> dict[str, Any]:
    """A line no higher than the text beside it."""
    return {"line": charts.line(values), "title": title, "id": charts.identity(title, values)}


@register.inclusion_tag("ui/bar_chart.html")
def bar_chart(rows: Sequence[tuple[str, int, str]], *, title: str) -> dict[str, Any]:
    """Columns over time. Each row is its label, its value and the value as it is written."""
    values = [value for _label, value, _shown in rows]
    return {
        "rows": rows,
        "bars": charts.bars(rows),
        "peak": max(rows, key=lambda row: row[1])[2] if rows else "",
        "title": title,
        "id": charts.identity(title, values),
    }


# ── Blocks ──────────────────────────────────────────────────────────────────────────────────────────────
@register.simple_tag(takes_context=True)
def personal(context: template.Context, name: str) -> str:
    """`{% personal "ui/messages.html" %}` includes what is each person's own; `page_shell.py` says why."""
    placeholder = context.get("shell_placeholder")
    if placeholder:
        return mark_safe(f"{placeholder}{name}{placeholder}")  # noqa: S308
    return template.Engine.get_default().get_template(name).render(context)


@register.simple_block_tag
def dialog(content: str, *, id: str, title: str) -> str:  # noqa: A002 the attribute's own name
    """`{% dialog id="refund" title=_("Refund") %}…{% enddialog %}`, opened by `<a href="#refund" data-dialog>`."""
    return format_html(
        '<dialog class="dialog" id="{id}" aria-labelledby="{id}-title">'
        '<header class="dialog-head"><h2 id="{id}-title">{title}</h2>'
        '<a class="button quiet small square" href="#" data-dialog-close aria-label="{close}">{cross}</a></header>'
        "{content}</dialog>",
        id=id,
        title=title,
        close=_("Close"),
        cross=icon("x-mark"),
        content=content,
    )
