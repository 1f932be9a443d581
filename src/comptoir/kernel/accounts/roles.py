"""Roles: what a person may do in a workspace, and at the operator's desk, beyond their own things.

Each role that somebody has is a `Membership`. Those of the house open doors all over the site: `has_role`.
"""

from collections.abc import Mapping
from enum import StrEnum
from typing import Any

from django.db import transaction
from django.db.models import QuerySet
from django.http import HttpRequest

from comptoir.kernel import registry, timeline
from comptoir.kernel.accounts.models import HOUSE_ID, Membership, User

_NOTED = "roles"


class Role(StrEnum):
    """The roles that the kernel knows; products declare others. Stored in memberships: never rename one."""

    OWNER = "owner"  # everything, and who else is an owner
    ADMIN = "admin"  # everything but who the owners are
    MEMBER = "member"  # sells
    ACCOUNTANT = "accountant"  # reads the books
    OPERATOR = "operator"  # runs the house: refunds, disputes, the desk; in the house alone


class Permission(StrEnum):
    """What there is to allow in a workspace."""

    MANAGE_OWNERS = "manage_owners"  # give and take the roles of owners, and of the house's operators
    MANAGE_MEMBERS = "manage_members"  # give and take every other role
    CHANGE_SETTINGS = "change_settings"  # the name, how it is paid, how its documents look
    SELL = "sell"  # offer things, answer customers, give refunds
    READ_BOOKS = "read_books"  # documents, payouts, balances, exports


PERMISSIONS: Mapping[str, frozenset[Permission]] = {
    Role.OWNER: frozenset(Permission),
    Role.ADMIN: frozenset(Permission) - {Permission.MANAGE_OWNERS},
    Role.MEMBER: frozenset({Permission.SELL}),
    Role.ACCOUNTANT: frozenset({Permission.READ_BOOKS}),
    Role.OPERATOR: frozenset(Permission) - {Permission.MANAGE_OWNERS},
}
# Who gives or takes one of these needs `MANAGE_OWNERS`.
HIGHEST = frozenset({Role.OWNER, Role.OPERATOR})


def is_known(role: str, *, in_house: bool) -> bool:
    """Whether a workspace knows this role: operators and the roles of products are for the house alone."""
    if role in registry.roles() or role == Role.OPERATOR:
        return in_house
    return role in set(Role)


def has_role(user: Any, role: str) -> bool:
    """Whether this active user holds the role in the house. Asks once per user object, for all roles."""
    return role in _house_roles(user)


def remember_roles(request: HttpRequest, user: User) -> None:
    """Note in the session what this person is, for menus to offer it without a query. Views ask `has_role` anew."""
    request.session[_NOTED] = sorted(_house_roles(user))


def forget_role(request: HttpRequest, role: str) -> None:
    """Access was refused: menus offer the page no more."""
    if is_remembered(request, role):
        request.session[_NOTED] = [noted for noted in request.session[_NOTED] if noted != role]


def is_remembered(request: HttpRequest, role: str) -> bool:
    return role in request.session.get(_NOTED, ())


def holders(role: str) -> QuerySet[User]:
    """The active people who hold the role in the house."""
    held = Membership.objects.filter(workspace_id=HOUSE_ID, role=role)
    return User.objects.filter(is_active=True, pk__in=held.values("user")).order_by("pk")


def grant(user: User, role: str, *, by: User | None) -> None:
    """Give a role in the house. Operators also get access to the desk. `by` is nobody when the house itself does it.

    Whether `by` may, the caller has asked: `workspaces.add_member` does.
    """
    assert is_known(role, in_house=True), f"no such role: {role}"
    with transaction.atomic():
        _membership, is_new = Membership.objects.get_or_create(
            workspace_id=HOUSE_ID, user=user, role=str(role)
        )
        if is_new:
            _open_desk(user, role, may_enter=True)
            timeline.record("accounts.user", user.pk, "role_granted", actor=by, role=str(role))


def withdraw(user: User, role: str, *, by: User | None) -> None:
    """Take a role in the house away, and with the operator's role the access to the desk."""
    with transaction.atomic():
        held = Membership.objects.filter(workspace_id=HOUSE_ID, user=user, role=role)
        if held.delete()[0]:
            _open_desk(user, role, may_enter=user.is_superuser)
            timeline.record("accounts.user", user.pk, "role_withdrawn", actor=by, role=str(role))


def _house_roles(user: Any) -> frozenset[str]:
    if not user.is_authenticated or not user.is_active:
        return frozenset()
    if not hasattr(user, "_house_roles"):
        held = Membership.objects.filter(user_id=user.pk, workspace_id=HOUSE_ID)
        user._house_roles = frozenset(held.values_list("role", flat=True))
    roles: frozenset[str] = user._house_roles
    return roles


def _open_desk(user: User, role: str, *, may_enter: bool) -> None:
    if hasattr(user, "_house_roles"):
        del user._house_roles
    if role == Role.OPERATOR and user.is_staff != may_enter:
        user.is_staff = may_enter
        user.save(update_fields=["is_staff"])
