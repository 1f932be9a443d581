"""`comptoir operator`."""

import re

import pytest
from django.test import Client

from comptoir.kernel.accounts import entry
from comptoir.kernel.accounts.models import User
from comptoir.kernel.accounts.roles import Role, has_role
from comptoir.kernel.timeline.models import TimelineEntry

PASSWORD = "fougère-9-bleue"


def person(email: str) -> User:
    return User.objects.get(email=email)


def test_somebody_new_gets_an_account_and_the_way_to_a_password(
    comptoir, client: Client, settings, db
) -> None:
    outcome = comptoir("operator", " New@Example.test ")

    assert outcome.exit_code == 0, outcome.output
    said, link = outcome.stdout.splitlines()
    assert said == "new@example.test is an operator of the house."
    assert has_role(person("new@example.test"), Role.OPERATOR)
    assert person("new@example.test").is_staff
    assert entry.is_confirmed(person("new@example.test"))
    noted = TimelineEntry.objects.filter(subject="accounts.user").values_list("kind", flat=True)
    assert "vouched_for" in noted
    assert "entered_by_link" not in noted, "nobody opened a link yet"

    found = re.search(re.escape(settings.SITE_URL) + r"(/\S+)", link)
    assert found
    page = client.get(found[1], follow=True)
    form = {"password1": PASSWORD, "password2": PASSWORD}
    client.post(page.redirect_chain[-1][0], form)
    client.logout()
    client.post("/accounts/login/", {"login": "new@example.test", "password": PASSWORD})
    assert client.get("/admin/accounts/user/").status_code == 200
    assert client.get("/admin/jobs/job/").status_code == 200
    client.logout()
    assert not client.get(found[1], follow=True).redirect_chain, "the link worked twice"


def test_whoever_has_an_account_keeps_their_password(comptoir, bruno) -> None:
    outcome = comptoir("operator", bruno.email.upper())

    assert outcome.stdout == "bruno@example.test is an operator of the house.\n"
    assert has_role(person(bruno.email), Role.OPERATOR)
    assert person(bruno.email).has_usable_password()


def test_again_changes_nothing(comptoir, bruno) -> None:
    first, again = comptoir("operator", bruno.email), comptoir("operator", bruno.email)

    assert (again.exit_code, again.stdout) == (0, first.stdout)
    assert TimelineEntry.objects.filter(kind="role_granted").count() == 1
    assert User.objects.count() == 1


def test_a_password_that_was_set_before_the_address_was_shown_to_be_theirs_is_thrown_away(
    comptoir, db
) -> None:
    User.objects.create_user("boss@example.test", "somebody-elses-7")

    outcome = comptoir("operator", "boss@example.test")

    assert "/accounts/password/reset/key/" in outcome.stdout
    assert not person("boss@example.test").check_password("somebody-elses-7")


@pytest.mark.parametrize("email", ["nobody", "a@b", "", "a b@example.test", "@example.test"])
def test_what_is_no_address_is_refused_in_a_sentence(comptoir, db, email: str) -> None:
    outcome = comptoir("operator", email)

    assert outcome.exit_code == 1
    assert outcome.stderr == f"EMAIL: {email} is not an email address.\n"
    assert User.objects.count() == 0


def test_an_address_that_no_column_holds_is_refused(comptoir, db) -> None:
    outcome = comptoir("operator", f"a@{'b.' * 130}test")
    assert outcome.exit_code == 1
    assert outcome.stderr.startswith("EMAIL: ")


def test_an_account_that_is_closed_stays_closed(comptoir, bruno) -> None:
    User.objects.update(is_active=False)

    outcome = comptoir("operator", bruno.email)

    assert outcome.exit_code == 1
    assert outcome.stderr == "The account of bruno@example.test is closed.\n"
    assert not person(bruno.email).is_staff
