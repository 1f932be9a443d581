"""Draws the picture of each listing from its own workflow: `python -m comptoir.demo.pictures`.

Paper and ink: cards on a counter, joined by drawn lines, one accent per category. Each platform is drawn as its
editor shows it: n8n in cards from left to right, Make in round stones, Zapier in a ribbon from top to bottom.
"""

from __future__ import annotations

import io
import json
import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from PIL import Image

from comptoir.demo.listings import SHELVES, canvas
from comptoir.demo.listings.canvas import Canvas, Node
from comptoir.demo.listings.glyphs import glyph_of
from comptoir.demo.listings.pen import Box, Pen, Point, around, bezier, measure, wrap

WIDTH, HEIGHT = 1280, 800
ZOOMS = (1.0, 1.1, 1.2, 1.3)
INK, PAPER, CARD, MUTED = "#211d18", "#f4eee2", "#fffdf8", "#857b6c"


@dataclass(frozen=True)
class Palette:
    """The colours of a category. `accent` is for signs on cards, `first` fills the card where all begins."""

    ground: str
    dots: str
    line: str
    accent: str
    tile: str
    first: str
    on_first: str = CARD
    shadow: float = 0.22


PALETTES = {
    "sales": Palette("#bd4b33", "#ca6450", "#fbe6d8", "#bd4b33", "#f7e2d6", INK, shadow=0.34),
    "marketing": Palette("#f1dcd2", "#e3c8bb", "#8a3650", "#9c3d58", "#f6e4e2", "#9c3d58"),
    "finance": Palette("#18352d", "#29473e", "#d6c595", "#1f6350", "#dfeae0", "#dbb862", INK, shadow=0.5),
    "operations": Palette(PAPER, "#dfd5c1", "#6b5126", "#a3660f", "#f6e7c9", "#a3660f"),
    "support": Palette("#222f4d", "#344363", "#c3cfe6", "#2f57a0", "#e1e9f5", "#e29c84", INK, shadow=0.5),
    "content": Palette("#e4dde8", "#d1c7d8", "#5b4278", "#5f4080", "#ece4f2", "#5f4080"),
    "data": Palette("#1f6d74", "#37838a", "#dff0ea", "#1f6d74", "#dbecea", INK, shadow=0.36),
    "productivity": Palette("#e4e7d0", "#d0d5b7", "#56622a", "#637226", "#e9eed0", "#637226"),
}


class Style(Protocol):
    """How a platform's canvas is drawn: where each step stands and what it looks like.

    `outline` is what casts a shadow, `extent` what wants to be seen.
    """

    corner: float

    def places(self, plan: Canvas) -> dict[str, Point]: ...
    def outline(self, at: Point) -> Box: ...
    def extent(self, at: Point) -> Box: ...
    def node(self, pen: Pen, at: Point, node: Node, palette: Palette) -> None: ...
    def link(self, pen: Pen, start: Point, end: Point, palette: Palette) -> None: ...


class Cards:
    """n8n: cards from left to right. A place is the card's middle."""

    width, height, corner = 292.0, 162.0, 18.0
    column, row = 376.0, 212.0

    def places(self, plan: Canvas) -> dict[str, Point]:
        return {node.key: (node.column * self.column, node.row * self.row) for node in plan.nodes}

    def outline(self, at: Point) -> Box:
        return around(at, self.width, self.height)

    def extent(self, at: Point) -> Box:
        return self.outline(at)

    def node(self, pen: Pen, at: Point, node: Node, palette: Palette) -> None:
        left, top, _, _ = self.outline(at)
        name, caption, sign, tile = _colours(node, palette)
        pen.card(self.outline(at), palette.first if node.starts else CARD, corner=self.corner)
        pen.card((left + 20, top + 20, left + 68, top + 68), tile, corner=12)
        pen.glyph(glyph_of(node.app), (left + 44, top + 44), 30, sign)
        app, size = wrap(node.app, size=21, width=self.width - 100, lines=1)
        pen.words(left + 81, top + 32, app[0], size=size, colour=caption)
        lines, size = wrap(node.name, size=30, width=self.width - 40, lines=2)
        for number, line in enumerate(lines):
            middle = top + 112 + (number - (len(lines) - 1) / 2) * 34
            pen.words(left + 21, middle - size * 0.62, line, size=size, colour=name, weight=0.9)

    def link(self, pen: Pen, start: Point, end: Point, palette: Palette) -> None:
        begin, finish = (start[0] + self.width / 2, start[1]), (end[0] - self.width / 2, end[1])
        if finish[0] < begin[0]:
            floor = max(start[1], end[1]) + self.row * 0.95
            points = bezier(begin, (begin[0] + 190, floor + 40), (finish[0] - 190, floor + 40), finish)
        else:
            reach = max(54.0, (finish[0] - begin[0]) * 0.52)
            points = bezier(begin, (begin[0] + reach, begin[1]), (finish[0] - reach, finish[1]), finish)
        pen.stroke(points, 4.5, palette.line)
        for port in (begin, finish):
            pen.dot(port, 9, palette.line)


class Stones:
    """Make: round stones joined by beads, the name below. A place is the middle of the stone."""

    radius, corner = 76.0, 76.0
    column, row = 300.0, 256.0

    def places(self, plan: Canvas) -> dict[str, Point]:
        return {node.key: (node.column * self.column, node.row * self.row) for node in plan.nodes}

    def outline(self, at: Point) -> Box:
        return around(at, 2 * self.radius, 2 * self.radius)

    def extent(self, at: Point) -> Box:
        """The stone with its name."""
        return (at[0] - 128, at[1] - self.radius, at[0] + 128, at[1] + self.radius + 84)

    def node(self, pen: Pen, at: Point, node: Node, palette: Palette) -> None:
        _, _, sign, _ = _colours(node, palette)
        sign = palette.on_first if node.starts else sign
        pen.dot(at, self.radius, palette.first if node.starts else CARD)
        pen.glyph(glyph_of(node.app), at, 70, sign)
        lines, size = wrap(node.name, size=29, width=252, lines=2)
        for number, line in enumerate(lines):
            left = at[0] - measure(line, size) / 2
            top = at[1] + self.radius + 16 + number * 35
            pen.words(left, top, line, size=size, colour=_readable(palette), weight=0.7)

    def link(self, pen: Pen, start: Point, end: Point, palette: Palette) -> None:
        begin, finish = (start[0] + self.radius, start[1]), (end[0] - self.radius - 12, end[1])
        reach = (finish[0] - begin[0]) * 0.6
        points = bezier(begin, (begin[0] + reach, begin[1]), (finish[0] - reach, finish[1]), finish)
        pen.beads(points, palette.line, every=19, sizes=(3.6, 7.2))


class Ribbon:
    """Zapier: wide cards down a ribbon that sways. A place is the card's middle."""

    width, height, corner = 640.0, 142.0, 20.0
    row, sway = 196.0, 140.0

    def places(self, plan: Canvas) -> dict[str, Point]:
        side = (-1, 1)
        return {node.key: (side[int(node.row) % 2] * self.sway, node.row * self.row) for node in plan.nodes}

    def outline(self, at: Point) -> Box:
        return around(at, self.width, self.height)

    def extent(self, at: Point) -> Box:
        return self.outline(at)

    def node(self, pen: Pen, at: Point, node: Node, palette: Palette) -> None:
        left, top, _, _ = self.outline(at)
        name, caption, sign, tile = _colours(node, palette)
        pen.card(self.outline(at), palette.first if node.starts else CARD, corner=self.corner)
        pen.card((left + 26, top + 27, left + 114, top + 115), tile, corner=20)
        pen.glyph(glyph_of(node.app), (left + 70, top + 71), 52, sign)
        pen.words(left + 142, top + 32, f"{int(node.row) + 1}. {node.app}", size=25, colour=caption)
        lines, size = wrap(node.name, size=40, width=self.width - 172, lines=1)
        pen.words(left + 141, top + 66, lines[0], size=size, colour=name, weight=1)

    def link(self, pen: Pen, start: Point, end: Point, palette: Palette) -> None:
        begin, finish = (start[0], start[1] + self.height / 2), (end[0], end[1] - self.height / 2)
        points = bezier(begin, (begin[0], begin[1] + 54), (finish[0], finish[1] - 54), finish)
        pen.stroke(points, 4.5, palette.line)
        for port in (begin, finish):
            pen.dot(port, 9, palette.line)


STYLES: Mapping[str, Style] = {"n8n": Cards(), "make": Stones(), "zapier": Ribbon()}


def main() -> None:
    """Draw every picture next to its workflow."""
    for listing in sorted(SHELVES.glob("*/listing.toml")):
        (listing.parent / "preview.webp").write_bytes(picture(listing.parent))


def picture(folder: Path) -> bytes:
    """The WebP picture of the listing in this folder; the same bytes each time."""
    fields = tomllib.loads((folder / "listing.toml").read_text(encoding="utf-8"))
    workflow = json.loads((folder / "workflow.json").read_bytes())
    image = draw(canvas.read(workflow, platform=fields["platform"]), PALETTES[fields["category"]])
    out = io.BytesIO()
    image.save(out, "WEBP", quality=76, method=6)
    return out.getvalue()


def draw(plan: Canvas, palette: Palette) -> Image.Image:
    """The canvas, seen through a frame of 1280 × 800."""
    style = STYLES[plan.platform]
    places = style.places(plan)
    frame = _frame([(style.extent(places[node.key]), _weight(node, plan)) for node in plan.nodes])
    places = {key: (x - frame.left, y - frame.top) for key, (x, y) in places.items()}
    pen = Pen((WIDTH, HEIGHT), palette.ground, zoom=frame.zoom)
    pen.dots(palette.dots, every=36)
    outlines = [style.outline(place) for place in places.values()]
    pen.shadows(outlines, corner=style.corner, strength=palette.shadow)
    for link in plan.links:
        style.link(pen, places[link.source], places[link.target], palette)
    for node in plan.nodes:
        style.node(pen, places[node.key], node, palette)
    return pen.finished()


@dataclass(frozen=True)
class Frame:
    """What is seen of a canvas: a corner, and how near one stands."""

    left: float
    top: float
    zoom: float

    @property
    def right(self) -> float:
        return self.left + WIDTH / self.zoom

    @property
    def bottom(self) -> float:
        return self.top + HEIGHT / self.zoom


def _frame(weighed: Sequence[tuple[Box, float]]) -> Frame:
    """Where to look: the frame that shows most cards whole, fills its height, and cuts the others plainly."""
    boxes = [box for box, _ in weighed]
    frames = [
        Frame(left, top, zoom)
        for zoom in ZOOMS
        for left in _slide([(box[0], box[2]) for box in boxes], WIDTH / zoom)
        for top in _slide([(box[1], box[3]) for box in boxes], HEIGHT / zoom)
    ]
    first = min(box[0] for box in boxes)
    return max(
        frames,
        key=lambda frame: (
            sum(_worth(box, weight, frame) for box, weight in weighed)
            + 2.5 * _spread(boxes, frame)
            + 3 * frame.zoom
            - (frame.left - first) / 6000
        ),
    )


def _slide(spans: Sequence[tuple[float, float]], room: float) -> list[float]:
    """The positions of the frame along one axis: centred when all fits, otherwise from one end to the other."""
    first, last, margin = min(low for low, _ in spans), max(high for _, high in spans), 56
    if last - first <= room - 2 * margin:
        return [(first + last - room) / 2]
    end = last + margin - room
    return [first - margin + (end - first + margin) * step / 40 for step in range(41)]


def _weight(node: Node, plan: Canvas) -> float:
    """Where all begins and where ways part is what tells the story."""
    ways = sum(link.source == node.key for link in plan.links)
    return 1 + 0.5 * node.starts + 0.8 * (ways > 1)


def _worth(box: Box, weight: float, frame: Frame) -> float:
    """A whole card is worth its weight; one cut on its right leads on; one cut across its words is a blemish."""
    left, top, right, bottom = box
    wide = (min(right, frame.right) - max(left, frame.left)) / (right - left)
    high = (min(bottom, frame.bottom) - max(top, frame.top)) / (bottom - top)
    if wide <= 0 or high <= 0:
        return 0
    if wide > 0.999 and high > 0.999:
        room = min(left - frame.left, frame.right - right, top - frame.top, frame.bottom - bottom)
        return weight if room > 32 else -0.2
    if high < 0.999:
        return -0.4 if high < 0.55 else -1.2
    if not 0.25 < wide < 0.8:
        return -0.6
    return 0.4 if left > frame.left else -0.1


def _spread(boxes: Sequence[Box], frame: Frame) -> float:
    """The share of the frame's height that whole cards use: a fork fills it, a straight line does not."""
    seen = [
        (top, bottom)
        for left, top, right, bottom in boxes
        if left >= frame.left and right <= frame.right and top >= frame.top and bottom <= frame.bottom
    ]
    return (max(low for _, low in seen) - min(high for high, _ in seen)) * frame.zoom / HEIGHT if seen else 0


def _colours(node: Node, palette: Palette) -> tuple[str, str, str, str]:
    """Of a card's name, its caption, its sign, and the tile below the sign."""
    if not node.starts:
        return INK, MUTED, palette.accent, palette.tile
    return palette.on_first, palette.on_first, palette.first, palette.on_first


def _readable(palette: Palette) -> str:
    """Ink on a light ground, paper on a dark one."""
    red, green, blue = (int(palette.ground[i : i + 2], 16) for i in (1, 3, 5))
    return INK if red * 3 + green * 6 + blue > 1300 else PAPER


if __name__ == "__main__":
    main()
