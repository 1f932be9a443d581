"""What the template tags write: money and moments in the reader's language, fields that say what is wrong, figures."""

from datetime import UTC, date, datetime
from typing import Any

import pytest
from django import forms
from django.template import Context, Template
from django.utils import translation

from comptoir.kernel.money import Money

NARROW = {0xA0: " ", 0x202F: " "}


def shown(source: str, *, language: str = "en", **context: Any) -> str:
    with translation.override(language):
        return Template("{% load ui %}" + source).render(Context(context))


@pytest.mark.parametrize(
    ("language", "minor", "currency", "written"),
    [
        ("en", 1999, "EUR", "€19.99"),
        ("fr", 1999, "EUR", "19,99 €"),
        ("fr", 123456, "USD", "1 234,56 $US"),
        ("en", 1500, "JPY", "¥1,500"),
    ],
)
def test_money_as_its_reader_writes_it(language: str, minor: int, currency: str, written: str) -> None:
    html = shown("{% money minor currency %}", language=language, minor=minor, currency=currency)
    plain = html.replace("\xa0", " ").replace("\u202f", " ")
    assert plain == f'<span class="money">{written}</span>'
    assert html == shown("{% money amount %}", language=language, amount=Money(minor, currency))


def test_moments_in_the_time_of_the_counter() -> None:
    at = datetime(2026, 7, 1, 22, 30, tzinfo=UTC)
    day = shown("{% moment at %}", language="fr", at=at)
    assert 'datetime="2026-07-01T22:30:00+00:00"' in day
    assert ">2 juil. 2026</time>" in day, "half past midnight in Paris"
    assert ">2 juil. 2026, 00:30</time>" in shown('{% moment at "time" %}', language="fr", at=at)
    assert ">1 Jul 2026</time>" in shown("{% moment on %}", on=date(2026, 7, 1))


@pytest.mark.parametrize(
    ("size", "language", "written"),
    [(6656, "en", "6.5 kB"), (6656, "fr", "6,5 ko"), (5 * 1024**2, "fr", "5 Mo"), (200, "en", "0.2 kB")],
)
def test_sizes_as_people_know_them(size: int, language: str, written: str) -> None:
    assert shown("{{ size|file_size }}", language=language, size=size).translate(NARROW) == written


class Listing(forms.Form):
    title = forms.CharField(help_text="In a few words.")
    note = forms.CharField(required=False, widget=forms.Textarea)
    price = forms.CharField()
    currency = forms.ChoiceField(choices=[("EUR", "EUR")])
    delivery = forms.ChoiceField(choices=[("file", "A file"), ("link", "A link")], widget=forms.RadioSelect)
    file_key = forms.CharField(widget=forms.HiddenInput)


def test_a_field_ties_its_help_and_its_error_to_its_answer() -> None:
    html = shown("{% field form.title %}", form=Listing({"title": ""}))
    assert 'aria-describedby="id_title_helptext id_title_error"' in html
    assert 'id="id_title_helptext">In a few words.' in html
    assert 'id="id_title_error"' in html
    assert 'aria-invalid="true"' in html


def test_what_need_not_be_answered_says_so() -> None:
    assert "optional" in shown("{% field form.note %}", form=Listing())
    assert "optional" not in shown("{% field form.title %}", form=Listing())


def test_radios_are_a_group_with_a_name() -> None:
    html = shown("{% field form.delivery %}", form=Listing())
    assert "<legend>Delivery" in html
    assert html.count('type="radio"') == 2


def test_a_price_stands_with_its_currency() -> None:
    assert "<span>EUR</span>" in shown('{% field form.price currency="EUR" %}', form=Listing())
    assert 'name="currency"' in shown("{% field form.price currency=form.currency %}", form=Listing())


def test_the_summary_leads_to_each_wrong_answer() -> None:
    html = shown(
        "{% error_summary form %}", form=Listing({"title": "Invoices", "currency": "EUR", "delivery": "file"})
    )
    assert 'href="#id_price"' in html
    assert 'href="#id_title"' not in html
    assert shown("{% error_summary form %}", form=Listing()).strip() == ""


def test_a_drop_zone_accepts_what_the_shop_accepts() -> None:
    html = shown(
        '{% upload form.file_key kind="previewImage" kept="kept.png" %}', form=Listing({"file_key": "kept"})
    )
    assert 'accept="image/png,image/jpeg,image/webp,.png,.jpg,.jpeg,.webp"' in html
    assert 'value="kept"' in html
    assert "kept.png" in html


def test_a_chart_is_also_told_in_words() -> None:
    rows = [("Mon", 0, "€0.00"), ("Tue", 1, "€0.01"), ("Wed", 10_000, "€100.00")]
    html = shown("{% bar_chart rows title='Sales' %}", rows=rows)
    assert html.count("<rect") == 3
    assert 'height="0.00"' in html, "no sale, no column"
    assert 'height="1.00"' in html, "one cent is seen"
    assert '<th scope="row">Wed</th><td class="number">€100.00</td>' in html
    assert 'points="0.00,100.00 50.00,50.00 100.00,0.00"' in shown("{% sparkline v title='t' %}", v=[1, 2, 3])


def test_figures_without_movement_or_without_figures_are_drawn_too() -> None:
    assert 'points="0.00,50.00 100.00,50.00"' in shown("{% sparkline v title='t' %}", v=[4, 4])
    assert 'points="0.00,50.00 100,50.00"' in shown("{% sparkline v title='t' %}", v=[4])
    assert 'points=""' in shown("{% sparkline v title='t' %}", v=[])
    assert "<rect" not in shown("{% bar_chart rows title='t' %}", rows=[])


def test_names_are_escaped_wherever_they_come_from() -> None:
    for source in ("{% avatar name %}", "{% sparkline v title=name %}"):
        assert "<script" not in shown(source, name="<script>alert(1)</script>", v=[1, 2])
    title = "<img src=x>"
    assert title not in shown('{% dialog id="d" title=title %}hello{% enddialog %}', title=title)
