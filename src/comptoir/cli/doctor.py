"""`comptoir doctor`: what is wrong in the configuration, and how to mend it."""

import sys

import click

from comptoir.config.setup_django import setup_django


@click.command()
def doctor() -> None:
    """Look at every setting and every service. Exits with 1 when something is wrong."""
    setup_django()
    from comptoir.cli.diagnosis import all_checks, problems_found_by

    failed = False
    for check in all_checks():
        problems = problems_found_by(check)
        failed = failed or bool(problems)
        mark = click.style("✗", fg="red") if problems else click.style("✓", fg="green")
        click.echo(f"{mark} {check.title}")
        for problem in problems:
            click.echo(f"    {problem}")
    sys.exit(1 if failed else 0)
