"""`comptoir doctor`: what is wrong in the configuration, and how to mend it."""

import sys

import click

from comptoir.config.setup_django import setup_django


@click.command()
def doctor() -> None:
    """Look at every setting and every service. Exits with 1 when something is wrong."""
    setup_django()
    from comptoir.cli.diagnosis import EXAMINATIONS, problems_of
    from comptoir.kernel.registry import modules

    of_products = [(each.title, each.find) for module in modules() for each in module.examinations]
    sick = False
    for title, examine in [*EXAMINATIONS, *of_products]:
        problems = problems_of(examine)
        sick = sick or bool(problems)
        mark = click.style("✗", fg="red") if problems else click.style("✓", fg="green")
        click.echo(f"{mark} {title}")
        for problem in problems:
            click.echo(f"    {problem}")
    sys.exit(1 if sick else 0)
