"""A migration that has once been merged is never edited: somebody has applied it, and would be left behind.

`migrations.sha256` has a line for each, as `sha256sum` writes it. A new migration adds its own.
"""

import hashlib

import pytest

from tests.architecture import sources

pytestmark = pytest.mark.once

LISTED = sources.ROOT / "tests/architecture/migrations.sha256"


def _listed() -> dict[str, str]:
    lines = (line.split(maxsplit=1) for line in LISTED.read_text("utf-8").splitlines())
    return {path: digest for digest, path in lines}


def _found() -> dict[str, str]:
    paths = sorted(sources.COMPTOIR.rglob("migrations/0*.py"))
    return {sources.name(path): hashlib.sha256(path.read_bytes()).hexdigest() for path in paths}


def test_no_migration_is_edited_or_taken_away() -> None:
    found = _found()
    assert [path for path, digest in _listed().items() if found.get(path) != digest] == []


def test_each_migration_is_listed() -> None:
    """Where it fails: `sha256sum <the migration> >> tests/architecture/migrations.sha256`."""
    assert sorted(_found().keys() - _listed().keys()) == []
