"""The translation catalogues: extracted, kept, checked, compiled."""

import gettext
import importlib.util
from pathlib import Path

import pytest

pytestmark = pytest.mark.once

_source = Path(__file__).resolve().parents[2] / "tools/messages.py"
_spec = importlib.util.spec_from_file_location("messages", _source)
assert _spec and _spec.loader
messages = importlib.util.module_from_spec(_spec)
_spec.loader.exec_module(messages)

PYTHON = """
from django.utils.translation import gettext as _, ngettext, pgettext_lazy
_("Hello %(name)s")
ngettext("one thing", "%(count)s things", 2)
pgettext_lazy("verb", "Sell")
"""
TEMPLATE = """{% load i18n %}{% translate "Buy now" %}
{% blocktranslate count n=n trimmed %}
  One left
{% plural %}
  {{ n }} left
{% endblocktranslate %}
"""
FRENCH = {
    'msgid "Hello %(name)s"\nmsgstr ""': 'msgid "Hello %(name)s"\nmsgstr "Bonjour %(name)s"',
    'msgid "Buy now"\nmsgstr ""': 'msgid "Buy now"\nmsgstr "Acheter"',
    'msgid "Sell"\nmsgstr ""': 'msgid "Sell"\nmsgstr "Vendre"',
    'msgid_plural "%(count)s things"\nmsgstr[0] ""\nmsgstr[1] ""': (
        'msgid_plural "%(count)s things"\nmsgstr[0] "une chose"\nmsgstr[1] "%(count)s choses"'
    ),
    'msgid_plural "%(n)s left"\nmsgstr[0] ""\nmsgstr[1] ""': (
        'msgid_plural "%(n)s left"\nmsgstr[0] "Il en reste un"\nmsgstr[1] "Il en reste %(n)s"'
    ),
}


@pytest.fixture
def room(tmp_path: Path) -> Path:
    (tmp_path / "templates/shop").mkdir(parents=True)
    (tmp_path / "apps.py").write_text('"""An app."""\n')
    (tmp_path / "story.py").write_text(PYTHON)
    (tmp_path / "templates/shop/product.html").write_text(TEMPLATE)
    return tmp_path


def _translate(room: Path, changes: dict[str, str]) -> Path:
    path = messages.catalogue_of(room)
    text = path.read_text("utf-8")
    for before, after in changes.items():
        assert before in text
        text = text.replace(before, after)
    path.write_text(text, "utf-8")
    return path


def test_what_the_sources_say_is_asked_of_the_translator(room: Path, capsys) -> None:
    assert messages.main([str(room)]) == 0
    assert "no translation: 'Buy now'" in capsys.readouterr().out
    assert messages.main(["--check", str(room)]) == 1


def test_a_translated_room_passes_and_speaks_french(room: Path) -> None:
    messages.main([str(room)])
    path = _translate(room, FRENCH)
    assert messages.main(["--check", str(room)]) == 0

    messages.main(["--compile", str(room)])
    with path.with_suffix(".mo").open("rb") as compiled:
        french = gettext.GNUTranslations(compiled)
    assert french.gettext("Buy now") == "Acheter"
    assert french.pgettext("verb", "Sell") == "Vendre"
    assert french.ngettext("one thing", "%(count)s things", 0) == "une chose"
    assert french.ngettext("one thing", "%(count)s things", 2) == "%(count)s choses"


def test_running_it_again_changes_nothing(room: Path) -> None:
    messages.main([str(room)])
    before = _translate(room, FRENCH).read_bytes()
    messages.main([str(room)])
    assert messages.catalogue_of(room).read_bytes() == before


def test_translations_stay_and_what_is_no_longer_said_goes(room: Path) -> None:
    messages.main([str(room)])
    path = _translate(room, FRENCH)
    (room / "templates/shop/product.html").write_text(
        '{% load i18n %}{% translate "Buy now" %}{% translate "New" %}'
    )

    assert messages.main(["--check", str(room)]) == 1
    messages.main([str(room)])

    text = path.read_text("utf-8")
    assert 'msgid "Buy now"\nmsgstr "Acheter"' in text
    assert "One left" not in text
    assert 'msgid "New"\nmsgstr ""' in text


@pytest.mark.parametrize(
    ("before", "after", "complaint"),
    [
        ("Bonjour %(name)s", "Bonjour %(nom)s", "other placeholders"),
        ("Bonjour %(name)s", "Bonjour", "other placeholders"),
        ("%(count)s choses", "des choses", "other placeholders"),
        ("Acheter", "", "no translation"),
        ('msgid "Buy now"', '#, fuzzy\nmsgid "Buy now"', "fuzzy"),
    ],
)
def test_a_bad_translation_is_named(room: Path, capsys, before: str, after: str, complaint: str) -> None:
    messages.main([str(room)])
    _translate(room, FRENCH)
    _translate(room, {before: after})
    capsys.readouterr()

    assert messages.main(["--check", str(room)]) == 1
    assert complaint in capsys.readouterr().out


def test_a_room_within_a_room_keeps_its_own(room: Path) -> None:
    inner = room / "inner"
    inner.mkdir()
    (inner / "apps.py").write_text('"""An app."""\n')
    (inner / "story.py").write_text('_("Only inside")\n')

    messages.main([str(room), str(inner)])

    assert "Only inside" not in messages.catalogue_of(room).read_text("utf-8")
    assert "Only inside" in messages.catalogue_of(inner).read_text("utf-8")
