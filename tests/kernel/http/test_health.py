"""What a balancer, a watchdog and Prometheus are told."""

from typing import Any

import pytest
from django.db import connection
from django.test import Client

pytestmark = pytest.mark.django_db


def test_alive_without_asking_anything(client: Client, django_assert_num_queries: Any) -> None:
    with django_assert_num_queries(0):
        response = client.get("/health/live")

    assert (response.status_code, response.json()) == (200, {"status": "ok"})
    assert "no-store" in response.headers["Cache-Control"]


def test_ready_when_all_parts_answer(client: Client) -> None:
    response = client.get("/health/ready")

    assert response.status_code == 200
    assert response.json() == {
        "status": "ok",
        "checks": {"database": "ok", "migrations": "ok", "cache": "ok", "broker": "ok"},
        "failing": [],
    }


def test_a_broker_that_is_away_is_named(client: Client, settings: Any) -> None:
    settings.BROKER_URL = "redis://127.0.0.1:1/0"

    response = client.get("/health/ready")

    assert response.status_code == 503
    assert response.json()["failing"] == ["broker"]


def test_a_cache_that_is_away_is_named(client: Client, settings: Any) -> None:
    settings.CACHES = {
        "default": {
            "BACKEND": "django.core.cache.backends.redis.RedisCache",
            "LOCATION": "redis://127.0.0.1:1/0",
        }
    }

    response = client.get("/health/ready")

    assert response.status_code == 503
    assert response.json()["failing"] == ["cache"]


def test_a_migration_that_waits_is_named(client: Client) -> None:
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM django_migrations WHERE app = 'accounts'")

    response = client.get("/health/ready")

    assert response.status_code == 503
    assert response.json()["failing"] == ["migrations"]


def test_figures_count_requests(client: Client) -> None:
    client.get("/health/live")

    page = client.get("/metrics").content.decode()

    assert 'django_http_responses_total_by_status_total{status="200"}' in page


@pytest.mark.parametrize(
    ("how", "status"),
    [
        ({"REMOTE_ADDR": "127.0.0.1"}, 200),
        ({"REMOTE_ADDR": "203.0.113.5"}, 404),
        ({"REMOTE_ADDR": "127.0.0.1", "HTTP_X_FORWARDED_FOR": "203.0.113.5"}, 404),
        ({"REMOTE_ADDR": "203.0.113.5", "HTTP_X_FORWARDED_FOR": "127.0.0.1"}, 404),
        ({"REMOTE_ADDR": "203.0.113.5", "HTTP_AUTHORIZATION": "Bearer prometheus-7"}, 200),
        ({"REMOTE_ADDR": "203.0.113.5", "HTTP_AUTHORIZATION": "Bearer prometheus-8"}, 404),
    ],
)
def test_in_production_figures_are_for_this_machine_or_the_token(
    client: Client, settings: Any, how: dict[str, str], status: int
) -> None:
    settings.PRODUCTION = True
    settings.METRICS_TOKEN = "prometheus-7"

    assert client.get("/metrics", **how).status_code == status


def test_without_a_token_set_an_empty_one_opens_nothing(client: Client, settings: Any) -> None:
    settings.PRODUCTION = True

    response = client.get("/metrics", REMOTE_ADDR="203.0.113.5", HTTP_AUTHORIZATION="Bearer ")

    assert response.status_code == 404
