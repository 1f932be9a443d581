"""One line for each request, under an identifier, with nothing that should not be read."""

import json
import logging
from collections.abc import Iterator
from typing import Any

import pytest
from django.test import Client

from tests.kernel.http.log_lines import Lines

pytestmark = [pytest.mark.django_db, pytest.mark.urls("tests.kernel.http.small_api")]


@pytest.fixture
def lines() -> Iterator[list[dict[str, Any]]]:
    handler = Lines()
    logging.getLogger().addHandler(handler)
    yield handler.written
    logging.getLogger().removeHandler(handler)


def test_a_request_leaves_one_line_with_its_route_status_and_caller(
    by_token: Client, bruno: Any, lines: list[dict[str, Any]]
) -> None:
    response = by_token.get("/api/me?secret=hush")

    assert len(lines) == 1
    assert lines[0]["request"] == "GET /api/me"
    assert lines[0]["code"] == 200
    assert lines[0]["user_id"] == bruno.pk
    assert lines[0]["request_id"] == response.headers["X-Request-ID"]


def test_neither_bodies_queries_tokens_nor_secret_parts_of_paths_are_written(
    by_token: Client, lines: list[dict[str, Any]]
) -> None:
    by_token.post("/api/orders?q=hush", data={"customerName": "hush"}, content_type="application/json")
    by_token.get("/api/refusals/hush")
    by_token.get("/accounts/confirm-email/hush:hush:hush/")

    written = json.dumps(lines)
    assert len(lines) == 3
    assert "hush" not in written
    assert "cpt_" not in written


def test_a_crash_is_written_with_its_trace_under_the_same_identifier(
    by_token: Client, lines: list[dict[str, Any]]
) -> None:
    response = by_token.get("/api/refusals/crash")

    (failure,) = [line for line in lines if line["event"] == "request_failed"]
    assert failure["request_id"] == response.json()["requestId"]
    assert "ValueError" in json.dumps(failure["exception"])


def test_a_proxys_identifier_is_kept_and_nonsense_is_not(by_token: Client) -> None:
    kept = by_token.get("/api/me", headers={"X-Request-ID": "edge-0042-abcd"})
    assert kept.headers["X-Request-ID"] == "edge-0042-abcd"

    replaced = by_token.get("/api/me", headers={"X-Request-ID": "a b\\n" * 100})
    assert len(replaced.headers["X-Request-ID"]) == 36
