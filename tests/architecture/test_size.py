"""A file is one story, and a function fits a screen. What was longer when this was written may only get shorter."""

import ast
from collections.abc import Iterable, Iterator
from pathlib import Path

import pytest

from tests.architecture import sources

pytestmark = pytest.mark.once

LONGEST_FILE, LONGEST_FUNCTION = 400, 60
# The ratchet: what is longer, and how long it may be. Take a line away when it has become short enough.
LONG_FILES: dict[str, int] = {}
LONG_FUNCTIONS: dict[str, int] = {}
FORBIDDEN_NAMES = {
    "utils.py",
    "helpers.py",
    "manager.py",
    "managers.py",
    "services.py",
    "misc.py",
    "common.py",
}


def _files() -> list[Path]:
    return sources.python_files("src", "tests", "tools", "benchmarks")


def _long_functions(paths: Iterable[Path]) -> Iterator[tuple[str, int]]:
    for path in paths:
        for node in ast.walk(sources.tree(path)):
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
                lines = (node.end_lineno or node.lineno) - node.lineno + 1
                if lines > LONGEST_FUNCTION:
                    yield f"{sources.name(path)}::{node.name}", lines


def _long_files(paths: Iterable[Path]) -> Iterator[tuple[str, int]]:
    for path in paths:
        lines = len(path.read_text("utf-8").splitlines())
        if lines > LONGEST_FILE:
            yield sources.name(path), lines


@pytest.mark.parametrize(("found", "allowed"), [(_long_files, LONG_FILES), (_long_functions, LONG_FUNCTIONS)])
def test_nothing_grows_too_long(found, allowed: dict[str, int]) -> None:
    grown = [f"{what}: {lines} lines" for what, lines in found(_files()) if lines > allowed.get(what, 0)]
    assert grown == []


@pytest.mark.parametrize(("found", "allowed"), [(_long_files, LONG_FILES), (_long_functions, LONG_FUNCTIONS)])
def test_the_ratchet_holds_nothing_that_has_become_short(found, allowed: dict[str, int]) -> None:
    assert set(allowed) <= {what for what, _lines in found(_files())}


@pytest.mark.parametrize(
    ("found", "longest", "what"),
    [(_long_files, LONGEST_FILE, ""), (_long_functions, LONGEST_FUNCTION, "::f")],
)
def test_what_is_one_line_too_long_is_seen(
    found, longest: int, what: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sources, "ROOT", tmp_path)
    short, long = tmp_path / "short.py", tmp_path / "long.py"
    for path, lines in ((short, longest), (long, longest + 1)):
        path.write_text("def f():\n" + "    pass\n" * (lines - 1), "utf-8")
    assert list(found([short, long])) == [(f"long.py{what}", longest + 1)]


def test_no_file_has_a_name_that_draws_everything_to_it() -> None:
    assert [sources.name(path) for path in _files() if path.name in FORBIDDEN_NAMES] == []
