"""Migrations that would break the release that is still running while they are applied."""

import os
import sys
from pathlib import Path
from urllib.parse import urlsplit

import django

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from tests import found

# With the tables that these come after, before anybody uses them: until the first release, names may still change.
WITH_THE_FIRST_TABLES = [
    "0002_house",
    "0002_guards",
    "0002_search",
    "0002_general_core",
    "0002_mail_columns_as_text",
]


def main() -> int:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "comptoir.config.settings")
    os.environ.setdefault("LOG_LEVEL", "ERROR")
    # The statements of PostgreSQL are what counts: SQLite makes every table anew.
    if postgres := found.postgres():
        os.environ["DATABASE_URL"] = urlsplit(postgres)._replace(path="/postgres").geturl()
    django.setup()
    from django.conf import settings
    from django_migration_linter import MessageType, MigrationLinter

    ours = [name.rpartition(".")[2] for name in settings.INSTALLED_APPS if name.startswith("comptoir.")]
    linter = MigrationLinter(
        include_apps=ours,
        ignore_initial_migrations=True,
        ignore_name=WITH_THE_FIRST_TABLES,
        no_cache=True,
        quiet=[kind.name.lower() for kind in (MessageType.OK, MessageType.IGNORE)],
        # Rows are written back by nobody: a step back is a new step forward.
        exclude_migration_tests=["RUNPYTHON_REVERSIBLE", "RUNSQL_REVERSIBLE"],
    )
    linter.lint_all_migrations()
    linter.print_summary()
    return 1 if linter.has_errors else 0


if __name__ == "__main__":
    sys.exit(main())
