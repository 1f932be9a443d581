"""The style sheet as one file: `comptoir.css`, with what it imports written in its place.

Its parts stay files of their own, and no page waits for forty of them. Whoever looks for the sheet finds the joined
one, be it to serve it (demo, tests) or to gather it (`comptoir migrate`); naming it by its content, compressing it and
having it kept for ever is left to those who do so for every static file.
"""

import os
import re
from collections.abc import Iterable, Iterator
from pathlib import Path
from tempfile import NamedTemporaryFile
from typing import Any

from django.conf import settings
from django.contrib.staticfiles.finders import BaseFinder
from django.contrib.staticfiles.utils import matches_patterns
from django.core.files.storage import FileSystemStorage, Storage

# At the same address as the sheet that is written by hand, so that links within the parts lead where they led.
SHEET = "ui/css/comptoir.css"
WRITTEN = Path(__file__).parent / "static" / SHEET
IMPORT = re.compile(r'^@import url\("([a-z-]+\.css)"\) layer\(([a-z]+)\)(?: ([a-z]+))?;$', re.MULTILINE)


class JoinedSheet(BaseFinder):
    """Stands before the finders that would find the sheet written by hand."""

    def check(self, **_options: Any) -> list[Any]:
        return []

    def find(self, path: str, find_all: bool = False, **_options: Any) -> Any:
        if path != SHEET:
            return []
        found = _up_to_date().path(SHEET)
        return [found] if find_all else found

    def list(self, ignore_patterns: Iterable[str] | None) -> Iterator[tuple[str, Storage]]:
        if not matches_patterns(SHEET, ignore_patterns or []):
            yield SHEET, _up_to_date()


def joined(sheet: Path) -> str:
    """The text of a sheet, each import replaced by the file it names, in its layer and for its medium."""

    def part(found: re.Match[str]) -> str:
        name, layer, medium = found.groups()
        rules = (sheet.parent / name).read_text("utf-8")
        return f"@layer {layer} {{\n{_for_medium(medium, rules)}}}"

    return IMPORT.sub(part, sheet.read_text("utf-8"))


def _for_medium(medium: str | None, rules: str) -> str:
    return f"@media {medium} {{\n{rules}}}\n" if medium else rules


def _up_to_date() -> Storage:
    """The folder with the joined sheet, which is written anew when a part has changed."""
    folder = settings.DATA_DIR / "joined"
    place, text = folder / SHEET, joined(WRITTEN).encode()
    if not place.exists() or place.read_bytes() != text:
        place.parent.mkdir(parents=True, exist_ok=True)
        # Another process may be reading it.
        with NamedTemporaryFile(dir=place.parent, delete=False) as file:
            file.write(text)
        os.replace(file.name, place)
    return FileSystemStorage(location=folder)
