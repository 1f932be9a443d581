"""Workspaces: who sells, who is a member of it, and who may change that.

`by` is the person who does it, and nobody where the house itself does: a command, a migration, a story of a product.
"""

from collections.abc import Iterable

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from comptoir.kernel import registry, timeline
from comptoir.kernel.accounts.models import HOUSE_ID, Membership, User, Workspace
from comptoir.kernel.accounts.roles import (
    HIGHEST,
    PERMISSIONS,
    Permission,
    Role,
    grant,
    is_known,
    withdraw,
)
from comptoir.kernel.errors import FieldError, Forbidden, Invalid, NotFound, Refusal

SUBJECT = "accounts.workspace"


class LastOwner(Refusal):
    code = "last_owner"
    message = _("A workspace keeps an owner: make somebody else one first.")


class NotAMember(NotFound):
    code = "not_a_member"
    message = _("This person is not a member of the workspace.")


def house() -> Workspace:
    """The workspace of the house itself."""
    return Workspace.objects.get(pk=HOUSE_ID)


def workspace_of(user: User) -> Workspace | None:
    """The workspace of their own that this person sells from, if they have one; not those that others opened."""
    return Workspace.objects.filter(founder=user).first()


def open_workspace(user: User, *, name: str = "") -> Workspace:
    """The workspace of their own; made now, with them as its owner, where they have none."""
    with transaction.atomic():
        # Of two at once for one person, the second waits and finds it made.
        User.objects.select_for_update(no_key=True).get(pk=user.pk)
        existing = workspace_of(user)
        if existing:
            return existing
        workspace = Workspace.objects.create(name=(name or user.name or user.email)[:120], founder=user)
        timeline.record(SUBJECT, workspace.pk, "opened", actor=user)
        _give(user, Role.OWNER, workspace=workspace, by=user)
        return workspace


def roles_in(user: User, workspace: Workspace) -> frozenset[str]:
    """The roles that an active person has there, none for everybody else. One query."""
    if not user.is_authenticated or not user.is_active:
        return frozenset()
    return _held(user, workspace)


def may(user: User, permission: Permission, *, workspace: Workspace) -> bool:
    """Whether one of their roles there allows it."""
    return any(permission in permissions_of(role) for role in roles_in(user, workspace))


def permissions_of(role: str) -> frozenset[str]:
    """What a role allows: the kernel's by their table, a product's as it was declared."""
    declared = registry.roles().get(role)
    return frozenset(declared.permissions) if declared else PERMISSIONS.get(role, frozenset())


def add_member(user: User, *, workspace: Workspace, role: str, by: User | None) -> None:
    """Give somebody a role there, beside those that they have. Again changes nothing.

    Raises `Forbidden`, or `Invalid` for a role that this workspace does not know.
    """
    _refuse_unknown(role, workspace)
    with transaction.atomic():
        _lock(workspace)
        _refuse_others(by, workspace, [role])
        if role not in _held(user, workspace):
            _give(user, role, workspace=workspace, by=by)


def remove_member(user: User, *, workspace: Workspace, by: User | None) -> None:
    """Take every role there from somebody. A person may leave by themselves.

    Raises `Forbidden`, `NotAMember` or `LastOwner`.
    """
    with transaction.atomic():
        _lock(workspace)
        held = _held(user, workspace)
        if by is None or by.pk != user.pk:
            _refuse_others(by, workspace, held)
        if not held:
            raise NotAMember
        _keep_an_owner(user, workspace, held)
        for role in sorted(held):
            _take(user, role, workspace=workspace, by=by)


def change_role(user: User, *, workspace: Workspace, role: str, by: User | None) -> None:
    """Give a member this role in place of those that they have there.

    Raises `Forbidden`, `NotAMember`, `LastOwner`, or `Invalid` for a role that this workspace does not know.
    """
    _refuse_unknown(role, workspace)
    with transaction.atomic():
        _lock(workspace)
        held = _held(user, workspace)
        _refuse_others(by, workspace, [role, *held])
        if not held:
            raise NotAMember
        if role != Role.OWNER:
            _keep_an_owner(user, workspace, held)
        if role not in held:
            _give(user, role, workspace=workspace, by=by)
        for other in sorted(held - {role}):
            _take(user, other, workspace=workspace, by=by)


def _lock(workspace: Workspace) -> None:
    """Members of one workspace are changed one after the other, lest two owners let each other go."""
    Workspace.objects.select_for_update(no_key=True).get(pk=workspace.pk)


def _held(user: User, workspace: Workspace) -> frozenset[str]:
    held = Membership.objects.filter(workspace=workspace, user=user)
    return frozenset(held.values_list("role", flat=True))


def _refuse_unknown(role: str, workspace: Workspace) -> None:
    if not is_known(role, in_house=workspace.is_house):
        raise Invalid(errors=[FieldError("role", _("Choose one of the roles of this workspace."))])


def _refuse_others(by: User | None, workspace: Workspace, roles: Iterable[str]) -> None:
    if by is None or (by.is_superuser and by.is_active):
        return
    needed = {Permission.MANAGE_MEMBERS}
    if HIGHEST.intersection(roles):
        needed.add(Permission.MANAGE_OWNERS)
    if not all(may(by, permission, workspace=workspace) for permission in needed):
        raise Forbidden


def _keep_an_owner(user: User, workspace: Workspace, held: frozenset[str]) -> None:
    others = Membership.objects.filter(workspace=workspace, role=Role.OWNER).exclude(user=user)
    if Role.OWNER in held and not others.exists():
        raise LastOwner


def _give(user: User, role: str, *, workspace: Workspace, by: User | None) -> None:
    if workspace.is_house:
        grant(user, role, by=by)
    else:
        Membership.objects.create(workspace=workspace, user=user, role=str(role))
    timeline.record(SUBJECT, workspace.pk, "member_added", actor=by, user=user.pk, role=str(role))


def _take(user: User, role: str, *, workspace: Workspace, by: User | None) -> None:
    if workspace.is_house:
        withdraw(user, role, by=by)
    else:
        Membership.objects.filter(workspace=workspace, user=user, role=role).delete()
    if role == Role.OWNER:
        Workspace.objects.filter(pk=workspace.pk, founder=user).update(founder=None)
    timeline.record(SUBJECT, workspace.pk, "member_removed", actor=by, user=user.pk, role=str(role))
