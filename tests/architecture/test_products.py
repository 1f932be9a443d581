"""A product that is taken off the list in `config/modules.py` leaves nothing behind."""

import json
import os
import re
import subprocess
import sys
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from tests.architecture import sources

pytestmark = pytest.mark.once

# Words that stand on pages for the sake of one product alone.
WORDS = {
    "marketplace": (
        "marketplace",
        "automation",
        "workflow",
        "catalogue",
        "/cart",
        "/dashboard",
        "/sell",
        "n8n",
    ),
    "bespoke": ("commission", "bespoke", "sanctuary", "/order", "/desk", "expert"),
}


@pytest.fixture(scope="module")
def house_without(tmp_path_factory: pytest.TempPathFactory) -> Any:
    """What is seen of the house without a product, each tried once."""

    @cache
    def tried(product: str) -> dict[str, Any]:
        folder = tmp_path_factory.mktemp(product)
        return _run(product, folder)

    return tried


def _run(product: str, folder: Path) -> dict[str, Any]:
    env = {**os.environ, "DATA_DIR": str(folder), "DATABASE_URL": f"sqlite:///{folder}/reduced.sqlite3"}
    ran = subprocess.run(
        [sys.executable, "-m", "tests.architecture.product_taken_off", f"comptoir.{product}.module"],
        cwd=sources.ROOT,
        env={**env, "PRODUCTION": "false", "LOG_LEVEL": "ERROR"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert ran.returncode == 0, ran.stderr
    seen: dict[str, Any] = json.loads(ran.stdout.splitlines()[-1])
    return seen


def _words_of(product: str, text: str) -> list[str]:
    """Those of the product's words that stand in the text; an address only as a whole segment."""
    return [word for word in WORDS[product] if re.search(rf"{word}\b" if word[0] == "/" else word, text)]


def test_words_are_known_of_every_product() -> None:
    assert set(WORDS) == set(sources.PRODUCTS)


@pytest.mark.parametrize("product", sources.PRODUCTS)
def test_the_pages_of_the_house_answer_without_its_words(house_without: Any, product: str) -> None:
    pages = house_without(product)["pages"]
    for path, (status, text) in pages.items():
        assert status == (404 if path == "/nowhere" else 200), path
        assert _words_of(product, text.lower()) == [], path


@pytest.mark.parametrize("product", sources.PRODUCTS)
def test_its_tables_migrations_and_code_are_not_there(house_without: Any, product: str) -> None:
    seen = house_without(product)
    assert product not in seen["labels"]
    assert [name for name in seen["loaded"] if name.startswith(f"comptoir.{product}")] == []


@pytest.mark.parametrize("product", sources.PRODUCTS)
def test_no_link_leads_to_it_and_signing_in_does_not(house_without: Any, product: str) -> None:
    seen = house_without(product)
    own = [word for word in WORDS[product] if word.startswith("/")]
    assert [path for path in [*seen["links"], seen["home"]] if path.startswith(tuple(own))] == []
    assert seen["links"]
