"""What may stand in no file: paths of a machine, addresses of package registries, words left for later."""

import re
import subprocess

import pytest

from tests.architecture import sources

pytestmark = pytest.mark.once

FORBIDDEN = {
    "a path of somebody’s machine": re.compile(r"(?<![\w.])/(?:home|Users|root|opt|work)/[\w.-]+"),
    "the address of a package registry": re.compile(
        r"(?:pypi|pythonhosted|npmjs|artifactory|nexus|jfrog)\.(?:org|com|io|net)|registry\.\w+\.\w+|--(?:extra-)?index-url"
    ),
    "a word left for later": re.compile(r"\b(?:TODO|FIXME|XXX)\b"),
}
BINARY = {".webp", ".png", ".jpg", ".ico", ".woff2", ".pdf", ".mo"}


def _tracked() -> list[str]:
    listed = subprocess.run(
        ["git", "ls-files", "-z"], cwd=sources.ROOT, capture_output=True, text=True, check=True
    )
    paths = [path for path in listed.stdout.split("\0") if path and not path.endswith(tuple(BINARY))]
    return [
        path
        for path in paths
        if path != sources.name(sources.Path(__file__)) and (sources.ROOT / path).is_file()
    ]


@pytest.mark.parametrize("what", FORBIDDEN)
def test_no_file_contains(what: str) -> None:
    found = [
        f"{path}: {match.group(0)}"
        for path in _tracked()
        for match in FORBIDDEN[what].finditer((sources.ROOT / path).read_text("utf-8", errors="replace"))
    ]
    assert found == []
