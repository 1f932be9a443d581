"""The `comptoir` command: `comptoir --help` lists what it does."""

from typing import Any

import click

from comptoir.cli.books import ledger, reconcile
from comptoir.cli.demo import demo
from comptoir.cli.doctor import doctor
from comptoir.cli.operators import operator
from comptoir.cli.running import migrate, serve, worker
from comptoir.cli.tokens import token
from comptoir.config.setup_django import refuse


class _Commands(click.Group):
    def invoke(self, ctx: click.Context) -> Any:
        """A database that is not there, or not up to date, is a matter for a sentence, not for a traceback."""
        try:
            return super().invoke(ctx)
        except Exception as error:
            from django.db import OperationalError, ProgrammingError
            from django.utils.translation import gettext as _

            if not isinstance(error, OperationalError | ProgrammingError):
                raise
            problem = str(error).strip().partition("\n")[0]
            refuse(
                _("The database cannot be used (%(error)s). What to do about it: comptoir doctor")
                % {"error": problem}
            )


@click.group(cls=_Commands, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="comptoir")
def main() -> None:
    """One self-hosted counter for people who sell their own work.

    Settings come from the environment; .env.example says what each of them is.
    """


for command in (demo, serve, worker, migrate, doctor, operator, token, ledger, reconcile):
    main.add_command(command)
