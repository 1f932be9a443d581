"""No word of a product stands below the products: not in the kernel, the shared pages, the settings or the commands."""

import re
from collections.abc import Iterable, Iterator
from functools import cache
from pathlib import Path

import pytest
from django.apps import apps

from comptoir.kernel import registry
from tests.architecture import sources

pytestmark = pytest.mark.once

Word = tuple[str, ...]

LOOKED_AT = ("kernel", "ui", "cli", "config/settings.py")
ENDINGS = {".py", ".html", ".txt", ".mjml", ".css", ".js", ".svg", ".md"}
# Migrations stay as they were; what catalogues translate is read where it stands.
LEFT_OUT = {"migrations", "locale"}
NOT_ROOMS = {"migrations", "templatetags", "models"}

# What products call their things beyond the names that the code gives them.
OTHER_NAMES = ("listing", "cart", "workflow", "storefront", "n8n")

# Products name rooms and models by these, and so does everybody else: they tell nothing of a product.
GENERAL = {
    "attachment": "a kind of file that the kernel takes, and a word of HTTP",
    "checkout": "Stripe's hosted page",
    "dashboard": "a gateway's own pages, for the house and for sellers",
    "desk": "the operator's desk: Django's admin",
    "library": "software that others wrote",
    "message": "what Django tells people, and what a refusal says",
    "offer": "the verb",
    "operation": "what OpenAPI calls a route with its method",
    "order": "a sequence, and what a payment is for",
    "ordering": "Django's attribute for the sequence of rows",
    "seller": "whoever a payment is passed on to: everything that is sold has one",
    "version": "of a program or a protocol",
}

# Where a word of a product means something else, or cannot be helped.
ALLOWED = {
    ("cli/diagnosis.py", "catalogue"): "of translations",
    ("config/settings.py", "catalogue"): "of translations",
    ("config/settings.py", "marketplace"): "installations have set MARKETPLACE_CURRENCIES: it keeps its name",
    ("kernel/payments/models/refund.py", "purchase"): "an example of the part of a payment that is refunded",
    ("kernel/registry.py", "cart"): "a place in the header, which any product may fill",
    ("ui/README.md", "cart"): "that place",
    ("ui/apps.py", "catalogue"): "of translations",
    ("ui/context.py", "cart"): "that place",
    ("ui/page_shell.py", "cart"): "the number in that place",
    ("ui/templates/ui/frame/header.html", "cart"): "that place",
    ("ui/templates/ui/frame/header_count.html", "cart"): "the number in that place",
}


def _words(text: str) -> list[str]:
    """The words of a line in lower case and singular, identifiers taken apart: `CartItems` is `cart`, `item`."""
    apart = re.sub(r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])", " ", text)
    return [_singular(word.lower()) for word in re.findall(r"[A-Za-z][A-Za-z0-9]*", apart)]


def _singular(word: str) -> str:
    return re.sub(r"(?<=[a-z])ies$", "y", word) if word.endswith("ies") else word.removesuffix("s")


@cache
def _names_of_products() -> frozenset[Word]:
    """Of the products, their rooms, models, roles and kinds of files."""
    rooms = [
        path.parent.name
        for product in sources.PRODUCTS
        for path in (sources.COMPTOIR / product).glob("*/__init__.py")
        if path.parent.name not in NOT_ROOMS
    ]
    models = [
        model.__name__ for product in sources.PRODUCTS for model in apps.get_app_config(product).get_models()
    ]
    kinds = [kind.name for module in registry.modules() for kind in module.file_kinds]
    return frozenset(
        tuple(_words(name)) for name in [*sources.PRODUCTS, *rooms, *models, *registry.roles(), *kinds]
    )


@cache
def _looked_for() -> frozenset[Word]:
    general = {(word,) for word in GENERAL}
    return frozenset(_names_of_products() | {(name,) for name in OTHER_NAMES}) - general


def _files() -> Iterator[Path]:
    for top in LOOKED_AT:
        place = sources.COMPTOIR / top
        for path in [place] if place.is_file() else sorted(place.rglob("*")):
            if path.suffix in ENDINGS and not LEFT_OUT & set(path.parts):
                yield path


def _found(files: Iterable[Path], looked_for: frozenset[Word]) -> Iterator[tuple[str, str, str]]:
    """Each word that is found: the file, the word, and where it stands. A file's own name counts."""
    for path in files:
        name = str(path.relative_to(sources.COMPTOIR))
        lines = [(0, path.name), *enumerate(path.read_text("utf-8").splitlines(), 1)]
        for number, line in lines:
            words = _words(line)
            for wanted in looked_for:
                starts = range(len(words) - len(wanted) + 1)
                if any(tuple(words[start : start + len(wanted)]) == wanted for start in starts):
                    yield name, " ".join(wanted), f"{name}:{number}: {line.strip()[:160]}"


def test_no_word_of_a_product_stands_below_the_products() -> None:
    found = _found(_files(), _looked_for())
    assert [f"{word} in {where}" for name, word, where in found if (name, word) not in ALLOWED] == []


def test_every_exception_is_needed() -> None:
    assert {(name, word) for name, word, _where in _found(_files(), _looked_for())} >= set(ALLOWED)
    general = frozenset((word,) for word in GENERAL)
    assert general <= _names_of_products()
    assert {word for _name, word, _where in _found(_files(), general)} == set(GENERAL)


@pytest.mark.parametrize(
    ("name", "line"),
    [
        ("planted.py", "def cart_items(): ..."),
        ("planted.py", "class AutomationForm: ..."),
        ("planted.py", "PATH = '/sanctuary'"),
        ("planted.py", "# as experts see it"),
        ("planted.html", '<a href="#">{% translate "Purchases" %}</a>'),
        ("planted.css", ".listing-title { color: red; }"),
        ("planted.js", "const MARKETPLACE_FEE = 15;"),
        ("storefront.py", "pass"),
    ],
)
def test_a_planted_word_is_seen(
    name: str, line: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    looked_for = _looked_for()
    monkeypatch.setattr(sources, "COMPTOIR", tmp_path)
    (tmp_path / name).write_text(line, "utf-8")
    assert list(_found([tmp_path / name], looked_for))
