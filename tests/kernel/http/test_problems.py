"""Every error of the API is a problem of one shape, which a program can rely on and a person can read."""

from typing import Any

import pytest
from django.test import Client

pytestmark = [pytest.mark.django_db, pytest.mark.urls("tests.kernel.http.small_api")]

GOOD_ORDER = {"customerName": "Bruno", "lines": [{"skuCode": "ABC", "quantity": 2}]}


def problem_of(response: Any, *, status: int, code: str) -> dict[str, Any]:
    assert response.status_code == status, response.content
    assert response.headers["Content-Type"].startswith("application/problem+json")
    body = response.json()
    assert {"type", "title", "status", "detail", "code", "errors"} <= body.keys()
    assert (body["status"], body["code"]) == (status, code)
    assert body["type"].endswith(f"/api/docs#problem-{code}")
    assert body["title"]
    assert body["detail"]
    assert response.headers["Cache-Control"] == "no-store"
    return body


def post_order(client: Client, order: Any, **how: Any) -> Any:
    return client.post("/api/orders", data=order, content_type="application/json", **how)


def test_a_good_order_is_taken_and_answered_in_camel_case_and_utc(by_token: Client) -> None:
    response = post_order(by_token, GOOD_ORDER)

    assert response.status_code == 201
    assert response.json() == {
        "customerName": "Bruno",
        "lineCount": 1,
        "orderedAt": "2026-07-01T10:00:00Z",
    }


def test_the_python_names_of_fields_are_understood_too(by_token: Client) -> None:
    order = {"customer_name": "Bruno", "lines": [{"sku_code": "ABC", "quantity": 2}]}

    assert post_order(by_token, order).status_code == 201


def test_each_wrong_field_is_named_with_what_to_do(by_token: Client) -> None:
    wrong = {
        "customerName": "",
        "delivery": "boat",
        "lines": [{"skuCode": "AB", "quantity": 12}, {"quantity": "two"}],
        "giftId": "42",
        "wantedAt": "tomorrow",
    }

    body = problem_of(post_order(by_token, wrong), status=422, code="invalid")

    assert {error["field"]: error["message"] for error in body["errors"]} == {
        "customerName": "Fill in this field.",
        "delivery": "Choose one of: letter, parcel.",
        "lines.0.skuCode": "Write at least 3 characters.",
        "lines.0.quantity": "Give 9 or less.",
        "lines.1.skuCode": "Fill in this field.",
        "lines.1.quantity": "Give a whole number.",
        "giftId": "This is not an identifier. Copy it whole from where you found it.",
        "wantedAt": "Give a moment such as 2026-01-31T09:30:00Z.",
    }


def test_problems_speak_the_language_that_is_asked_for(by_token: Client) -> None:
    wrong = {**GOOD_ORDER, "customerName": "x" * 41}

    response = post_order(by_token, wrong, headers={"Accept-Language": "fr-CA,fr;q=0.9,en;q=0.5"})

    body = problem_of(response, status=422, code="invalid")
    assert body["title"] == "Certains champs demandent votre attention"
    assert body["errors"] == [{"field": "customerName", "message": "Écrivez au plus 40 caractères."}]
    assert response.headers["Content-Language"] == "fr"


def test_a_program_that_asks_for_no_language_hears_its_owners(by_token: Client, bruno: Any) -> None:
    bruno.locale = "fr"
    bruno.save()

    body = problem_of(by_token.get("/api/desk"), status=403, code="forbidden")

    assert body["title"] == "Non autorisé"


def test_refusals_keep_their_code_status_and_words(anybody: Client) -> None:
    body = problem_of(anybody.get("/api/refusals/sold-out"), status=409, code="sold_out")
    assert body["detail"] == "Only 2 left."

    body = problem_of(anybody.get("/api/refusals/invalid"), status=422, code="invalid")
    assert body["errors"] == [{"field": "fileKey", "message": "Upload the file first."}]


@pytest.mark.parametrize(
    ("path", "status", "code"),
    [
        ("/api/refusals/missing", 404, "not_found"),
        ("/api/refusals/denied", 403, "forbidden"),
        ("/api/nowhere", 404, "not_found"),
        ("/api/plain", 404, "not_found"),
    ],
)
def test_djangos_own_errors_become_problems_and_say_nothing_of_the_inside(
    anybody: Client, path: str, status: int, code: str
) -> None:
    response = anybody.get(path)

    problem_of(response, status=status, code=code)
    assert "secret" not in response.content.decode()


def test_a_crash_says_nothing_of_the_inside_and_gives_a_number_to_quote(anybody: Client) -> None:
    response = anybody.get("/api/refusals/crash")

    body = problem_of(response, status=500, code="internal_error")
    assert "secret" not in response.content.decode()
    assert body["requestId"] == response.headers["X-Request-ID"]


def test_a_method_that_is_not_answered_names_those_that_are(by_token: Client) -> None:
    response = by_token.put("/api/orders")

    problem_of(response, status=405, code="method_not_allowed")
    assert response.headers["Allow"] == "POST"


@pytest.mark.parametrize("body", ["{", '{"a": NaN}', "", "[" * 100_000])
def test_what_is_not_json_is_malformed(by_token: Client, body: str) -> None:
    response = by_token.post("/api/orders", data=body, content_type="application/json")

    if body:
        problem_of(response, status=400, code="malformed_json")
    else:
        assert problem_of(response, status=422, code="invalid")["errors"][0]["field"] == "body"


@pytest.mark.parametrize("body", ['"ABC"', "[]", "null", "7"])
def test_a_body_that_is_no_object_is_refused_whole(by_token: Client, body: str) -> None:
    response = by_token.post("/api/orders", data=body, content_type="application/json")

    errors = problem_of(response, status=422, code="invalid")["errors"]
    assert [error["field"] for error in errors] == ["body"]


def test_characters_that_no_database_keeps_are_refused(by_token: Client) -> None:
    nul = post_order(by_token, {**GOOD_ORDER, "customerName": "a\x00b"})
    problem_of(nul, status=400, code="bad_request")

    half_a_pair = by_token.post(
        "/api/orders",
        data='{"customerName": "\\ud800", "lines": [{"skuCode": "ABC", "quantity": 1}]}',
        content_type="application/json",
    )
    errors = problem_of(half_a_pair, status=422, code="invalid")["errors"]
    assert errors[0]["field"] == "customerName"

    problem_of(by_token.get("/api/groups?page=%00"), status=400, code="bad_request")


def test_a_form_is_the_wrong_kind_of_content(by_token: Client) -> None:
    response = by_token.post("/api/orders", data={"customerName": "Bruno"})

    problem_of(response, status=415, code="unsupported_media_type")


def test_a_body_beyond_the_limit_is_too_large(by_token: Client, settings: Any) -> None:
    settings.DATA_UPLOAD_MAX_MEMORY_SIZE = 1000

    response = post_order(by_token, {**GOOD_ORDER, "customerName": "x" * 2000})

    problem_of(response, status=413, code="too_large")


def test_a_host_that_is_not_ours_gets_a_problem_too(anybody: Client) -> None:
    response = anybody.get("/api/whoami", headers={"Host": "elsewhere.example"})

    problem_of(response, status=400, code="bad_request")
