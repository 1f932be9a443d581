"""A reading as a PDF: its Markdown becomes data, which `booklet.typ` sets. No word of it is ever read as code.

typst sees one folder, made for this one booklet, with nothing in it but its layout and the order's own pictures.
"""

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from io import BytesIO
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any
from urllib.parse import urlsplit

import typst
from babel.dates import format_date
from django.conf import settings
from django.http import HttpResponse
from django.utils.http import content_disposition_header
from django.utils.timezone import localtime
from django.utils.translation import get_language, pgettext, to_locale
from django.utils.translation import gettext as _
from markdown_it.tree import SyntaxTreeNode
from PIL import Image, ImageOps

from comptoir.bespoke.models import Attachment
from comptoir.bespoke.orders import content
from comptoir.bespoke.refusals import ContentNotFound
from comptoir.bespoke.sanctuary.contents import Reading
from comptoir.kernel import files

LAYOUT = Path(__file__).with_name("booklet.typ")
LINKED = ("http", "https", "mailto")
# Of an A5 page, in points; a picture's pixels are printed at 96 to the inch, and never enlarged.
WIDEST, HIGHEST, POINTS_A_PIXEL = 312, 380, 0.75
PICTURE_PIXELS = 1400  # for its longer side: 300 to the inch of the text's width
PICTURES_AT_MOST = 40
HEADINGS_WITH_CONTENTS = 6
DEEPEST_HEADING = 4
# What no hyphenation will divide gets places to break, which nobody sees: a word with a hyphen, signs without.
LONGEST_WORD, LONGEST_SIGNS, BREAK_EVERY = 30, 12, 10
HYPHEN, BREAK = "\u00ad", "\u200b"
# From here on, scripts that are written without spaces and break anywhere as they are.
FIRST_WITHOUT_SPACES = "\u2e80"
# So many characters have room beside each other in a table.
CHARACTERS_ACROSS = 60

Node = dict[str, Any] | str


@dataclass(frozen=True)
class Picture:
    """A stored picture made ready to be printed: its file in typst's folder, and how wide it wants to be."""

    file: str
    width: float


def made(reading: Reading) -> bytes:
    """The PDF of what was delivered for an order. Check first that its reader may have it: `sanctuary.read`."""
    assert reading.order is not None, "a booklet is made of an order's content"
    language = get_language() or settings.LANGUAGE_CODE
    tree = SyntaxTreeNode(content.parsed(reading.body, language=reading.order.locale))
    with TemporaryDirectory(prefix="booklet-") as folder:
        main = Path(folder) / LAYOUT.name
        main.write_bytes(LAYOUT.read_bytes())
        pictures = dict(_printed(reading.files, tree, Path(folder)))
        book = _book(reading, tree, pictures, language=language)
        inputs = {"book": json.dumps(book, ensure_ascii=False)}
        return typst.compile(str(main), root=folder, font_paths=_fonts(), sys_inputs=inputs)


def response(reading: Reading) -> HttpResponse:
    """The same as a file to keep. Raises `ContentNotFound` for what was made for no order."""
    if reading.order is None:
        raise ContentNotFound
    name = f"{reading.order.get_level_display()}-{reading.order.code}.pdf"
    disposition = content_disposition_header(as_attachment=True, filename=name)
    return HttpResponse(
        made(reading), content_type="application/pdf", headers={"Content-Disposition": disposition}
    )


@cache
def _fonts() -> typst.Fonts:
    """typst's own, and those of the machine for what they lack. Looked for once: it takes longer than a booklet."""
    return typst.Fonts()


# ── The book around the text ────────────────────────────────────────────────────────────────────────────


def _book(
    reading: Reading, tree: SyntaxTreeNode, pictures: Mapping[str, Picture], *, language: str
) -> dict[str, Any]:
    order = reading.order
    assert order is not None and order.delivered_at is not None
    title, blocks = _title(tree, otherwise=reading.content.title)
    headings = [block for block in blocks if block.type == "heading"]
    top = min((_depth(block) for block in headings), default=1)
    return {
        "title": title,
        "running": title,
        "kind": reading.content.title if title != reading.content.title else "",
        "house": settings.SITE_NAME,
        "expert": order.worked_by.name,
        "language": order.locale,
        "lines": [
            _("For %(name)s") % {"name": order.customer_name},
            pgettext("a text", "By %(name)s") % {"name": order.worked_by.name},
        ],
        "day": format_date(localtime(order.delivered_at), "long", locale=to_locale(language)),
        "has-contents": len(headings) >= HEADINGS_WITH_CONTENTS,
        "contents-title": _("Contents"),
        "body": _flow(blocks, pictures, top),
    }


def _title(tree: SyntaxTreeNode, *, otherwise: str) -> tuple[str, list[SyntaxTreeNode]]:
    """A text that begins with its own title gives it to the book."""
    blocks = tree.children
    if blocks and blocks[0].type == "heading" and _depth(blocks[0]) == 1:
        return _plain(blocks[0]) or otherwise, blocks[1:]
    return otherwise, blocks


# ── Blocks ──────────────────────────────────────────────────────────────────────────────────────────────


def _flow(blocks: list[SyntaxTreeNode], pictures: Mapping[str, Picture], top: int) -> list[Node]:
    return [node for block in blocks for node in _block(block, pictures, top)]


def _block(block: SyntaxTreeNode, pictures: Mapping[str, Picture], top: int) -> Iterator[Node]:
    match block.type:
        case "heading":
            level = min(_depth(block) - top + 1, DEEPEST_HEADING)
            yield {"kind": "heading", "level": max(level, 1), "inside": _line(block, pictures)}
        case "paragraph":
            yield from _paragraph(_line(block, pictures))
        case "hr":
            yield {"kind": "rule"}
        case "fence" | "code_block":
            yield {"kind": "code", "text": _breakable(block.content.rstrip("\n"))}
        case "blockquote":
            yield {"kind": "quote", "inside": _flow(block.children, pictures, top)}
        case "bullet_list" | "ordered_list":
            items = [_flow(item.children, pictures, top) for item in block.children]
            start = int(block.attrs.get("start", 1))
            kind = "numbers" if block.type == "ordered_list" else "bullets"
            yield {"kind": kind, "start": start, "items": items}
        case "table":
            yield _table(block, pictures)


def _paragraph(line: list[Node]) -> Iterator[Node]:
    """Its pictures stand between its words, each on lines of its own."""
    words: list[Node] = []
    for node in line:
        if isinstance(node, dict) and node["kind"] == "picture":
            if words:
                yield {"kind": "paragraph", "inside": words}
            yield node
            words = []
        else:
            words.append(node)
    if words:
        yield {"kind": "paragraph", "inside": words}


def _table(table: SyntaxTreeNode, pictures: Mapping[str, Picture]) -> Node:
    rows = [row.children for part in table.children for row in part.children]
    aligned = [str(cell.attrs.get("style", "")).removeprefix("text-align:") for cell in rows[0]]
    cells = [[[_narrow(node, len(row)) for node in _line(cell, pictures)] for cell in row] for row in rows]
    return {"kind": "table", "aligned": aligned, "head": cells[0], "rows": cells[1:]}


# ── Within a line ───────────────────────────────────────────────────────────────────────────────────────


def _line(block: SyntaxTreeNode, pictures: Mapping[str, Picture]) -> list[Node]:
    return [node for inline in block.children for node in _inside(inline, pictures)]


def _inside(parent: SyntaxTreeNode, pictures: Mapping[str, Picture]) -> list[Node]:
    return [node for child in parent.children for node in _words(child, pictures)]


def _words(node: SyntaxTreeNode, pictures: Mapping[str, Picture]) -> Iterator[Node]:
    match node.type:
        case "strong" | "em" | "s":
            kind = {"strong": "strong", "em": "emphasis", "s": "strike"}[node.type]
            yield {"kind": kind, "inside": _inside(node, pictures)}
        case "link":
            yield from _link(str(node.attrs.get("href", "")), _inside(node, pictures))
        case "image":
            yield from _picture(node, pictures)
        case "code_inline":
            yield {"kind": "code", "text": _breakable(node.content)}
        case "hardbreak":
            yield {"kind": "break"}
        case "softbreak":
            yield " "
        case _:
            yield _breakable(node.content)


def _link(target: str, inside: list[Node]) -> Iterator[Node]:
    """To the web, or nowhere: a file of the order's own has no address that lasts."""
    if urlsplit(target).scheme in LINKED:
        yield {"kind": "link", "to": target, "inside": inside}
    else:
        yield from inside


def _picture(node: SyntaxTreeNode, pictures: Mapping[str, Picture]) -> Iterator[Node]:
    source, alt = str(node.attrs.get("src", "")), _plain(node)
    printed = pictures.get(source.removeprefix(content.SCHEME)) if source.startswith(content.SCHEME) else None
    if printed:
        yield {"kind": "picture", "file": printed.file, "width": printed.width, "alt": alt}
    else:
        yield from _link(source, [_breakable(alt or source)])


# ── Words and pictures ──────────────────────────────────────────────────────────────────────────────────


def _breakable(text: str) -> str:
    return re.sub(rf"\S{{{LONGEST_SIGNS},}}", _divided, text)


def _divided(found: re.Match[str]) -> str:
    run = found[0]
    if any(letter.isalpha() and letter >= FIRST_WITHOUT_SPACES for letter in run):
        return run
    if run.isalpha():
        return run if len(run) <= LONGEST_WORD else _broken(run, HYPHEN, BREAK_EVERY)
    return _broken(run, BREAK, BREAK_EVERY)


def _narrow(node: Node, columns: int) -> Node:
    """The same in a cell of a table with so many columns."""
    room = max(CHARACTERS_ACROSS // columns, 3)
    if isinstance(node, str):
        return re.sub(rf"[^\W\d_]{{{room + 1},}}", lambda found: _broken(found[0], HYPHEN, room), node)
    inside = [_narrow(part, columns) for part in node.get("inside", ())]
    return {**node, "inside": inside} if inside else node


def _broken(run: str, by: str, every: int) -> str:
    return by.join(run[start : start + every] for start in range(0, len(run), every))


def _plain(node: SyntaxTreeNode) -> str:
    inner = "".join(_plain(child) for child in node.children)
    return inner or ("" if node.type in ("heading", "image", "inline") else node.content)


def _depth(heading: SyntaxTreeNode) -> int:
    return int(heading.tag[1])


def _printed(
    attachments: list[Attachment], tree: SyntaxTreeNode, folder: Path
) -> Iterator[tuple[str, Picture]]:
    """The order's pictures that the text names, by their id, each as a small file in typst's folder."""
    named = {str(node.attrs.get("src", "")) for node in tree.walk() if node.type == "image"}
    shown = [one for one in attachments if f"{content.SCHEME}{one.pk}" in named and one.file.width]
    for number, attachment in enumerate(shown[:PICTURES_AT_MOST]):
        data = files.contents(attachment.file)
        picture = _small(data)
        name = f"{number}.{'png' if picture.mode == 'RGBA' else 'jpg'}"
        picture.save(folder / name, quality=85)
        width, height = (side * POINTS_A_PIXEL for side in picture.size)
        yield str(attachment.pk), Picture(name, round(width * min(1, WIDEST / width, HIGHEST / height), 1))


def _small(data: bytes) -> Image.Image:
    """Its pixels alone: whatever else the file carries stays behind."""
    with Image.open(BytesIO(data), formats=["PNG", "JPEG", "WEBP"]) as picture:
        picture.draft("RGB", (PICTURE_PIXELS, PICTURE_PIXELS))
        upright = ImageOps.exif_transpose(picture)
        upright.thumbnail((PICTURE_PIXELS, PICTURE_PIXELS), Image.Resampling.LANCZOS)
        return upright.convert("RGBA" if upright.has_transparency_data else "RGB")
