"""What a role opens: the operator's desk, and how far an operator reaches."""

from typing import Any

import pytest
from django.test import Client

from comptoir.kernel.accounts.models import User
from comptoir.kernel.accounts.roles import Role, grant, has_role, withdraw
from comptoir.kernel.timeline.models import TimelineEntry

pytestmark = pytest.mark.django_db


def at_the_desk(user: Any) -> Client:
    client = Client()
    client.force_login(user, backend="comptoir.kernel.accounts.sessions.AccountBackend")
    return client


def act(client: Client, action: str, user: Any) -> Any:
    return client.post("/admin/accounts/user/", {"action": action, "_selected_action": user.pk}, follow=True)


def test_a_role_is_granted_once_and_written_down(bruno: Any, odile: Any) -> None:
    grant(bruno, "expert", by=odile)
    grant(bruno, "expert", by=odile)

    assert has_role(bruno, "expert")
    assert not has_role(bruno, Role.OPERATOR)
    assert not bruno.is_staff
    entry = TimelineEntry.objects.get(subject="accounts.user", subject_id=bruno.pk)
    assert (entry.kind, entry.actor, entry.data) == ("role_granted", odile, {"role": "expert"})


def test_roles_are_asked_for_once_per_person(bruno: Any, odile: Any, django_assert_num_queries: Any) -> None:
    user = User.objects.get(pk=odile.pk)

    with django_assert_num_queries(1):
        assert has_role(user, Role.OPERATOR)
        assert not has_role(user, "expert")
        assert has_role(user, Role.OPERATOR)


def test_an_operators_role_opens_the_desk_and_its_end_closes_it(bruno: Any, odile: Any) -> None:
    assert at_the_desk(bruno).get("/admin/accounts/user/", follow=True).status_code == 403

    grant(bruno, Role.OPERATOR, by=odile)
    assert at_the_desk(bruno).get("/admin/accounts/user/").status_code == 200

    withdraw(bruno, Role.OPERATOR, by=odile)
    assert not has_role(bruno, Role.OPERATOR)
    assert at_the_desk(bruno).get("/admin/accounts/user/", follow=True).status_code == 403


def test_the_desk_has_one_door_with_everybody_elses(client: Client) -> None:
    response = client.get("/admin/", follow=True)

    assert response.redirect_chain[-1][0].startswith("/accounts/login/")


def test_an_operator_whose_account_is_closed_has_no_role(odile: Any) -> None:
    odile.is_active = False

    assert not has_role(odile, Role.OPERATOR)
    assert not odile.has_perm("accounts.view_user")


def test_an_operator_sees_everything_changes_ours_and_deletes_nothing(odile: Any, bruno: Any) -> None:
    desk = at_the_desk(odile)

    assert odile.has_perms(
        ["accounts.view_user", "jobs.view_job", "jobs.change_job", "account.view_emailaddress"]
    )
    for refused in (
        "accounts.delete_user",
        "accounts.add_user",
        "account.change_emailaddress",
        "auth.change_group",
    ):
        assert not odile.has_perm(refused)
    assert desk.get(f"/admin/accounts/user/{bruno.pk}/delete/").status_code == 403
    assert desk.get("/admin/accounts/user/add/").status_code == 403


def test_an_operator_closes_an_account_and_cannot_raise_it(odile: Any, bruno: Any) -> None:
    page = f"/admin/accounts/user/{bruno.pk}/change/"
    form = {
        "name": "Bruno",
        "locale": "en",
        "is_superuser": "on",
        "is_staff": "on",
        "email": "x@example.test",
    }
    inlines = {
        f"{prefix}-{part}_FORMS": "0"
        for prefix in ("emailaddress_set", "api_tokens")
        for part in ("TOTAL", "INITIAL")
    }

    response = at_the_desk(odile).post(page, {**form, **inlines})

    assert response.status_code == 302, response.content
    bruno.refresh_from_db()
    assert (bruno.is_active, bruno.is_staff, bruno.is_superuser) == (False, False, False)
    assert bruno.email == "bruno@example.test"


def test_an_operator_cannot_touch_those_who_enter_the_desk(odile: Any, bruno: Any) -> None:
    boss = User.objects.create_superuser("boss@example.test", "boss")
    desk = at_the_desk(odile)

    assert desk.post(f"/admin/accounts/user/{boss.pk}/change/", {"name": "Mine"}).status_code == 403
    assert desk.get(f"/admin/accounts/user/{bruno.pk}/password/").status_code == 403


def test_operators_make_experts_and_only_a_superuser_makes_operators(odile: Any, bruno: Any) -> None:
    desk = at_the_desk(odile)
    act(desk, "make_expert", bruno)
    act(desk, "make_operator", bruno)
    bruno = User.objects.get(pk=bruno.pk)
    assert has_role(bruno, "expert")
    assert not has_role(bruno, Role.OPERATOR)

    boss = User.objects.create_superuser("boss@example.test", "boss")
    act(at_the_desk(boss), "make_operator", bruno)

    bruno = User.objects.get(pk=bruno.pk)
    assert has_role(bruno, Role.OPERATOR)
    assert bruno.is_staff
    assert TimelineEntry.objects.filter(kind="role_granted", actor=boss).count() == 1
