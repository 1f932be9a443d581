"""The table at the end: a row for each figure, and under it the references of the same run."""

import sys

from benchmarks.measuring import Figure

HEAD = ("", "a second", "ratio", "queries", "p50 ms", "p99 ms", "CPU s/1,000")
WIDTHS = (44, 10, 7, 9, 8, 8, 13)


class Table:
    def __init__(self, about: str) -> None:
        self._lines = [about, "", _line(HEAD), "─" * sum(WIDTHS)]

    def add(self, title: str, figures: list[Figure]) -> None:
        ours = figures[0]
        for figure in figures:
            name = title if figure is ours else f"  {figure.name}"
            ratio = "" if figure is ours else f"×{ours.rate / figure.rate:.2f}"
            queries = "" if figure.queries is None else f"{figure.queries:.1f}"
            times = f"{figure.p50_ms:.1f}", f"{figure.p99_ms:.1f}", f"{figure.cpu_per_1000:.3f}"
            self._lines.append(_line((name, f"{figure.rate:,.0f}", ratio, queries, *times)))
            self.say(f"{self._lines[-1]}   {' '.join(f'{rate:,.0f}' for rate in figure.rates)}")

    def say(self, sentence: str) -> None:
        """While it is being made."""
        print(sentence, file=sys.stderr, flush=True)

    def show(self) -> None:
        print("\n".join(self._lines))


def _line(cells: tuple[str, ...]) -> str:
    name, *numbers = cells
    return name.ljust(WIDTHS[0]) + "".join(
        cell.rjust(width) for cell, width in zip(numbers, WIDTHS[1:], strict=True)
    )
