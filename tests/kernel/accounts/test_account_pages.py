"""One's own account: name and language, and the tokens of one's programs."""

import re
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client

from comptoir.kernel import clock
from comptoir.kernel.accounts.models import ApiToken
from comptoir.kernel.accounts.tokens import authenticate, issue_token
from comptoir.kernel.timeline.models import TimelineEntry

pytestmark = [pytest.mark.django_db, pytest.mark.req("K19"), pytest.mark.once]


@pytest.fixture
def browser(client: Client, bruno: Any) -> Client:
    client.force_login(bruno, backend="comptoir.kernel.accounts.sessions.AccountBackend")
    return client


def make_token(browser: Client, *, name: str = "Nightly export", days: int = 30) -> str:
    page = browser.post("/account/tokens", {"name": name, "days": days})
    assert page.status_code == 201
    assert "no-store" in page.headers["Cache-Control"]
    (token,) = set(re.findall(r"cpt_\w{38}", page.content.decode()))
    return token


@pytest.mark.parametrize("path", ["/account", "/account/tokens"])
def test_nobody_else_sees_these_pages(client: Client, path: str) -> None:
    assert client.get(path).headers["Location"] == f"/accounts/login/?next={path}"


def test_a_person_changes_name_and_language(browser: Client, bruno: Any) -> None:
    page = browser.post("/account", {"name": "Bruno B.", "locale": "fr"}, follow=True).content.decode()

    bruno.refresh_from_db()
    assert (bruno.name, bruno.locale) == ("Bruno B.", "fr")
    assert 'lang="fr"' in page
    assert "Votre compte est à jour." in page


def test_a_language_that_is_not_spoken_here_is_refused(browser: Client, bruno: Any) -> None:
    response = browser.post("/account", {"name": "Bruno", "locale": "xx"})

    assert response.status_code == 422
    bruno.refresh_from_db()
    assert bruno.locale == "en"


def test_a_token_is_shown_once_and_works(browser: Client, bruno: Any) -> None:
    token = make_token(browser)

    assert authenticate(token) == bruno
    later = browser.get("/account/tokens").content.decode()
    assert token not in later
    assert f"{token[:10]}…" in later
    assert "Nightly export" in later


def test_only_the_hash_of_a_token_is_kept(browser: Client) -> None:
    token = make_token(browser)

    kept = str(ApiToken.objects.values().get())
    assert token not in kept
    assert token[12:] not in kept


def test_a_token_needs_a_name_and_one_of_the_terms(browser: Client) -> None:
    assert browser.post("/account/tokens", {"name": "", "days": 30}).status_code == 422
    assert browser.post("/account/tokens", {"name": "n", "days": 100_000}).status_code == 422
    assert not ApiToken.objects.exists()


def test_a_revoked_token_works_no_more_and_is_shown_as_such(browser: Client, bruno: Any) -> None:
    token = make_token(browser)

    page = browser.post(f"/account/tokens/{ApiToken.objects.get().pk}/revoke", follow=True).content.decode()

    assert authenticate(token) is None
    assert "revoked" in page
    kinds = TimelineEntry.objects.filter(subject="accounts.user", subject_id=bruno.pk)
    assert list(kinds.order_by("id").values_list("kind", flat=True)) == ["token_issued", "token_revoked"]


def test_anothers_token_is_neither_shown_nor_revoked(browser: Client, bea: Any) -> None:
    token = issue_token(bea, name="Béa’s own")

    response = browser.post(f"/account/tokens/{ApiToken.objects.get().pk}/revoke")

    assert response.status_code == 404
    assert authenticate(token) == bea
    assert "Béa’s own" not in browser.get("/account/tokens").content.decode()


def test_revoking_is_a_post_with_its_csrf_token(bruno: Any) -> None:
    token = issue_token(bruno, name="t")
    browser = Client(enforce_csrf_checks=True)
    browser.force_login(bruno, backend="comptoir.kernel.accounts.sessions.AccountBackend")
    path = f"/account/tokens/{ApiToken.objects.get().pk}/revoke"

    assert browser.get(path).status_code == 405
    assert browser.post(path).status_code == 403
    assert authenticate(token) == bruno


def test_the_last_use_is_noted_at_most_once_a_minute(bruno: Any) -> None:
    token = issue_token(bruno, name="t")
    with clock.frozen(clock.now()):
        began = clock.now()
        authenticate(token)
        clock.advance(timedelta(seconds=59))
        authenticate(token)
        assert ApiToken.objects.get().last_used_at == began

        clock.advance(timedelta(seconds=1))
        authenticate(token)
        assert ApiToken.objects.get().last_used_at == began + timedelta(seconds=60)


def test_a_typing_error_is_refused_without_asking_the_database(
    bruno: Any, django_assert_num_queries: Any
) -> None:
    token = issue_token(bruno, name="t")
    mistyped = token[:-1] + ("A" if token[-1] != "A" else "B")

    with django_assert_num_queries(0):
        assert authenticate(mistyped) is None


def test_a_token_works_90_days_unless_told(bruno: Any) -> None:
    issue_token(bruno, name="t")

    row = ApiToken.objects.get()
    assert (row.expires_at - row.created_at).days in {89, 90}


def test_the_pages_are_in_french_for_those_who_read_it(client: Client, bea: Any) -> None:
    client.force_login(bea, backend="comptoir.kernel.accounts.sessions.AccountBackend")

    page = client.get("/account/tokens").content.decode()

    assert "Pas encore de jeton" in page
    assert "90 jours" in page
    assert "Combien de temps doit-il servir" in page
    assert "Make" not in page.partition("<main")[2].partition("</main>")[0]


@pytest.mark.parametrize("path", ["/account", "/account/tokens"])
def test_the_pages_keep_to_the_policy(browser: Client, path: str) -> None:
    make_token(browser)

    page = browser.get(path).content.decode()

    assert not re.findall(r"<style|\sstyle=|\son\w+=|<script(?![^>]*src=)", page)
