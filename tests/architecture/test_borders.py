"""What imports cannot show: no key, no route and no migration leads upward, and nothing happens by signal."""

import re

import pytest
from django.apps import apps
from django.db.migrations.loader import MigrationLoader
from django.urls import get_resolver

from tests.architecture import sources

pytestmark = pytest.mark.once

URL_TAG = re.compile(r"""\{%\s*url\s+["']([\w:-]+)["']""")
REVERSING = {"reverse", "reverse_lazy", "redirect", "resolve_url"}


def _ours() -> dict[str, str]:
    """The storey of each of our apps by its label."""
    found = {}
    for config in apps.get_app_configs():
        if config.name.startswith("comptoir."):
            found[config.label] = config.name.split(".")[1]
    return found


def test_every_product_that_is_installed_is_known_here() -> None:
    assert set(_ours().values()) == {"kernel", "ui", *sources.PRODUCTS}


def test_no_foreign_key_leads_upward_or_from_product_to_product() -> None:
    storeys = _ours()
    crossing = [
        f"{model._meta.label}.{field.name} → {field.related_model._meta.label}"
        for model in apps.get_models()
        if (here := storeys.get(model._meta.app_label))
        for field in model._meta.get_fields()
        if field.is_relation
        and field.concrete
        and field.related_model
        and (there := storeys.get(field.related_model._meta.app_label, here)) != here
        and there != "kernel"
    ]
    assert crossing == []


def test_no_migration_depends_upward() -> None:
    storeys = _ours()
    loader = MigrationLoader(None)
    crossing = [
        f"{label}.{name} → {needed}"
        for (label, name), migration in loader.disk_migrations.items()
        if label in storeys
        for needed, _name in [*migration.dependencies, *migration.run_before]
        if storeys.get(needed, storeys[label]) not in (storeys[label], "kernel")
    ]
    assert crossing == []


def _routes_of_products() -> tuple[set[str], set[str]]:
    """Their namespaces, and the names of those of their routes that stand in none."""
    spaces, plain = set(), set()
    for part in get_resolver().url_patterns:
        module = getattr(getattr(part, "urlconf_module", None), "__name__", "")
        if any(module.startswith(f"comptoir.{product}.") for product in sources.PRODUCTS):
            if part.namespace:
                spaces.add(part.namespace)
            else:
                plain |= {route.name for route in part.url_patterns if route.name}
    return spaces, plain


def _leads_to_a_product(route: str) -> bool:
    spaces, plain = _routes_of_products()
    space, colon, _name = route.partition(":")
    return space in spaces if colon else route in plain


def test_products_have_routes_to_look_for() -> None:
    spaces, plain = _routes_of_products()
    assert spaces | plain


def test_no_template_below_names_a_route_of_a_product() -> None:
    found = [
        f"{sources.name(path)}: {route}"
        for path in sources.templates()
        if sources.is_below_products(path)
        for route in URL_TAG.findall(path.read_text("utf-8"))
        if _leads_to_a_product(route)
    ]
    assert found == []


def test_no_code_below_reverses_a_route_of_a_product() -> None:
    found = []
    for path in sources.python_files("src/comptoir/kernel", "src/comptoir/ui"):
        for called, node in sources.calls(path):
            route = getattr(node.args[0], "value", None) if node.args else None
            if called.split(".")[-1] in REVERSING and isinstance(route, str) and _leads_to_a_product(route):
                found.append(f"{sources.name(path)}:{node.lineno}: {route}")
    assert found == []


@pytest.mark.parametrize("word", ["django.dispatch", "django.db.models.signals", "django.core.signals"])
def test_nothing_happens_by_signal(word: str) -> None:
    users = [
        sources.name(path)
        for path in sources.python_files("src/comptoir", migrations=True)
        if word in path.read_text("utf-8")
    ]
    assert users == []


def test_no_generic_foreign_keys() -> None:
    users = [
        sources.name(path)
        for path in sources.python_files("src/comptoir", migrations=True)
        if "GenericForeignKey" in path.read_text("utf-8")
    ]
    assert users == []
