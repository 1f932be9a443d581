"""Habits of the house: time from one place, money in integers, pages that a strict policy lets through."""

import ast
import re
from collections.abc import Iterator

import pytest

from tests.architecture import sources

pytestmark = pytest.mark.once

# `clock.py` is where time comes from; the others measure the machine's own time, and say so.
CLOCKS = {"src/comptoir/kernel/clock.py"}
TELLING_TIME = re.compile(r"(timezone\.(now|localtime)|datetime\.(now|utcnow|today)|date\.today|time\.time)$")
# The few files where a float is honest, and what it is there. Anywhere else it needs a reason of its own.
FLOATS = {
    "src/comptoir/bespoke/desk/api.py": "an average of ratings",
    "src/comptoir/bespoke/desk/diff.py": "a measure of likeness",
    "src/comptoir/bespoke/ordering/api.py": "an average of ratings",
    "src/comptoir/bespoke/sanctuary/booklet.py": "points on paper",
    "src/comptoir/bespoke/templatetags/desk.py": "a threshold of babel's",
    "src/comptoir/demo/assistant.py": "seconds",
    "src/comptoir/demo/bespoke.py": "days",
    "src/comptoir/demo/cast.py": "days",
    "src/comptoir/demo/events.py": "days",
    "src/comptoir/demo/listings/canvas.py": "points of a drawing",
    "src/comptoir/demo/listings/glyphs.py": "points of a drawing",
    "src/comptoir/demo/listings/pen.py": "points of a drawing",
    "src/comptoir/demo/pictures.py": "points of a drawing",
    "src/comptoir/demo/portraits.py": "points of a drawing",
    "src/comptoir/demo/processes.py": "seconds",
    "src/comptoir/demo/run.py": "seconds",
    "src/comptoir/demo/seed.py": "days",
    "src/comptoir/kernel/http/early_responses.py": "seconds",
    "src/comptoir/kernel/http/schema.py": "a check of what JSON gave",
    "src/comptoir/kernel/http/throttles.py": "seconds",
    "src/comptoir/kernel/jobs/celery.py": "seconds",
    "src/comptoir/kernel/jobs/dispatcher.py": "seconds",
    "src/comptoir/kernel/jobs/leases.py": "seconds",
    "src/comptoir/kernel/jobs/metrics.py": "seconds",
    "src/comptoir/kernel/jobs/running.py": "seconds",
    "src/comptoir/kernel/jobs/worker.py": "seconds",
}
# Of these, the ones that handle money too: whoever changes them looks twice.
FLOATS_BESIDE_MONEY = {
    "src/comptoir/demo/seed.py",
}
INLINE = {
    "a script in the page": re.compile(
        r"<script(?![^>]*\b(src|type=[\"']?(application/(ld\+)?json|speculationrules))\b)"
    ),
    "a style in the page": re.compile(r"<style\b"),
    "a style attribute": re.compile(r"<[^>]*\sstyle\s*="),
    "an event handler": re.compile(r"<[^>]*\son[a-z]+\s*=\s*[\"']"),
    "a javascript: address": re.compile(r"href\s*=\s*[\"']javascript:"),
}


def test_time_comes_from_the_clock() -> None:
    found = [
        f"{sources.name(path)}:{node.lineno}: {called}"
        for path in sources.python_files("src/comptoir")
        if sources.name(path) not in CLOCKS
        for called, node in sources.calls(path)
        if TELLING_TIME.search(called)
    ]
    assert found == []


def test_no_default_of_a_column_tells_the_time_by_itself() -> None:
    found = [
        f"{sources.name(path)}:{node.lineno}"
        for path in sources.python_files("src/comptoir")
        for _called, node in sources.calls(path)
        for keyword in node.keywords
        if keyword.arg in ("auto_now", "auto_now_add")
        or (keyword.arg == "default" and TELLING_TIME.search(ast.unparse(keyword.value)))
    ]
    assert found == []


def _floats(tree: ast.AST) -> Iterator[int]:
    """The lines they stand on."""
    for node in ast.walk(tree):
        is_literal = isinstance(node, ast.Constant) and isinstance(node.value, float)
        is_type = isinstance(node, ast.Name) and node.id == "float"
        is_field = isinstance(node, ast.Attribute) and node.attr == "FloatField"
        if is_literal or is_type or is_field:
            yield node.lineno


def _handles_money(tree: ast.AST) -> bool:
    names = {
        str(getattr(node, attribute, ""))
        for node in ast.walk(tree)
        for attribute in ("id", "attr", "arg", "module")
    }
    return "comptoir.kernel.money" in names or any(name.endswith("_minor") for name in names)


def test_no_float_comes_near_money() -> None:
    """In the whole tree, so that a new room is looked at from its first day."""
    found = [
        f"{sources.name(path)}:{line}"
        for path in sources.python_files("src/comptoir")
        if sources.name(path) not in FLOATS
        for line in _floats(sources.tree(path))
    ]
    assert found == []


def test_a_float_is_seen_in_each_of_its_forms() -> None:
    planted = ast.parse("rate = 0.2\nx = float(y)\nprice = models.FloatField()\nprice_minor = 3\n")
    assert sorted(_floats(planted)) == [1, 2, 3]
    assert _handles_money(planted)


def test_few_files_have_both_floats_and_money() -> None:
    assert {
        name for name in FLOATS if _handles_money(sources.tree(sources.ROOT / name))
    } == FLOATS_BESIDE_MONEY


def test_every_exception_for_floats_is_needed() -> None:
    with_floats = {
        sources.name(path)
        for path in sources.python_files("src/comptoir")
        if any(_floats(sources.tree(path)))
    }
    assert set(FLOATS) <= with_floats


def test_pages_pass_a_strict_content_policy() -> None:
    found = [
        f"{sources.name(path)}: {what}"
        for path in sources.templates()
        if path.suffix == ".html" and "mail" not in path.parts
        for what, pattern in INLINE.items()
        if pattern.search(path.read_text("utf-8"))
    ]
    assert found == []


def test_every_file_says_what_it_is_about() -> None:
    silent = [
        sources.name(path)
        for path in sources.python_files("src", "tests", "tools", "benchmarks")
        if path.stat().st_size and ast.get_docstring(sources.tree(path)) is None
    ]
    assert silent == []


def test_no_two_places_list_the_same_members_of_an_enum() -> None:
    """A set of states has its name beside the enum: a second copy is the one that is forgotten."""
    written: dict[frozenset[str], list[str]] = {}
    for path in sources.python_files("src/comptoir"):
        for node in ast.walk(sources.tree(path)):
            if isinstance(node, ast.Tuple | ast.List | ast.Set) and len(node.elts) > 2:
                members = {ast.unparse(one) for one in node.elts if isinstance(one, ast.Attribute)}
                if len(members) == len(node.elts) and all(
                    one.rpartition(".")[2].isupper() for one in members
                ):
                    written.setdefault(frozenset(members), []).append(f"{sources.name(path)}:{node.lineno}")
    assert [places for places in written.values() if len(places) > 1] == []
