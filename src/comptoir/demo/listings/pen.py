"""A pen for the pictures: curves, cards, signs and words, in picture units, drawn fine enough to be reduced."""

from __future__ import annotations

import math
import unicodedata
from collections.abc import Iterator, Sequence
from functools import cache
from itertools import pairwise
from typing import TypeAlias

from PIL import Image, ImageDraw, ImageFilter, ImageFont

from comptoir.demo.listings.glyphs import GLYPHS

Point: TypeAlias = tuple[float, float]
Box: TypeAlias = tuple[float, float, float, float]

FINE = 3

# Pillow's own typeface stops at ASCII; its accents are drawn here, in ems from the middle of the letter's top.
ACCENTS: dict[str, tuple[tuple[Point, ...], ...]] = {
    "\u0300": (((0.07, -0.07), (-0.05, -0.19)),),
    "\u0301": (((-0.07, -0.07), (0.05, -0.19)),),
    "\u0302": (((-0.12, -0.07), (0, -0.18), (0.12, -0.07)),),
    "\u0308": (((-0.11, -0.12), (-0.09, -0.12)), ((0.09, -0.12), (0.11, -0.12))),
}
CEDILLA = ((0.0, 0.0), (0.02, 0.07), (0.07, 0.13), (0.0, 0.19), (-0.08, 0.18))
X_HEIGHT, CAP_HEIGHT, BASELINE = 0.525, 0.71, 0.975
UNMARKED = set(map(chr, range(32, 127))) | set("«»‘’“”…·°")


class Pen:
    """Draws on a sheet that will be `size` pixels, with everything `zoom` times larger than its measures say."""

    def __init__(self, size: tuple[int, int], ground: str, *, zoom: float) -> None:
        self.size = size
        self.fine = FINE * zoom
        self.sheet = Image.new("RGB", (size[0] * FINE, size[1] * FINE), ground)
        self.draw = ImageDraw.Draw(self.sheet)

    def finished(self) -> Image.Image:
        return self.sheet.resize(self.size, Image.Resampling.LANCZOS)

    def dots(self, colour: str, *, every: int) -> None:
        across, down = (math.ceil(side * FINE / self.fine) for side in self.size)
        for x in range(every // 2, across, every):
            for y in range(every // 2, down, every):
                self.dot((x, y), 1.6, colour)

    def shadows(self, boxes: Sequence[Box], *, corner: float, strength: float) -> None:
        mask = Image.new("L", self.sheet.size, 0)
        draw = ImageDraw.Draw(mask)
        for left, top, right, bottom in boxes:
            low = (left + 3, top + 12, right - 3, bottom + 12)
            draw.rounded_rectangle(self._fine(low), corner * self.fine, fill=round(255 * strength))
        mask = mask.filter(ImageFilter.GaussianBlur(11 * self.fine))
        self.sheet.paste(Image.new("RGB", self.sheet.size, "#120d08"), mask=mask)

    def card(self, box: Box, fill: str, *, corner: float) -> None:
        self.draw.rounded_rectangle(self._fine(box), corner * self.fine, fill)

    def dot(self, centre: Point, radius: float, colour: str) -> None:
        self.draw.ellipse(self._fine(around(centre, 2 * radius, 2 * radius)), colour)

    def stroke(self, points: Sequence[Point], width: float, colour: str) -> None:
        """A line through the points, round at its ends and bends."""
        fine = [(x * self.fine, y * self.fine) for x, y in points]
        self.draw.line(fine, colour, round(width * self.fine), joint="curve")
        for end in (points[0], points[-1]):
            self.dot(end, width / 2, colour)

    def beads(
        self, points: Sequence[Point], colour: str, *, every: float, sizes: tuple[float, float]
    ) -> None:
        """A trail of beads along the points, growing towards the end."""
        walked = list(_steps(points, every))
        for number, point in enumerate(walked):
            self.dot(point, sizes[0] + (sizes[1] - sizes[0]) * number / max(1, len(walked) - 1), colour)

    def glyph(self, name: str, centre: Point, size: float, colour: str) -> None:
        scale, width = size / 24, size / 13
        left, top = centre[0] - size / 2, centre[1] - size / 2
        for kind, *numbers in GLYPHS[name]:
            at = [left + n * scale if i % 2 == 0 else top + n * scale for i, n in enumerate(numbers)]
            if kind == "line":
                self.stroke(list(zip(at[::2], at[1::2], strict=True)), width, colour)
            elif kind == "dot":
                self.dot((at[0], at[1]), numbers[2] * scale, colour)
            elif kind == "box":
                box = self._fine((at[0], at[1], at[2], at[3]))
                corner, edge = numbers[4] * scale * self.fine, round(width * self.fine)
                self.draw.rounded_rectangle(box, corner, None, colour, edge)
            else:
                begin, end = (numbers[3], numbers[4]) if kind == "arc" else (0, 360)
                self.stroke(_arc((at[0], at[1]), numbers[2] * scale, begin, end), width, colour)

    def words(self, left: float, top: float, text: str, *, size: int, colour: str, weight: float = 0) -> None:
        """One line of text. `weight` thickens the strokes, in units of the picture."""
        plain, marks = _plain(text)
        large = _font(size * self.fine)
        corner = (left * self.fine, top * self.fine)
        self.draw.text(corner, plain, colour, large, stroke_width=weight * self.fine / 2, stroke_fill=colour)
        for index, mark in marks:
            letter = plain[index]
            middle = left + (large.getlength(plain[:index]) + large.getlength(letter) / 2) / self.fine
            ceiling = top + size * (BASELINE - (CAP_HEIGHT if letter.isupper() else X_HEIGHT))
            floor = top + size * BASELINE
            strokes = [CEDILLA] if mark == "\u0327" else ACCENTS[mark]
            origin = floor if mark == "\u0327" else ceiling
            for stroke in strokes:
                points = [(middle + x * size, origin + y * size) for x, y in stroke]
                self.stroke(points, size * 0.068 + weight, colour)

    def _fine(self, box: Box) -> Box:
        return (box[0] * self.fine, box[1] * self.fine, box[2] * self.fine, box[3] * self.fine)


def around(centre: Point, width: float, height: float) -> Box:
    x, y = centre
    return (x - width / 2, y - height / 2, x + width / 2, y + height / 2)


def measure(text: str, size: int) -> float:
    """The width of one line, in units of the picture."""
    return _font(size * FINE).getlength(_plain(text)[0]) / FINE


def wrap(text: str, *, size: int, width: float, lines: int) -> tuple[list[str], int]:
    """The text in at most so many lines, and the size at which it fits. Raises ValueError when none does."""
    for smaller in range(size, size * 2 // 3, -1):
        wrapped = list(_wrapped(text, smaller, width))
        if len(wrapped) <= lines and all(measure(line, smaller) <= width for line in wrapped):
            return wrapped, smaller
    raise ValueError(f"no room for {text!r}")


def bezier(start: Point, first: Point, second: Point, end: Point, steps: int = 96) -> list[Point]:
    points = []
    for step in range(steps + 1):
        t = step / steps
        a, b, c, d = (1 - t) ** 3, 3 * t * (1 - t) ** 2, 3 * t * t * (1 - t), t**3
        x = a * start[0] + b * first[0] + c * second[0] + d * end[0]
        y = a * start[1] + b * first[1] + c * second[1] + d * end[1]
        points.append((x, y))
    return points


def _wrapped(text: str, size: int, width: float) -> Iterator[str]:
    line = ""
    # A French question mark never stands alone at the beginning of a line.
    for word in text.replace(" ?", "\u00a0?").replace(" »", "\u00a0»").replace("« ", "«\u00a0").split(" "):
        longer = f"{line} {word}".strip(" ")
        if line and measure(longer, size) > width:
            yield line
            line = word
        else:
            line = longer
    yield line


def _plain(text: str) -> tuple[str, list[tuple[int, str]]]:
    """The letters without their accents, and where each accent goes."""
    plain, marks = "", []
    for character in unicodedata.normalize("NFD", text.replace("\u00a0", " ")):
        if character in ACCENTS or character == "\u0327":
            marks.append((len(plain) - 1, character))
        elif character in UNMARKED:
            plain += character
        else:
            raise ValueError(f"the typeface has no {character!r}, in {text!r}")
    return plain, marks


@cache
def _font(size: float) -> ImageFont.FreeTypeFont:
    font = ImageFont.load_default(size)
    assert isinstance(font, ImageFont.FreeTypeFont), "Pillow was built without FreeType"
    return font


def _arc(centre: Point, radius: float, begin: float, end: float) -> list[Point]:
    turns = (math.radians(begin + (end - begin) * step / 40) for step in range(41))
    return [(centre[0] + radius * math.cos(turn), centre[1] + radius * math.sin(turn)) for turn in turns]


def _steps(points: Sequence[Point], every: float) -> Iterator[Point]:
    """Points at equal distances along a line, the first one step from its beginning."""
    ahead = every
    for (x, y), (x2, y2) in pairwise(points):
        length = math.hypot(x2 - x, y2 - y)
        while ahead <= length:
            yield x + (x2 - x) * ahead / length, y + (y2 - y) * ahead / length
            ahead += every
        ahead -= length
