"""The core knows gateways, and no provider by name: what is about one lies in its own folder."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.architecture import sources

pytestmark = pytest.mark.once

GATEWAYS = sources.COMPTOIR / "kernel/payments/gateways"
# Of these at least; and of every one that has a folder.
PROVIDERS = {"stripe", "paypal"} | {path.parent.name for path in GATEWAYS.glob("*/__init__.py")}
NAMED = re.compile("|".join(sorted(PROVIDERS)), re.IGNORECASE)
ENDINGS = {".py", ".html", ".js", ".css", ".txt", ".mjml", ".svg", ".typ", ".md"}
MAY_NAME = {
    "config/settings.py": "lists the gateways that are installed, and reads their settings from the environment",
    "demo/": "stands in for the provider",
    "marketplace/selling/onboarding.py": "has two addresses of the contract",
}


def _files() -> Iterator[tuple[str, Path]]:
    for path in sorted(sources.COMPTOIR.rglob("*")):
        name = path.relative_to(sources.COMPTOIR).as_posix()
        own = any(path.is_relative_to(GATEWAYS / provider) for provider in PROVIDERS)
        if path.suffix in ENDINGS and not own:
            yield name, path


def _named() -> list[str]:
    """`file:line` of each place; a file's own name counts."""
    return [
        f"{name}:{number}"
        for name, path in _files()
        for number, line in [(0, path.name), *enumerate(path.read_text("utf-8").splitlines(), 1)]
        if NAMED.search(line)
    ]


def test_no_file_outside_its_folder_names_a_provider() -> None:
    assert [place for place in _named() if not place.startswith(tuple(MAY_NAME))] == []


def test_every_exception_is_needed() -> None:
    assert [place for place in MAY_NAME if not any(each.startswith(place) for each in _named())] == []


def test_a_provider_that_is_named_is_seen(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sources, "COMPTOIR", tmp_path)
    (tmp_path / "page.html").write_text("<p>\nPay with PayPal", "utf-8")
    (tmp_path / "stripe_keys.py").write_text("", "utf-8")
    assert _named() == ["page.html:2", "stripe_keys.py:0"]
