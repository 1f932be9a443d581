"""Translation catalogues, one in each room: extract them, check them, compile them.

python tools/messages.py              write what the sources say into every catalogue
python tools/messages.py --check      say what is out of date or badly translated, and change nothing
python tools/messages.py ROOM …       the same for these rooms alone, such as src/comptoir/bespoke; also with --check
python tools/messages.py --compile …  make the .mo beside the .po of each room that is given, or of all of them
"""

import argparse
import io
import os
import re
import sys
from collections.abc import Iterator
from pathlib import Path

from babel.messages.catalog import Catalog, Message
from babel.messages.extract import DEFAULT_KEYWORDS, extract
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po

ROOT = Path(__file__).resolve().parents[1]
LANGUAGE = "fr"
KEYWORDS = DEFAULT_KEYWORDS | {
    "gettext_lazy": None,
    "gettext_noop": None,
    "ngettext_lazy": (1, 2),
    "pgettext_lazy": ((1, "c"), 2),
    "npgettext_lazy": ((1, "c"), 2, 3),
}
HEADER = f"""msgid ""
msgstr ""
"Language: {LANGUAGE}\\n"
"MIME-Version: 1.0\\n"
"Content-Type: text/plain; charset=utf-8\\n"
"Content-Transfer-Encoding: 8bit\\n"
"Plural-Forms: nplurals=2; plural=(n > 1);\\n"

"""
TEMPLATES = {".html", ".txt", ".mjml", ".svg"}
PLACEHOLDER = re.compile(r"%\((\w+)\)[#0\- +]*[\d.]*[diouxXeEfFgGcrs]|%[diouxXeEfFgGcrs]|\{\w*\}")


def main(arguments: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("rooms", nargs="*", type=Path, help="folders of Django apps (default: all)")
    task = parser.add_mutually_exclusive_group()
    task.add_argument("--check", action="store_true", help="change nothing, fail when something is wrong")
    task.add_argument("--compile", action="store_true", help="make the .mo files")
    options = parser.parse_args(arguments)
    chosen = [room.resolve() for room in options.rooms] or rooms(ROOT / "src/comptoir")
    if options.compile:
        for room in chosen:
            compile_catalogue(catalogue_of(room))
        return 0
    problems = [line for room in chosen for line in update(room, write=not options.check)]
    print("\n".join(problems), end="\n" if problems else "")
    return 1 if options.check and problems else 0


def rooms(root: Path) -> list[Path]:
    """Every Django app, and the house around them, whose catalogue takes what stands in no app."""
    return sorted({root} | {path.parent for path in root.rglob("apps.py")})


def catalogue_of(room: Path) -> Path:
    return room / "locale" / LANGUAGE / "LC_MESSAGES" / "django.po"


def update(room: Path, *, write: bool) -> Iterator[str]:
    """Bring a room's catalogue up to date, and say what is wrong with it."""
    found, path = extracted(room), catalogue_of(room)
    if not len(found) and not path.exists():
        return
    existing = path.read_bytes() if path.exists() else b""
    merged = merge(found, read_po(io.BytesIO(existing), locale=LANGUAGE))
    fresh = rendered(merged)
    name = os.path.relpath(path, ROOT)
    if fresh != existing and write:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(fresh)
    elif fresh != existing:
        yield f"{name}: out of date; run `make messages`"
    for message in merged:
        if message.id:
            yield from (f"{name}: {complaint}: {first_of(message.id)!r}" for complaint in complaints(message))


def extracted(room: Path) -> Catalog:
    """What the sources of a room ask to be translated. A room within this one keeps its own."""
    catalog = Catalog(locale=LANGUAGE)
    inner = [other for other in rooms(room) if other != room]
    for path in sorted(room.rglob("*")):
        if not path.is_file() or any(path.is_relative_to(other) for other in inner):
            continue
        for _line, text, _comments, context in messages_in(path):
            catalog.add(text, context=context)
    return catalog


def messages_in(path: Path) -> Iterator[tuple]:
    """The messages of one file: Python as it is, a template as Django turns it into Python."""
    if path.suffix == ".py" and "migrations" not in path.parts:
        source = path.read_text("utf-8")
    elif path.suffix in TEMPLATES and "templates" in path.parts:
        from django.utils.translation.template import templatize

        turned = templatize(path.read_text("utf-8"), origin=str(path))
        # The indentation of a page means nothing to Python, and would be taken for blocks.
        source = "\n".join(line.strip() for line in turned.splitlines())
    else:
        return
    yield from extract(
        "python", io.BytesIO(source.encode()), keywords=KEYWORDS, options={"encoding": "utf-8"}
    )


def merge(found: Catalog, existing: Catalog) -> Catalog:
    """The messages of the sources with the translations that stand; what is no longer asked for is left out."""
    merged = Catalog(locale=LANGUAGE)
    for message in found:
        if not message.id:
            continue
        known = existing.get(first_of(message.id), context=message.context)
        flags = set(message.flags)
        if known is not None and known.pluralizable == message.pluralizable:
            text, flags = known.string, flags | ({"fuzzy"} & set(known.flags))
        else:
            text = ("", "") if message.pluralizable else ""
        merged.add(message.id, text, context=message.context, flags=flags)
    return merged


def rendered(catalog: Catalog) -> bytes:
    """As a file in which nothing changes unless a message does: sorted, without line numbers and dates."""
    out = io.BytesIO()
    write_po(out, catalog, width=110, no_location=True, omit_header=True, sort_output=True)
    return HEADER.encode() + out.getvalue().rstrip() + b"\n"


def complaints(message: Message) -> Iterator[str]:
    texts = message.string if message.pluralizable else (message.string,)
    if not all(texts):
        yield "no translation"
    elif message.fuzzy:
        yield "fuzzy"
    else:
        asked = message.id if message.pluralizable else (message.id,)
        for source, text in zip(asked, texts, strict=True):
            # A singular may say "one" in words, and so leave its number out.
            lacks = placeholders(source) - placeholders(text)
            if placeholders(text) - placeholders(asked[-1]) or (lacks and source == asked[-1]):
                yield "other placeholders in the translation"


def placeholders(text: str) -> set[str]:
    return {found.group(0) for found in PLACEHOLDER.finditer(text.replace("%%", ""))}


def first_of(ids: str | tuple | list) -> str:
    return ids if isinstance(ids, str) else ids[0]


def compile_catalogue(path: Path) -> None:
    if path.exists():
        with path.open("rb") as source, path.with_suffix(".mo").open("wb") as out:
            write_mo(out, read_po(source, locale=LANGUAGE))


if __name__ == "__main__":
    sys.exit(main())
