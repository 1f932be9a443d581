"""What may stand in no file: paths of a machine, addresses of package registries, words left for later."""

import re
import subprocess

import pytest

from tests.architecture import sources

pytestmark = pytest.mark.once

# Put together here, so that this file may be looked into as well.
MACHINES = "|".join(["home", "Users", "root", "opt", "work"])
REGISTRIES = "|".join(["py" + "pi", "python" + "hosted", "npm" + "js", "artifactory", "nexus", "jfrog"])
LATER = "|".join(["TO" + "DO", "FIX" + "ME", "X" * 3])

FORBIDDEN = {
    "a path of somebody’s machine": re.compile(rf"(?<![\w.])/(?:{MACHINES})/[\w.-]+"),
    "the address of a package registry": re.compile(
        rf"(?:{REGISTRIES})[.](?:org|com|io|net)|{'registry'}[.]\w+[.]\w+|--(?:extra-)?{'index'}-url"
    ),
    "a word left for later": re.compile(rf"\b(?:{LATER})\b|X{{5}}"),
}
BINARY = {".webp", ".png", ".jpg", ".ico", ".woff2", ".pdf", ".mo"}


def _tracked() -> list[str]:
    listed = subprocess.run(
        ["git", "ls-files", "-z"], cwd=sources.ROOT, capture_output=True, text=True, check=True
    )
    paths = [path for path in listed.stdout.split("\0") if path and not path.endswith(tuple(BINARY))]
    return [path for path in paths if (sources.ROOT / path).is_file()]


@pytest.mark.parametrize("what", FORBIDDEN)
def test_no_file_contains(what: str) -> None:
    found = [
        f"{path}: {match.group(0)}"
        for path in _tracked()
        for match in FORBIDDEN[what].finditer((sources.ROOT / path).read_text("utf-8", errors="replace"))
    ]
    assert found == []
