"""Workspaces: who is a member, who may change that, and that an owner always stays."""

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from typing import Any

import pytest
from django.db import IntegrityError, connection, transaction

from comptoir.kernel import timeline
from comptoir.kernel.accounts import workspaces
from comptoir.kernel.accounts.models import Membership, User, Workspace
from comptoir.kernel.accounts.roles import Permission, Role, grant, has_role, holders
from comptoir.kernel.errors import Forbidden, Invalid

pytestmark = pytest.mark.django_db
EVERY_ROLE = ("owner", "admin", "member", "accountant")


@pytest.fixture
def studio(camille: User) -> Workspace:
    return workspaces.open_workspace(camille)


def member(person: User, role: str, studio: Workspace) -> User:
    workspaces.add_member(person, workspace=studio, role=role, by=None)
    return person


def happened_in(studio: Workspace) -> list[tuple[str, str]]:
    entries = timeline.entries_of(workspaces.SUBJECT, studio.pk)
    return [(entry.kind, entry.data.get("role", "")) for entry in reversed(entries)]


def test_there_is_one_house(db: None) -> None:
    assert workspaces.house().is_house
    with pytest.raises(IntegrityError), transaction.atomic():
        Workspace.objects.create(name="A second", is_house=True)


def test_whoever_sells_opens_one_workspace_and_owns_it(camille: User, bruno: User) -> None:
    assert workspaces.workspace_of(camille) is None

    opened = workspaces.open_workspace(camille)

    assert workspaces.open_workspace(camille) == opened == workspaces.workspace_of(camille)
    assert opened.name == "Camille"
    assert workspaces.roles_in(camille, opened) == {Role.OWNER}
    assert workspaces.roles_in(bruno, opened) == set()
    assert happened_in(opened) == [("opened", ""), ("member_added", "owner")]


def test_an_owner_of_somebody_elses_workspace_sells_from_one_of_their_own(
    studio: Workspace, camille: User, bruno: User
) -> None:
    workspaces.add_member(bruno, workspace=studio, role=Role.OWNER, by=camille)
    assert workspaces.workspace_of(bruno) is None
    assert workspaces.open_workspace(bruno) != studio
    assert workspaces.open_workspace(camille) == studio


def test_an_owner_of_the_house_has_no_workspace_of_their_own_by_that(bruno: User) -> None:
    grant(bruno, Role.OWNER, by=None)
    assert workspaces.workspace_of(bruno) is None


def test_members_come_change_and_go_and_it_is_written_down(
    studio: Workspace, camille: User, bruno: User
) -> None:
    workspaces.add_member(bruno, workspace=studio, role=Role.MEMBER, by=camille)
    workspaces.add_member(bruno, workspace=studio, role=Role.MEMBER, by=camille)
    workspaces.change_role(bruno, workspace=studio, role=Role.ACCOUNTANT, by=camille)
    assert workspaces.roles_in(bruno, studio) == {Role.ACCOUNTANT}
    workspaces.remove_member(bruno, workspace=studio, by=camille)

    assert workspaces.roles_in(bruno, studio) == set()
    assert happened_in(studio)[2:] == [
        ("member_added", "member"),
        ("member_added", "accountant"),
        ("member_removed", "member"),
        ("member_removed", "accountant"),
    ]
    assert timeline.entries_of(workspaces.SUBJECT, studio.pk)[0].actor == camille


@pytest.mark.parametrize(
    ("role", "allowed"),
    [
        ("owner", set(Permission)),
        ("admin", set(Permission) - {Permission.MANAGE_OWNERS}),
        ("member", {Permission.SELL}),
        ("accountant", {Permission.READ_BOOKS}),
    ],
)
def test_what_each_role_may(studio: Workspace, bruno: User, role: str, allowed: set[str]) -> None:
    member(bruno, role, studio)

    assert {one for one in Permission if workspaces.may(bruno, one, workspace=studio)} == allowed
    bruno.is_active = False
    assert not any(workspaces.may(bruno, one, workspace=studio) for one in Permission)


@pytest.mark.parametrize("role", ["member", "accountant", None])
def test_others_may_change_nobody(
    studio: Workspace, camille: User, nour: User, bruno: User, role: str
) -> None:
    if role:
        member(nour, role, studio)
    member(bruno, "member", studio)

    for change in (
        lambda: workspaces.add_member(nour, workspace=studio, role="admin", by=nour),
        lambda: workspaces.change_role(bruno, workspace=studio, role="admin", by=nour),
        lambda: workspaces.remove_member(bruno, workspace=studio, by=nour),
        lambda: workspaces.remove_member(camille, workspace=studio, by=nour),
    ):
        with pytest.raises(Forbidden):
            change()

    assert workspaces.roles_in(bruno, studio) == {Role.MEMBER}
    assert workspaces.roles_in(camille, studio) == {Role.OWNER}


def test_the_owner_of_one_workspace_is_nobody_in_another(
    studio: Workspace, adrien: User, bruno: User
) -> None:
    workspaces.open_workspace(adrien)
    with pytest.raises(Forbidden):
        workspaces.add_member(bruno, workspace=studio, role="member", by=adrien)


def test_an_admin_manages_members_and_no_owner(
    studio: Workspace, camille: User, bruno: User, nour: User
) -> None:
    member(bruno, "admin", studio)
    workspaces.add_member(nour, workspace=studio, role="member", by=bruno)
    for change in (
        lambda: workspaces.add_member(bruno, workspace=studio, role="owner", by=bruno),
        lambda: workspaces.change_role(nour, workspace=studio, role="owner", by=bruno),
        lambda: workspaces.change_role(camille, workspace=studio, role="member", by=bruno),
        lambda: workspaces.remove_member(camille, workspace=studio, by=bruno),
    ):
        with pytest.raises(Forbidden):
            change()


def test_the_last_owner_stays(studio: Workspace, camille: User, bruno: User) -> None:
    with pytest.raises(workspaces.LastOwner) as refused:
        workspaces.remove_member(camille, workspace=studio, by=camille)
    assert refused.value.code == "last_owner"
    with pytest.raises(workspaces.LastOwner):
        workspaces.change_role(camille, workspace=studio, role="member", by=camille)

    workspaces.add_member(bruno, workspace=studio, role="owner", by=camille)
    workspaces.remove_member(camille, workspace=studio, by=camille)
    assert workspaces.roles_in(bruno, studio) == {Role.OWNER}
    assert workspaces.workspace_of(camille) is None


@pytest.mark.django_db(transaction=True)
def test_of_two_who_open_a_workspace_for_one_person_at_once_one_opens_it() -> None:
    person = User.objects.create_user("seller@example.test", verified=True)
    together = Barrier(2, timeout=30)

    def open_one(_number: int) -> Any:
        try:
            together.wait()
            return workspaces.open_workspace(person).pk
        finally:
            connection.close()

    with ThreadPoolExecutor(2) as threads:
        assert len({*threads.map(open_one, range(2))}) == 1
    assert Membership.objects.filter(user=person).count() == 1


@pytest.mark.django_db(transaction=True)
def test_of_two_owners_who_leave_at_once_one_stays() -> None:
    people = [User.objects.create_user(f"owner{n}@example.test", verified=True) for n in range(2)]
    shared = workspaces.open_workspace(people[0])
    workspaces.add_member(people[1], workspace=shared, role="owner", by=people[0])
    together = Barrier(2, timeout=30)

    def leave(person: User) -> bool:
        try:
            together.wait()
            workspaces.remove_member(person, workspace=shared, by=person)
            return True
        except workspaces.LastOwner:
            return False
        finally:
            connection.close()

    with ThreadPoolExecutor(2) as threads:
        assert sorted(threads.map(leave, people)) == [False, True]
    assert Membership.objects.filter(workspace=shared, role="owner").count() == 1


def test_a_member_may_leave(studio: Workspace, bruno: User) -> None:
    member(bruno, "member", studio)
    workspaces.remove_member(bruno, workspace=studio, by=bruno)
    assert workspaces.roles_in(bruno, studio) == set()
    with pytest.raises(workspaces.NotAMember):
        workspaces.remove_member(bruno, workspace=studio, by=bruno)


@pytest.mark.parametrize("role", ["operator", "expert", "king", ""])
def test_a_workspace_knows_only_its_own_roles(
    studio: Workspace, camille: User, bruno: User, role: str
) -> None:
    with pytest.raises(Invalid) as refused:
        workspaces.add_member(bruno, workspace=studio, role=role, by=camille)
    assert refused.value.errors[0].field == "role"


def test_in_the_house_operators_appoint_experts_and_no_operators(odile: User, bruno: User) -> None:
    house = workspaces.house()
    workspaces.add_member(bruno, workspace=house, role="expert", by=odile)
    with pytest.raises(Forbidden):
        workspaces.add_member(bruno, workspace=house, role="operator", by=odile)

    assert has_role(bruno, "expert")
    assert not has_role(bruno, Role.OPERATOR)
    assert not bruno.is_staff
    assert [*holders("expert")] == [bruno]


def test_the_desk_opens_with_membership_of_the_house_and_closes_with_its_end(
    odile: User, bruno: User
) -> None:
    house = workspaces.house()
    workspaces.add_member(bruno, workspace=house, role="operator", by=None)
    assert has_role(bruno, Role.OPERATOR)
    assert bruno.is_staff

    workspaces.remove_member(bruno, workspace=house, by=None)
    assert not has_role(bruno, Role.OPERATOR)
    assert not bruno.is_staff


def test_the_desk_shows_workspaces_and_changes_none(odile: User, studio: Workspace) -> None:
    from django.test import Client

    desk = Client()
    desk.force_login(odile, backend="comptoir.kernel.accounts.sessions.AccountBackend")
    assert "Camille" in desk.get("/admin/accounts/workspace/").text
    page = desk.get(f"/admin/accounts/workspace/{studio.pk}/change/").text
    assert "owner" in page
    assert desk.get("/admin/accounts/user/?role=operator").text.count("odile@example.test") == 1
    assert "operator" in desk.get(f"/admin/accounts/user/{odile.pk}/change/").text
    assert desk.post(f"/admin/accounts/workspace/{studio.pk}/change/", {"name": "Mine"}).status_code == 403
