"""`.env.example` names every setting that is read from the environment, and no other."""

import ast
import re

import pytest

from tests.architecture import sources

pytestmark = pytest.mark.once

READING = re.compile(r"^env(\.\w+)?$")


def _read_by_settings() -> set[str]:
    """By the house's settings, and by each product's own."""
    return {
        str(call.args[0].value)
        for path in (sources.COMPTOIR / "config/settings.py", *sources.COMPTOIR.glob("*/settings.py"))
        for called, call in sources.calls(path)
        if READING.match(called) and call.args and isinstance(call.args[0], ast.Constant)
    }


def _read_by_commands() -> set[str]:
    return {
        str(keyword.value.value)
        for path in sources.python_files("src/comptoir/cli")
        for _called, call in sources.calls(path)
        for keyword in call.keywords
        if keyword.arg == "envvar" and isinstance(keyword.value, ast.Constant)
    }


def _explained() -> list[str]:
    lines = (sources.ROOT / ".env.example").read_text("utf-8").splitlines()
    return [found.group(1) for line in lines if (found := re.match(r"#?([A-Z][A-Z0-9_]+)=", line))]


def test_every_setting_is_explained_once() -> None:
    assert sorted(_explained()) == sorted(_read_by_settings() | _read_by_commands())
