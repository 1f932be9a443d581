"""The OpenAPI document says what the API does, and the reference page shows it under the strict policy."""

import re
from typing import Any

import pytest
from django.test import Client
from hypothesis import HealthCheck, given, settings

from comptoir.kernel.accounts.tokens import issue_token

pytestmark = [pytest.mark.django_db, pytest.mark.urls("tests.kernel.http.small_api")]


def test_every_operation_declares_its_problems_and_who_may_call_it(anybody: Client) -> None:
    document = anybody.get("/api/openapi.json").json()

    assert document["openapi"].startswith("3.1")
    order = document["paths"]["/api/orders"]["post"]
    assert set(order["responses"]) == {"201", "400", "401", "403", "409", "413", "415", "422", "429", "500"}
    assert order["responses"]["422"]["content"] == {
        "application/problem+json": {"schema": {"$ref": "#/components/schemas/Problem"}}
    }
    assert "Retry-After" in order["responses"]["429"]["headers"]
    assert order["security"] == [{"token": []}, {"session": []}]
    assert document["paths"]["/api/whoami"]["get"]["security"][0] == {}
    assert set(document["components"]["securitySchemes"]) == {"token", "session"}
    assert {"customerName", "lines", "giftId"} <= set(
        document["components"]["schemas"]["OrderIn"]["properties"]
    )
    charge = document["paths"]["/api/charges"]["post"]
    assert [parameter["name"] for parameter in charge["parameters"]] == ["Idempotency-Key"]


def test_the_reference_shows_every_operation_and_every_problem(anybody: Client) -> None:
    page = anybody.get("/api/docs").content.decode()

    for path in anybody.get("/api/openapi.json").json()["paths"]:
        assert path in page
    for field in ("customerName", "lines[].skuCode", "items[].name", "pageSize"):
        assert field in page
    link = anybody.get("/api/me").json()["type"]
    assert f'id="{link.partition("#")[2]}"' in page
    assert 'id="problem-sold_out"' in page


def test_words_between_backticks_are_code_and_nothing_else_is_markup(anybody: Client) -> None:
    page = anybody.get("/api/docs").content.decode()

    assert "leaves a <code>charged</code> entry in the timeline: that &amp; nothing less" in page


def test_the_reference_speaks_french(anybody: Client) -> None:
    page = anybody.get("/api/docs", headers={"Accept-Language": "fr"}).content.decode()

    assert "L’essentiel" in page
    assert "Trop de requêtes" in page


@pytest.mark.parametrize("path", ["/api/docs"])
def test_the_reference_needs_nothing_that_the_policy_refuses(anybody: Client, path: str) -> None:
    response = anybody.get(path)
    page = response.content.decode()

    policy = response.headers["Content-Security-Policy"]
    assert "script-src 'self';" in f"{policy};"
    assert "unsafe" not in policy
    assert not re.findall(r"<style|\sstyle=|\son\w+=", page)
    assert all("src=" in tag for tag in re.findall(r"<script[^>]*>", page))
    assert not re.findall(r'(?:src|href)="https?://(?!127\.0\.0\.1)', page)


@pytest.mark.once
@pytest.mark.django_db(transaction=True)
def test_what_the_document_promises_is_what_is_answered(live_shop: Any, bruno: Any) -> None:
    import schemathesis  # which takes a second, that no other test need wait

    contract = schemathesis.openapi.from_url(f"{live_shop.url}/api/openapi.json")
    contract.config.generation.update(allow_x00=False)  # which no text of ours may hold
    headers = {"Authorization": f"Bearer {issue_token(bruno, name='t')}"}
    # Left out: the routes that crash and decline on purpose.
    tried = contract.exclude(path_regex="refusals|charges").get_all_operations()
    for operation in (found.ok() for found in tried):

        @given(case=operation.as_strategy())
        @settings(max_examples=10, deadline=None, suppress_health_check=list(HealthCheck), derandomize=True)
        def answers_as_promised(case: Any) -> None:
            case.call_and_validate(headers=headers)

        answers_as_promised()


@pytest.mark.urls("comptoir.config.urls")
def test_of_all_products_no_two_operations_have_the_same_id(anybody: Client) -> None:
    """A generated client calls its methods by them, and the reference its anchors."""
    paths = anybody.get("/api/openapi.json").json()["paths"]
    ids = [operation["operationId"] for methods in paths.values() for operation in methods.values()]
    assert sorted(ids) == sorted(set(ids))
