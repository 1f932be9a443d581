"""A program of its own: the house with one product less. It tells what is seen of it, as JSON.

python -m tests.architecture.product_taken_off comptoir.marketplace.module
"""

import json
import os
import sys
from types import ModuleType
from typing import Any

PAGES = ("/", "/nowhere", "/accounts/login/", "/accounts/signup/", "/api/openapi.json", "/robots.txt")


def main(taken_off: str) -> dict[str, Any]:
    from comptoir.config import modules

    modules.PRODUCTS.remove(taken_off)
    os.environ["DJANGO_SETTINGS_MODULE"] = "comptoir.config.settings"
    import django

    django.setup()
    return {"labels": _labels(), "links": _links(), "pages": _pages(), "home": _home(), "loaded": _loaded()}


def _labels() -> list[str]:
    """The apps that have tables or migrations, after the checks have passed and the tables are made."""
    from django.apps import apps
    from django.core.management import call_command
    from django.db import connection
    from django.db.migrations.loader import MigrationLoader

    call_command("check", fail_level="WARNING")
    call_command("migrate", verbosity=0)
    call_command("makemigrations", check=True, dry_run=True, verbosity=0)
    tables = {table.partition("_")[0] for table in connection.introspection.table_names()}
    models = {model._meta.app_label for model in apps.get_models()}
    return sorted(tables | models | MigrationLoader(connection).migrated_apps)


def _links() -> list[str]:
    from comptoir.ui.context import navigation

    return [link.path for links in navigation().values() for link in links]


def _pages() -> dict[str, tuple[int, str]]:
    """Each page's status and text; a page that leads elsewhere is followed."""
    from django.test import Client

    client = Client(SERVER_NAME="127.0.0.1")
    answers = {path: client.get(path, follow=True) for path in PAGES}
    return {path: (answer.status_code, answer.content.decode()) for path, answer in answers.items()}


def _home() -> str:
    from django.conf import settings

    return str(settings.LOGIN_REDIRECT_URL)


def _loaded() -> list[str]:
    ours: list[ModuleType | None] = [
        module for name, module in sys.modules.items() if name.startswith("comptoir.")
    ]
    return sorted(module.__name__ for module in ours if module is not None)


if __name__ == "__main__":
    sys.stdout.write(json.dumps(main(sys.argv[1])))
