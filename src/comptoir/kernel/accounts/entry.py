"""The way in for people who have not signed up: an account is made for their address, and a link sent to it opens it.

Nothing of the account can be seen before somebody who reads that address's mail has opened the link. It works once,
and for a few days; a password that somebody else may have set for the address meanwhile is thrown away.
"""

from urllib.parse import quote

from allauth.account.models import EmailAddress
from django.contrib.auth.tokens import PasswordResetTokenGenerator
from django.db import IntegrityError, transaction
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from comptoir.kernel import timeline
from comptoir.kernel.accounts.models import User
from comptoir.kernel.errors import Forbidden


class LinkUsed(Forbidden):
    code = "entry_link_used"
    message = _("This link has been used or has expired. Sign in, or ask for a new password.")


class _EntryTokens(PasswordResetTokenGenerator):
    """Good until the account is entered: the last sign-in and the password are part of what is signed."""

    key_salt = "comptoir.accounts.entry"


_tokens = _EntryTokens()


def account_for(email: str, *, name: str, locale: str) -> User:
    """The account of this address; made now, without a password and unconfirmed, where there is none."""
    email = email.strip().lower()
    existing = User.objects.filter(email=email).first()
    if existing:
        return existing
    try:
        with transaction.atomic():
            return User.objects.create_user(email, name=name[:120], locale=locale)
    except IntegrityError:
        return User.objects.get(email=email)


def is_confirmed(user: User) -> bool:
    """Whether the owner of the address has shown that it is theirs."""
    return EmailAddress.objects.filter(user=user, email=user.email, verified=True).exists()


def path_for(user: User, *, to: str) -> str:
    """Where a mail leads this person so that they arrive at `to`: straight there, or by a link that signs them in."""
    assert to.startswith("/") and not to.startswith("//"), f"not a path of ours: {to}"
    if is_confirmed(user):
        return to
    return f"{reverse('accounts:enter', args=[user.pk, _tokens.make_token(user)])}?next={quote(to)}"


def check_link(user_id: int, token: str) -> User:
    """Whose link this is. Raises `LinkUsed`."""
    user = User.objects.filter(pk=user_id, is_active=True).first()
    if user is None or is_confirmed(user) or not _tokens.check_token(user, token):
        raise LinkUsed
    return user


def confirm(user: User, *, by_link: bool) -> None:
    """The address is theirs: they opened a link that was sent there, or an operator's terminal says so. Whatever
    password was set before may be somebody else's."""
    with transaction.atomic():
        user.set_unusable_password()
        user.save(update_fields=["password"])
        EmailAddress.objects.update_or_create(
            user=user, email=user.email, defaults={"verified": True, "primary": True}
        )
        kind, actor = ("entered_by_link", user) if by_link else ("vouched_for", None)
        timeline.record("accounts.user", user.pk, kind, actor=actor)
