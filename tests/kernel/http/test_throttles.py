"""How often one may ask, and what one hears after that."""

from datetime import timedelta
from typing import Any

import pytest
from django.core.cache import cache
from django.test import Client

from comptoir.kernel.accounts.tokens import issue_token
from comptoir.kernel.http.throttles import AnonThrottle, UserThrottle
from tests.kernel.http import small_api
from tests.kernel.http.test_problems import problem_of

pytestmark = [pytest.mark.django_db, pytest.mark.urls("tests.kernel.http.small_api")]


@pytest.fixture(autouse=True)
def three_a_minute(monkeypatch: pytest.MonkeyPatch) -> None:
    cache.clear()
    for throttle in small_api.api.throttle:
        assert isinstance(throttle, AnonThrottle | UserThrottle)
        monkeypatch.setattr(throttle, "limit", 3)
        monkeypatch.setattr(throttle, "seconds", 60)


def test_the_fourth_request_waits_for_the_next_minute(anybody: Client, frozen: Any) -> None:
    assert [anybody.get("/api/whoami").status_code for _ in range(3)] == [200, 200, 200]

    response = anybody.get("/api/whoami")

    body = problem_of(response, status=429, code="too_many_requests")
    assert response.headers["Retry-After"] == "50"
    assert "50 s" in body["detail"]
    frozen.advance(timedelta(seconds=50))
    assert anybody.get("/api/whoami").status_code == 200


def test_signed_in_callers_are_counted_too_each_for_themselves(
    by_token: Client, bruno: Any, bea: Any, frozen: Any
) -> None:
    bea.name = bruno.name  # two people may share a name
    bea.save()
    assert [by_token.get("/api/whoami").status_code for _ in range(4)] == [200, 200, 200, 429]

    another = Client(headers={"Authorization": f"Bearer {issue_token(bea, name='t')}"})
    assert another.get("/api/whoami").status_code == 200


def test_a_second_token_gives_no_second_ration(by_token: Client, bruno: Any, frozen: Any) -> None:
    for _ in range(3):
        by_token.get("/api/whoami")

    again = Client(headers={"Authorization": f"Bearer {issue_token(bruno, name='another')}"})

    assert again.get("/api/whoami").status_code == 429


def test_addresses_are_counted_apart_and_cannot_be_made_up(anybody: Client, frozen: Any) -> None:
    for number in range(3):
        anybody.get("/api/whoami", headers={"X-Forwarded-For": f"198.51.100.{number}"})

    assert anybody.get("/api/whoami", headers={"X-Forwarded-For": "198.51.100.9"}).status_code == 429
    assert anybody.get("/api/whoami", REMOTE_ADDR="192.0.2.7").status_code == 200


def test_behind_a_proxy_its_word_counts(anybody: Client, frozen: Any, settings: Any) -> None:
    settings.ALLAUTH_TRUSTED_PROXY_COUNT = 1
    for number in range(3):
        anybody.get("/api/whoami", headers={"X-Forwarded-For": f"203.0.113.{number}, 198.51.100.1"})

    said = anybody.get("/api/whoami", headers={"X-Forwarded-For": "203.0.113.200, 198.51.100.1"})
    assert said.status_code == 429
    other = anybody.get("/api/whoami", headers={"X-Forwarded-For": "203.0.113.200, 198.51.100.2"})
    assert other.status_code == 200


def test_a_strict_route_counts_everybody(anybody: Client, by_token: Client, frozen: Any) -> None:
    assert [anybody.post("/api/guesses").status_code for _ in range(4)] == [200, 200, 200, 429]
    assert [by_token.post("/api/guesses").status_code for _ in range(4)] == [200, 200, 200, 429]
