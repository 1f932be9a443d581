"""Who may call the API: a token, or a browser's session with its CSRF token."""

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client

from comptoir.kernel import clock
from comptoir.kernel.accounts.models import ApiToken
from comptoir.kernel.accounts.roles import Role, grant
from comptoir.kernel.accounts.tokens import issue_token, revoke_token
from tests.kernel.http.test_problems import GOOD_ORDER, post_order, problem_of

pytestmark = [pytest.mark.django_db, pytest.mark.urls("tests.kernel.http.small_api"), pytest.mark.req("K19")]


def bearing(token: str) -> Client:
    return Client(headers={"Authorization": f"Bearer {token}"})


def test_a_token_speaks_for_its_owner(by_token: Client, bruno: Any) -> None:
    assert by_token.get("/api/me").json() == {"email": bruno.email}
    assert by_token.get("/api/me").headers["Cache-Control"] == "no-store"


def test_nobody_is_told_how_to_sign_in(anybody: Client) -> None:
    response = anybody.get("/api/me")

    problem_of(response, status=401, code="unauthenticated")
    assert response.headers["WWW-Authenticate"] == 'Bearer realm="api"'


def test_a_session_reads_freely_and_writes_only_with_its_csrf_token(by_session: Client, bruno: Any) -> None:
    assert by_session.get("/api/me").json() == {"email": bruno.email}

    problem_of(post_order(by_session, GOOD_ORDER), status=403, code="csrf_failed")

    by_session.get("/account")  # any page with a form brings the cookie
    token = by_session.cookies["csrftoken"].value
    assert post_order(by_session, GOOD_ORDER, headers={"X-CSRFToken": token}).status_code == 201
    wrong = post_order(by_session, GOOD_ORDER, headers={"X-CSRFToken": "x" * 32})
    problem_of(wrong, status=403, code="csrf_failed")


def test_a_token_needs_no_csrf(bruno: Any) -> None:
    client = Client(
        enforce_csrf_checks=True, headers={"Authorization": f"Bearer {issue_token(bruno, name='t')}"}
    )

    assert post_order(client, GOOD_ORDER).status_code == 201


def test_public_routes_know_who_asks_but_do_not_ignore_a_wrong_token(
    anybody: Client, by_token: Client, bruno: Any
) -> None:
    assert anybody.get("/api/whoami").json() == {"email": None}
    assert by_token.get("/api/whoami").json() == {"email": bruno.email}
    response = anybody.get("/api/whoami", headers={"Authorization": "Bearer cpt_wrong"})
    problem_of(response, status=401, code="invalid_token")
    assert 'error="invalid_token"' in response.headers["WWW-Authenticate"]


@pytest.mark.parametrize(
    "header", ["Basic YTpi", "Bearer", "Bearer ", "cpt_1", "Bearer é", "Bearer cpt_" + "A" * 38]
)
def test_what_is_no_token_is_refused(anybody: Client, header: str) -> None:
    response = anybody.get("/api/me", headers={"Authorization": header})

    problem_of(response, status=401, code="invalid_token")


def test_a_token_ends_with_its_time(bruno: Any) -> None:
    client = bearing(issue_token(bruno, name="short", days=1))
    assert client.get("/api/me").status_code == 200

    clock.advance(timedelta(days=1))

    problem_of(client.get("/api/me"), status=401, code="invalid_token")


def test_a_token_ends_when_it_is_revoked(bruno: Any) -> None:
    client = bearing(issue_token(bruno, name="lost"))
    revoke_token(bruno, token_id=ApiToken.objects.get(name="lost").pk)

    problem_of(client.get("/api/me"), status=401, code="invalid_token")


def test_an_account_that_is_closed_is_refused_at_once_with_token_and_session_in_hand(
    by_token: Client, by_session: Client, bruno: Any
) -> None:
    bruno.is_active = False
    bruno.save()

    problem_of(by_token.get("/api/me"), status=401, code="invalid_token")
    problem_of(by_session.get("/api/me"), status=401, code="unauthenticated")


def test_knowing_the_caller_takes_one_query(by_token: Client, django_assert_num_queries: Any) -> None:
    by_token.get("/api/me")  # this one also notes the use, once a minute

    with django_assert_num_queries(1):
        by_token.get("/api/me")


def test_the_desk_is_for_operators(by_token: Client, bruno: Any, odile: Any) -> None:
    problem_of(by_token.get("/api/desk"), status=403, code="forbidden")

    grant(bruno, "expert", by=odile)
    problem_of(by_token.get("/api/desk"), status=403, code="forbidden")

    grant(bruno, Role.OPERATOR, by=odile)
    assert by_token.get("/api/desk").json() == {"operator": bruno.email}
