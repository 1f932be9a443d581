"""Figures drawn on the server: the geometry of small SVG charts, in a box of 100 by 100."""

import zlib
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal


@dataclass(frozen=True)
class Bar:
    """A column of a chart, in hundredths of the box, with what it says when it is pointed at."""

    x: str
    y: str
    width: str
    height: str
    says: str


def line(values: Sequence[int]) -> str:
    """The points of a polyline through the values, from the lowest at the bottom to the highest at the top."""
    if not values:
        return ""
    low, high = min(values), max(values)
    spread = high - low or 1
    steps = max(len(values) - 1, 1)
    points = [
        f"{_hundredths(i, steps)},{_hundredths(high - value if high > low else 1, spread if high > low else 2)}"
        for i, value in enumerate(values)
    ]
    return " ".join(points if len(points) > 1 else [points[0], f"100,{points[0].split(',')[1]}"])


def bars(rows: Sequence[tuple[str, int, str]]) -> list[Bar]:
    """Columns from zero. A value above zero is seen, however small."""
    highest = max((value for _label, value, _shown in rows), default=0) or 1
    drawn = []
    for i, (label, value, shown) in enumerate(rows):
        height = max(Decimal(100 * value) / highest, Decimal(1)) if value > 0 else Decimal(0)
        drawn.append(
            Bar(
                x=_hundredths(10 * i + 1, 10 * len(rows)),
                y=f"{100 - height:.2f}",
                width=_hundredths(8, 10 * len(rows)),
                height=f"{height:.2f}",
                says=f"{label}: {shown}",
            )
        )
    return drawn


def identity(title: str, values: Sequence[int]) -> str:
    """An id that ties a chart to its title, the same at each drawing of the same chart."""
    return f"chart-{zlib.crc32(repr((str(title), list(values))).encode()):08x}"


def _hundredths(part: int, whole: int) -> str:
    return f"{Decimal(100 * part) / whole:.2f}"
