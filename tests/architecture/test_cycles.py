"""No file imports another that, by whatever way round, imports it; and no folder holds more files than one can know."""

import ast
from collections import Counter
from collections.abc import Iterator, Mapping
from pathlib import Path

import pytest

from tests.architecture import sources

pytestmark = pytest.mark.once

Graph = Mapping[str, set[str]]

MOST_FILES_IN_A_FOLDER = 25
# The ratchet: what is fuller, and how many files it may have. The numbers only ever go down.
FULL_FOLDERS: dict[str, int] = {}


def _module(path: Path) -> str:
    parts = path.relative_to(sources.ROOT / "src").with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


def _imports(node: ast.AST) -> Iterator[ast.Import | ast.ImportFrom]:
    """Those within functions too, and those that only the type checker reads."""
    return (child for child in ast.walk(node) if isinstance(child, ast.Import | ast.ImportFrom))


def _imported(tree: ast.AST, modules: set[str]) -> set[str]:
    found = set()
    for node in _imports(tree):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        else:
            assert not node.level, "imports are absolute"
            for alias in node.names:
                inner = f"{node.module}.{alias.name}"
                found.add(inner if inner in modules else str(node.module))
    return found & modules


def _graph() -> Graph:
    paths = {_module(path): path for path in sources.python_files("src/comptoir", "src/sandbox")}
    return {module: _imported(sources.tree(path), set(paths)) for module, path in paths.items()}


def _circles(graph: Graph) -> list[list[str]]:
    """What is left when every file that imports none of the rest has been taken away, again and again, both ways."""
    left = {module: set(imported) for module, imported in graph.items()}
    while True:
        wanted = {other for imported in left.values() for other in imported}
        kept = {
            module: others & left.keys() for module, others in left.items() if others and module in wanted
        }
        kept = {module: others & kept.keys() for module, others in kept.items()}
        if kept == left:
            return sorted([module, *sorted(others)] for module, others in left.items())
        left = kept


def test_no_files_import_each_other_in_a_circle() -> None:
    assert _circles(_graph()) == []


def test_a_circle_is_seen_however_it_is_hidden() -> None:
    modules = {"a", "b", "c", "d"}
    graph = {
        "a": _imported(ast.parse("from b import thing"), modules),
        "b": _imported(ast.parse("def f():\n    from c import thing"), modules),
        "c": _imported(ast.parse("if TYPE_CHECKING:\n    import a"), modules),
        "d": _imported(ast.parse("import a"), modules),
    }
    assert _circles(graph) == [["a", "b"], ["b", "c"], ["c", "a"]]


def _folders() -> Counter[str]:
    """Of code, and of templates."""
    paths = [*sources.python_files("src"), *(sources.ROOT / "src").glob("**/templates/**/*.html")]
    return Counter(sources.name(path.parent) for path in paths if path.parent.name != "migrations")


def test_a_folder_holds_no_more_files_than_one_can_know() -> None:
    full = {
        folder: count
        for folder, count in _folders().items()
        if count > FULL_FOLDERS.get(folder, MOST_FILES_IN_A_FOLDER)
    }
    assert full == {}


def test_the_ratchet_names_no_folder_that_has_become_small_enough() -> None:
    counted = _folders()
    assert [folder for folder in FULL_FOLDERS if counted[folder] <= MOST_FILES_IN_A_FOLDER] == []
