"""`comptoir token`: a bearer token for an account, for programs and for trying the API."""

import click

from comptoir.config.setup_django import refuse, setup_django


@click.command()
@click.argument("email")
@click.option("--name", default="comptoir token", show_default=True, help="What the token is for.")
@click.option("--days", type=click.IntRange(1, 365), default=90, show_default=True, help="How long it lives.")
@click.option("--yes", is_flag=True, help="Do it in production too.")
def token(email: str, name: str, days: int, yes: bool) -> None:
    """Print a bearer token for the account with that EMAIL."""
    setup_django()
    from django.conf import settings
    from django.utils.translation import gettext as _

    from comptoir.kernel.accounts.models import User
    from comptoir.kernel.accounts.tokens import issue_token

    if settings.PRODUCTION and not yes:
        refuse(
            _("This token would let its holder act as %(email)s in production. Add --yes to do it.")
            % {"email": email}
        )
    user = User.objects.filter(email=email.strip().lower(), is_active=True).first()
    if user is None:
        refuse(_("No active account has the address %(email)s.") % {"email": email})
    click.echo(issue_token(user, name=name, days=days))
