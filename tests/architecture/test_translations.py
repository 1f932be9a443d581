"""One sentence has one translation: Django joins the catalogues of all rooms, and of two the first wins everywhere."""

from collections import defaultdict

import pytest
from babel.messages.pofile import read_po

from tests.architecture import sources

pytestmark = pytest.mark.once


def test_rooms_translate_the_same_words_alike() -> None:
    found: defaultdict[tuple[str | None, object], dict[object, str]] = defaultdict(dict)
    for path in sorted((sources.ROOT / "src").glob("**/locale/fr/LC_MESSAGES/django.po")):
        with path.open("rb") as file:
            for message in read_po(file, locale="fr"):
                if message.id and message.string:
                    found[message.context, message.id][message.string] = sources.name(path.parents[3])
    assert len(found) > 1000, "the catalogues are where they are looked for"
    assert {key: where for key, where in found.items() if len(where) > 1} == {}
