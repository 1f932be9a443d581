"""What the documents name is there: files, commands, targets of make."""

import re
from collections.abc import Iterator
from pathlib import Path

import click
import pytest

from comptoir.cli import main
from tests.architecture import sources

pytestmark = pytest.mark.once

DOCUMENTS = sorted([*sources.ROOT.glob("*.md"), *(sources.ROOT / "docs").rglob("*.md")])
# A path in a document begins at the top, or at the package.
TOPS = (sources.ROOT, sources.COMPTOIR)


def _named(pattern: str) -> Iterator[tuple[str, str]]:
    for document in DOCUMENTS:
        for found in re.finditer(pattern, document.read_text("utf-8"), re.MULTILINE):
            yield document.name, found[1]


def test_every_link_leads_to_a_file() -> None:
    for document in DOCUMENTS:
        for link in re.findall(r"\]\(([^)#:]+)\)", document.read_text("utf-8")):
            assert (document.parent / link).exists(), (document.name, link)


def test_every_path_is_there() -> None:
    paths = r"`((?:src|tests|tools|docs|kernel|config|ui|marketplace|bespoke)/[\w./-]+)`"
    missing = [(name, path) for name, path in _named(paths) if not any(_is_there(top, path) for top in TOPS)]
    assert missing == []


def _is_there(top: Path, path: str) -> bool:
    """A module may be named without its ending, and with what is in it."""
    return any((top / each).exists() for each in (path, f"{path.partition('.')[0]}.py"))


def test_every_command_can_be_pasted() -> None:
    for name, said in _named(r"^\.venv/bin/comptoir ([a-z ]+?)(?: +[\w@.]+@\S+)?(?: +#.*)?$"):
        command: click.Command = main
        for word in said.split():
            assert isinstance(command, click.Group) and word in command.commands, (name, said)
            command = command.commands[word]


def test_every_command_and_every_target_that_is_named_exists() -> None:
    assert {word for _name, word in _named(r"`comptoir ([a-z]+)")} <= set(main.commands)
    targets = re.findall(r"^([a-z]+):", (sources.ROOT / "Makefile").read_text("utf-8"), re.MULTILINE)
    assert {word for _name, word in _named(r"(?:`|^)make ([a-z]+)")} <= set(targets)


def test_the_readmes_name_no_command_that_only_stands_on_some_path() -> None:
    bare = [(name, said) for name, said in _named(r"(?:`|^)(comptoir [a-z]+)") if name.startswith("README")]
    assert bare == []
