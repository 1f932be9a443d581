"""The difference between two contents, as a person reads it: lines that stay, go and come, and the words in them."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher

SAME, REMOVED, ADDED = "same", "removed", "added"
_WORDS = re.compile(r"\s+|\w+|[^\w\s]")
# Below this share of common words, two lines are not one that was changed but two.
_ALIKE = 0.5


@dataclass(frozen=True)
class Piece:
    """Some words of a line, and what became of them."""

    kind: str
    text: str


@dataclass(frozen=True)
class Line:
    """A line that stayed, went or came. Of a line that was changed, the pieces say which words."""

    kind: str
    pieces: Sequence[Piece]


def difference(before: str, after: str) -> list[Line]:
    """Every line of both texts, in reading order."""
    old, new = before.splitlines(), after.splitlines()
    lines: list[Line] = []
    for tag, a, b, c, d in SequenceMatcher(None, old, new, autojunk=False).get_opcodes():
        if tag == "equal":
            lines += [Line(SAME, [Piece(SAME, text)]) for text in new[c:d]]
        else:
            lines += _changed(old[a:b], new[c:d])
    return lines


def _changed(old: Sequence[str], new: Sequence[str]) -> Iterator[Line]:
    """Lines pair off in order; what has no counterpart went or came whole."""
    for number in range(max(len(old), len(new))):
        if number >= len(new):
            yield Line(REMOVED, [Piece(REMOVED, old[number])])
        elif number >= len(old):
            yield Line(ADDED, [Piece(ADDED, new[number])])
        else:
            yield from _pair(old[number], new[number])


def _pair(old: str, new: str) -> Iterator[Line]:
    before, after = _WORDS.findall(old), _WORDS.findall(new)
    matcher = SequenceMatcher(None, before, after, autojunk=False)
    if matcher.ratio() < _ALIKE:
        yield Line(REMOVED, [Piece(REMOVED, old)])
        yield Line(ADDED, [Piece(ADDED, new)])
        return
    codes = matcher.get_opcodes()
    yield Line(REMOVED, _pieces(before, [(tag == "equal", a, b) for tag, a, b, _c, _d in codes], REMOVED))
    yield Line(ADDED, _pieces(after, [(tag == "equal", c, d) for tag, _a, _b, c, d in codes], ADDED))


def _pieces(words: Sequence[str], spans: Sequence[tuple[bool, int, int]], kind: str) -> list[Piece]:
    found = ((SAME if stayed else kind, "".join(words[start:end])) for stayed, start, end in spans)
    return [Piece(what, text) for what, text in found if text]
