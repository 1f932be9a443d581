"""Contents as people read them: Markdown made into HTML that can do no harm, with the order's own pictures and files.

A picture of the order's own is written `![alt](attachment:ID)`, a link to one of its files `[name](attachment:ID)`.
Pictures from elsewhere would tell somebody that and when a client reads: they become links.
"""

import re
from collections.abc import Mapping, Sequence
from functools import cache
from typing import Any
from uuid import UUID

import nh3
from django.db import transaction
from django.utils.safestring import SafeString, mark_safe
from markdown_it import MarkdownIt
from markdown_it.token import Token

from comptoir.bespoke.models import Attachment, Expert, Order
from comptoir.bespoke.orders import locked_orders
from comptoir.kernel import files, timeline

SCHEME = "attachment:"
LINK_SECONDS = 300
# A page's own title is its h1: those of the text begin below it.
LOWEST_HEADING = 6
TAGS = {
    "p", "br", "hr", "h2", "h3", "h4", "h5", "h6", "strong", "em", "s", "code", "pre", "blockquote",
    "ul", "ol", "li", "a", "img", "table", "thead", "tbody", "tr", "th", "td",
}  # fmt: skip
ATTRIBUTES = {
    "a": {"href", "title"},
    "img": {"src", "alt", "title"},
    "ol": {"start"},
    "th": {"align"},
    "td": {"align"},
}

# Opening and closing, outside and within.
QUOTES = {"fr": ["«\u202f", "\u202f»", "“", "”"]}
ENGLISH_QUOTES = "“”‘’"
BEFORE_HIGH_SIGNS = re.compile(r"[ \u00a0](?=[;!?»])")
BEFORE_COLON = re.compile(r" (?=:)")
AFTER_OPENING = re.compile(r"(?<=«)[ \u00a0]")


@cache
def _markdown(language: str = "") -> MarkdownIt:
    reader = MarkdownIt("commonmark", {"html": False}).enable(["table", "strikethrough"])
    if language:
        reader.options["typographer"] = True
        reader.options["quotes"] = QUOTES.get(language, ENGLISH_QUOTES)
        reader.enable(["replacements", "smartquotes"])
    return reader


def parsed(text: str, *, language: str = "") -> list[Token]:
    """The Markdown taken apart. With a `language`, quotes, dashes and spaces are as its printers set them."""
    tokens = _markdown(language).parse(text)
    if language == "fr":
        for token in tokens:
            for part in token.children or ():
                if part.type == "text":
                    part.content = _spaced_as_in_french(part.content)
    return tokens


def render(text: str, *, addresses: Mapping[str, str] | None = None, language: str = "") -> SafeString:
    """Safe HTML. `addresses` gives where each of the order's files is found, by its id: see `addresses_of`."""
    tokens = _settled(parsed(text, language=language), addresses or {})
    markdown = _markdown()
    html = markdown.renderer.render(tokens, markdown.options, {})
    clean = nh3.clean(
        html,
        tags=TAGS,
        attributes=ATTRIBUTES,
        url_schemes={"http", "https", "mailto"},
        link_rel="noopener noreferrer nofollow",
    )
    return mark_safe(clean)  # noqa: S308 — it has just been sanitised


def addresses_of(attachments: Sequence[Attachment]) -> dict[str, str]:
    """Where each file is found for the next five minutes, by its id. Check first that the reader may have them."""
    return {str(one.pk): address(one) for one in attachments}


def address(attachment: Attachment) -> str:
    return files.download_url(attachment.file, filename=attachment.file.filename, seconds=LINK_SECONDS)


def attach(expert: Expert, order_id: UUID, *, key: str) -> Attachment:
    """Add an uploaded file (kind `attachment`) to an order in hand. Raises `NotYourOrder`, or as `files.claim`."""
    stored = files.claim(expert.user, key=key, kind="attachment", field="key")
    with transaction.atomic():
        order = locked_orders.own(expert, order_id)
        attachment, _created = Attachment.objects.get_or_create(file=stored, defaults={"order": order})
        timeline.record("bespoke.order", order.pk, "file_added", actor=expert.user, file=str(stored.pk))
    return attachment


def attachments_of(order: Order) -> list[Attachment]:
    return list(order.attachments.select_related("file").order_by("added_at", "pk"))


def _settled(tokens: Sequence[Token], addresses: Mapping[str, str]) -> list[Token]:
    """Headings one lower, files to where they are found, and pictures from elsewhere made into links."""
    settled: list[Token] = []
    for token in tokens:
        if token.type in ("heading_open", "heading_close"):
            token.tag = f"h{min(int(token.tag[1]) + 1, LOWEST_HEADING)}"
        elif token.type in ("th_open", "td_open") and "style" in token.attrs:
            # What no style may say, an attribute does.
            token.attrs["align"] = str(token.attrs.pop("style")).removeprefix("text-align:")
        elif token.type == "link_open":
            token.attrs["href"] = _found(token.attrs.get("href", ""), addresses)
        elif token.type == "image" and not str(token.attrs.get("src", "")).startswith(SCHEME):
            settled += _link_to(token)
            continue
        elif token.type == "image":
            token.attrs["src"] = _found(token.attrs["src"], addresses)
        if token.children:
            token.children = _settled(token.children, addresses)
        settled.append(token)
    return settled


def _spaced_as_in_french(text: str) -> str:
    """Spaces that stand before a sign stay with it, narrow before the high ones."""
    text = BEFORE_HIGH_SIGNS.sub("\u202f", AFTER_OPENING.sub("\u202f", text))
    return BEFORE_COLON.sub("\u00a0", text)


def _link_to(picture: Token) -> list[Token]:
    source = str(picture.attrs.get("src", ""))
    alt = "".join(part.content for part in picture.children or ())
    label = Token("text", "", 0, content=alt or source)
    return [Token("link_open", "a", 1, attrs={"href": source}), label, Token("link_close", "a", -1)]


def _found(target: Any, addresses: Mapping[str, str]) -> str:
    target = str(target)
    return addresses.get(target.removeprefix(SCHEME), "#") if target.startswith(SCHEME) else target
