"""Draws the portraits of the demo's experts: paper and ink, cut as if from lino; nobody real is meant.

The head stands in the middle of a wide sheet, since a circle is cut from there.
"""

from __future__ import annotations

import io
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from PIL import Image, ImageDraw

WIDTH, HEIGHT, FINE = 960, 600, 3
INK = "#211d18"

Points = list[tuple[float, float]]


@dataclass(frozen=True)
class Palette:
    ground: str
    halo: str
    skin: str
    shade: str
    hair: str
    cloth: str
    trim: str


class Lino:
    """A sheet on which shapes are cut, in picture units from the middle of the face."""

    def __init__(self, palette: Palette) -> None:
        self.palette = palette
        self.sheet = Image.new("RGB", (WIDTH * FINE, HEIGHT * FINE), palette.ground)
        self.draw = ImageDraw.Draw(self.sheet)

    def oval(self, x: float, y: float, width: float, height: float, colour: str) -> None:
        (left, top), (right, bottom) = (
            self._at(x - width / 2, y - height / 2),
            self._at(x + width / 2, y + height / 2),
        )
        self.draw.ellipse((left, top, right, bottom), colour)

    def shape(self, points: Points, colour: str) -> None:
        """A form with soft corners."""
        self.draw.polygon([self._at(*point) for point in _rounded(points)], colour)

    def line(self, points: Points, width: float, colour: str = INK) -> None:
        fine = [self._at(*point) for point in points]
        self.draw.line(fine, colour, round(width * FINE), joint="curve")
        for x, y in (fine[0], fine[-1]):
            reach = width * FINE / 2
            self.draw.ellipse((x - reach, y - reach, x + reach, y + reach), colour)

    def arc(self, x: float, y: float, size: float, begin: float, end: float, width: float) -> None:
        (left, top), (right, bottom) = self._at(x - size, y - size), self._at(x + size, y + size)
        self.draw.arc((left, top, right, bottom), begin, end, INK, round(width * FINE))

    def finished(self) -> bytes:
        drawn = io.BytesIO()
        self.sheet.resize((WIDTH, HEIGHT), Image.Resampling.LANCZOS).save(drawn, "WEBP", quality=90, method=4)
        return drawn.getvalue()

    def _at(self, x: float, y: float) -> tuple[float, float]:
        return (WIDTH / 2 + x) * FINE, (HEIGHT / 2 + 12 + y) * FINE


def _rounded(points: Points, times: int = 4) -> Points:
    """Corners cut again and again, until none is left (Chaikin)."""
    for _time in range(times):
        cut: Points = []
        for (x, y), (next_x, next_y) in zip(points, [*points[1:], points[0]], strict=True):
            cut.append((x * 0.75 + next_x * 0.25, y * 0.75 + next_y * 0.25))
            cut.append((x * 0.25 + next_x * 0.75, y * 0.25 + next_y * 0.75))
        points = cut
    return points


def _bust(lino: Lino) -> None:
    palette = lino.palette
    lino.shape([(-330, 420), (-290, 190), (-120, 140), (120, 140), (290, 190), (330, 420)], palette.cloth)
    lino.shape([(-62, 70), (62, 70), (70, 190), (0, 235), (-70, 190)], palette.shade)


def _face(lino: Lino) -> None:
    palette = lino.palette
    lino.shape(
        [(-112, -120), (0, -165), (112, -120), (118, 10), (78, 122), (0, 160), (-78, 122), (-118, 10)],
        palette.skin,
    )
    lino.shape([(40, -130), (112, -120), (118, 10), (78, 122), (20, 155), (70, 40), (62, -60)], palette.shade)
    for side in (-1, 1):
        lino.line([(side * 64, -38), (side * 44, -46), (side * 22, -42)], 6)
        lino.oval(side * 42, -12, 19, 15, INK)
    lino.line([(4, -20), (14, 34), (-4, 40)], 5)
    lino.line([(-34, 78), (-18, 88), (0, 91), (18, 88), (34, 78)], 5)


def _elise() -> bytes:
    """Silver hair in a knot, round glasses, a shawl."""
    palette = Palette("#1c4a3b", "#2b6350", "#efc9a4", "#dca981", "#d9d3c5", "#7d2f3d", "#d6ab55")
    lino = Lino(palette)
    lino.oval(0, -5, 560, 560, palette.halo)
    lino.oval(22, -218, 130, 112, palette.hair)
    lino.shape(
        [(-160, 40), (-165, -120), (-80, -215), (80, -215), (165, -120), (160, 40), (110, 90), (-110, 90)],
        palette.hair,
    )
    _bust(lino)
    _face(lino)
    lino.shape([(-128, -30), (-120, -150), (0, -190), (40, -168), (-50, -120), (-92, -50)], palette.hair)
    lino.shape([(128, -30), (122, -150), (30, -186), (20, -165), (80, -125), (100, -60)], palette.hair)
    for side in (-1, 1):
        lino.arc(side * 44, -10, 36, 0, 360, 5)
    lino.line([(-9, -14), (9, -14)], 5)
    for turn, colour in ((0, palette.trim), (26, "#b98f3c")):
        lino.shape(
            [
                (-120, 150 + turn),
                (0, 215 + turn),
                (120, 150 + turn),
                (105, 200 + turn),
                (0, 265 + turn),
                (-105, 200 + turn),
            ],
            colour,
        )
    return lino.finished()


def _marius() -> bytes:
    """Dark curls, a beard, a jacket of rust."""
    palette = Palette("#24304c", "#33436a", "#c68a5f", "#a96f48", "#2a1d16", "#b0502f", "#e8d9bd")
    lino = Lino(palette)
    lino.oval(0, -5, 560, 560, palette.halo)
    for x, y, size in (
        (-105, -110, 110),
        (-60, -170, 120),
        (10, -190, 130),
        (75, -160, 120),
        (112, -100, 110),
    ):
        lino.oval(x, y, size, size, palette.hair)
    _bust(lino)
    _face(lino)
    lino.shape(
        [
            (-120, 0),
            (-92, 66),
            (-44, 58),
            (0, 66),
            (44, 58),
            (92, 66),
            (120, 0),
            (108, 120),
            (0, 205),
            (-108, 120),
        ],
        palette.hair,
    )
    lino.shape([(-34, 84), (0, 78), (34, 84), (0, 100)], palette.shade)
    for x, y, size in ((-80, -128, 86), (-20, -150, 92), (45, -146, 90), (92, -112, 76)):
        lino.oval(x, y, size, size * 0.86, palette.hair)
    for side in (-1, 1):
        lino.shape([(side * 62, 128), (side * 4, 240), (side * 40, 300), (side * 130, 165)], palette.trim)
    lino.line([(0, 245), (0, 420)], 5)
    return lino.finished()


PORTRAITS: Mapping[str, Callable[[], bytes]] = {"expert": _elise, "expert2": _marius}
