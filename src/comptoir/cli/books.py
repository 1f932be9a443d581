"""`comptoir ledger check` and `comptoir reconcile`: whether the money is where the rows say it is."""

import sys
from datetime import datetime

import click

from comptoir.config.setup_django import setup_django


@click.group()
def ledger() -> None:
    """The books."""


@ledger.command()
def check() -> None:
    """Check that every transfer balances and every paid thing has its money, and the reverse.

    Prints a line for each thing that is wrong, and then exits with 1.
    """
    setup_django()
    from django.utils.translation import gettext as _

    from comptoir.kernel.payments.check import run

    wrong = run()
    for line in wrong:
        click.echo(line)
    if wrong:
        sys.exit(1)
    click.echo(_("The books are in order."))


@click.command()
@click.option(
    "--since", type=click.DateTime(), help="Ask for missed events from then on (UTC). All, without it."
)
def reconcile(since: datetime | None) -> None:
    """Ask the gateways about everything unresolved or missed, settle it, and print what changed."""
    setup_django()
    from datetime import UTC

    from django.utils.translation import gettext as _

    from comptoir.kernel.payments.reconciliation import run

    changed = run(since=since.replace(tzinfo=UTC) if since else None)
    for line in changed or [_("Nothing had to be changed.")]:
        click.echo(line)
