"""Roles: what a person may do beyond their own things. Each is a Django group of the same name."""

from enum import StrEnum
from typing import Any

from django.contrib.auth.models import Group
from django.db import transaction
from django.http import HttpRequest

from comptoir.kernel import timeline
from comptoir.kernel.accounts.models import User

_NOTED = "roles"


class Role(StrEnum):
    """Stored as the name of a group: never rename one."""

    OPERATOR = "operator"  # runs the house: refunds, disputes, the desk
    EXPERT = "expert"  # reads and validates bespoke orders


def has_role(user: Any, role: Role) -> bool:
    """Whether this active user holds the role. Asks the database once per user object, for all roles."""
    if not user.is_authenticated or not user.is_active:
        return False
    if not hasattr(user, "_role_names"):
        user._role_names = frozenset(user.groups.values_list("name", flat=True))
    return role.value in user._role_names


def remember_roles(request: HttpRequest, user: User) -> None:
    """Note in the session what this person is, for menus to offer it without a query. Doors ask `has_role` anew."""
    request.session[_NOTED] = [role.value for role in Role if has_role(user, role)]


def forget_role(request: HttpRequest, role: Role) -> None:
    """A door has refused them: menus offer it no more."""
    if is_remembered(request, role):
        request.session[_NOTED] = [noted for noted in request.session[_NOTED] if noted != role.value]


def is_remembered(request: HttpRequest, role: Role) -> bool:
    return role.value in request.session.get(_NOTED, ())


def grant(user: User, role: Role, *, by: User | None) -> None:
    """Give a role. Operators also get the door to the desk. `by` is nobody when the house itself does it."""
    with transaction.atomic():
        # Groups come with the migrations; a database that was emptied since then gets its group back.
        group, _ = Group.objects.get_or_create(name=role.value)
        if user.groups.filter(pk=group.pk).exists():
            return
        user.groups.add(group)
        _open_desk(user, role, may_enter=True)
        timeline.record("accounts.user", user.pk, "role_granted", actor=by, role=role.value)


def withdraw(user: User, role: Role, *, by: User | None) -> None:
    """Take a role away, and with the operator's role the door to the desk."""
    with transaction.atomic():
        if not user.groups.filter(name=role.value).exists():
            return
        user.groups.remove(Group.objects.get(name=role.value))
        _open_desk(user, role, may_enter=user.is_superuser)
        timeline.record("accounts.user", user.pk, "role_withdrawn", actor=by, role=role.value)


def _open_desk(user: User, role: Role, *, may_enter: bool) -> None:
    if hasattr(user, "_role_names"):
        del user._role_names
    if role is Role.OPERATOR and user.is_staff != may_enter:
        user.is_staff = may_enter
        user.save(update_fields=["is_staff"])
