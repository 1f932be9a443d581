"""Running commands as a person at a terminal would."""

from collections.abc import Callable, Iterator

import pytest
from click.testing import CliRunner, Result
from django.utils import translation

from comptoir.cli import main


@pytest.fixture
def comptoir(monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[..., Result]]:
    """`comptoir("token", "a@b.test")`, on the test database, in English unless LANG says otherwise."""
    for name in ("LC_ALL", "LC_MESSAGES"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("LANG", "en_GB.UTF-8")
    yield lambda *arguments: CliRunner().invoke(main, list(arguments))
    translation.deactivate()
