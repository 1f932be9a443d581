"""`comptoir operator`: the first person who runs the house, and every other."""

from typing import TYPE_CHECKING

import click

from comptoir.config.setup_django import refuse, setup_django

if TYPE_CHECKING:
    from comptoir.kernel.accounts.models import User


@click.command()
@click.argument("email")
def operator(email: str) -> None:
    """Let the person with that EMAIL run the house: the desk, refunds, settings.

    Makes their account where there is none, and prints where they choose a password. Again changes nothing.
    """
    setup_django()
    from django.core.exceptions import ValidationError
    from django.core.validators import validate_email
    from django.utils.translation import gettext as _

    from comptoir.kernel.accounts.models import User

    address = email.strip().lower()
    longest = User._meta.get_field("email").max_length
    try:
        validate_email(address)
    except ValidationError:
        refuse(_("EMAIL: %(email)s is not an email address.") % {"email": email})
    if longest and len(address) > longest:
        refuse(_("EMAIL: the address is longer than %(longest)s characters.") % {"longest": longest})
    if User.objects.filter(email=address, is_active=False).exists():
        refuse(_("The account of %(email)s is closed.") % {"email": address})
    user = _make_operator(address)
    click.echo(_("%(email)s is an operator of the house.") % {"email": address})
    if not user.has_usable_password():
        click.echo(_("A password is chosen here, once: %(link)s") % {"link": _password_link(user)})


def _make_operator(email: str) -> "User":
    """Their account: the address vouched for, the desk open. A password from before that may be somebody else's."""
    from django.db import transaction

    from comptoir.config.setup_django import terminal_language
    from comptoir.kernel.accounts import entry
    from comptoir.kernel.accounts.roles import Role, grant

    with transaction.atomic():
        user = entry.account_for(email, name="", locale=terminal_language())
        if not entry.is_confirmed(user):
            entry.confirm(user, by_link=False)
        grant(user, Role.OPERATOR, by=None)
    return user


def _password_link(user: "User") -> str:
    """The page of a mail for a new password. It works once, and for PASSWORD_RESET_TIMEOUT seconds."""
    from allauth.account.forms import default_token_generator
    from allauth.account.utils import user_pk_to_url_str
    from django.conf import settings
    from django.urls import reverse

    key = {"uidb36": user_pk_to_url_str(user), "key": default_token_generator.make_token(user)}
    path = reverse("account_reset_password_from_key", kwargs=key)
    return f"{settings.SITE_URL}{path}"
