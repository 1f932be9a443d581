"""The core knows gateways, and no provider by name: what is about one lies in its own folder."""

import re

import pytest

from tests.architecture import sources

pytestmark = pytest.mark.once

PROVIDERS = "stripe", "paypal"
NAMED = re.compile("|".join(PROVIDERS), re.IGNORECASE)
OWN_FOLDER = re.compile(rf"/payments/gateways/({'|'.join(PROVIDERS)})/")
# Settings name the providers that are installed, `doctor` looks at them, the demonstration stands in for them, and
# some routes are the contract's.
MAY_NAME = (
    "src/comptoir/config/",
    "src/comptoir/cli/",
    "src/comptoir/demo/",
    "src/comptoir/marketplace/",
)


def test_no_file_outside_its_folder_names_a_provider() -> None:
    found = [
        f"{sources.name(path)}:{number}: {line.strip()}"
        for path in sources.python_files("src/comptoir")
        if not sources.name(path).startswith(MAY_NAME)
        and not OWN_FOLDER.search(sources.name(path))
        and "/migrations/" not in sources.name(path)
        for number, line in enumerate(path.read_text("utf-8").splitlines(), 1)
        if NAMED.search(line)
    ]
    assert found == []
