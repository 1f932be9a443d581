"""A POST that is sent again is answered again, and done once."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Any

import httpx
import pytest
from django.test import Client

from comptoir.kernel import clock
from comptoir.kernel.accounts.tokens import issue_token
from comptoir.kernel.http.idempotency import LEASE, forget_answers
from comptoir.kernel.http.models import IdempotentRequest, IdempotentState
from comptoir.kernel.timeline.models import TimelineEntry
from tests.kernel.http.test_problems import problem_of

pytestmark = [pytest.mark.django_db, pytest.mark.urls("tests.kernel.http.small_api")]


def charge(client: Client, *, key: str | None, amount: int = 1999, **more: Any) -> Any:
    headers = {} if key is None else {"Idempotency-Key": key}
    body = {"amount": amount, **more}
    return client.post("/api/charges", data=body, content_type="application/json", headers=headers)


def charges() -> int:
    return TimelineEntry.objects.filter(subject="tests.charge").count()


def test_without_a_key_each_request_counts(by_token: Client) -> None:
    charge(by_token, key=None)
    charge(by_token, key=None)

    assert charges() == 2


def test_the_same_request_gets_the_first_answer_and_is_done_once(by_token: Client) -> None:
    first = charge(by_token, key="order-7")
    again = charge(by_token, key="order-7")

    assert (again.status_code, again.content) == (first.status_code, first.content)
    assert (first.status_code, first.json()["amount"]) == (201, 1999)
    assert "Idempotent-Replayed" not in first.headers
    assert again.headers["Idempotent-Replayed"] == "true"
    assert again.headers["Content-Type"] == first.headers["Content-Type"]
    assert charges() == 1


def test_the_same_json_in_another_order_is_the_same_request(by_token: Client) -> None:
    headers = {"Idempotency-Key": "order-7"}
    for body in ('{"amount": 5, "card": "good"}', '{"card":"good","amount":5}'):
        by_token.post("/api/charges", data=body, content_type="application/json", headers=headers)

    assert charges() == 1


def test_a_key_is_for_one_request(by_token: Client) -> None:
    charge(by_token, key="order-7", amount=1999)

    problem_of(charge(by_token, key="order-7", amount=2000), status=422, code="idempotency_key_reused")
    assert charges() == 1


def test_two_people_may_choose_the_same_key(by_token: Client, bea: Any) -> None:
    other = Client(headers={"Authorization": f"Bearer {issue_token(bea, name='t')}"})

    assert "Idempotent-Replayed" not in charge(by_token, key="1").headers
    assert "Idempotent-Replayed" not in charge(other, key="1").headers
    assert charges() == 2


def test_a_refusal_is_kept_like_any_answer(by_token: Client) -> None:
    first = charge(by_token, key="order-7", card="declined")
    again = charge(by_token, key="order-7", card="declined")

    problem_of(first, status=402, code="declined")
    assert again.content == first.content
    assert again.headers["Content-Type"].startswith("application/problem+json")
    assert charges() == 1


def test_a_request_that_was_never_understood_takes_no_key(by_token: Client) -> None:
    problem_of(charge(by_token, key="order-7", amount=0), status=422, code="invalid")

    assert charge(by_token, key="order-7", amount=1).status_code == 201


def test_a_crash_is_not_kept(by_token: Client) -> None:
    problem_of(charge(by_token, key="order-7", card="broken"), status=500, code="internal_error")
    problem_of(charge(by_token, key="order-7", card="broken"), status=500, code="internal_error")

    assert charges() == 2
    assert not IdempotentRequest.objects.exists()


def test_while_the_first_still_runs_the_second_is_told_to_wait(by_token: Client, bruno: Any) -> None:
    charge(by_token, key="order-7")
    IdempotentRequest.objects.update(state=IdempotentState.IN_FLIGHT)

    response = charge(by_token, key="order-7")

    problem_of(response, status=409, code="idempotency_in_flight")
    assert int(response.headers["Retry-After"]) > 0
    assert charges() == 1


def test_after_a_kill_the_lease_runs_out_and_the_request_runs(by_token: Client) -> None:
    charge(by_token, key="order-7")
    IdempotentRequest.objects.update(state=IdempotentState.IN_FLIGHT, status=None, body="")
    clock.advance(LEASE + timedelta(seconds=1))

    assert charge(by_token, key="order-7").status_code == 201
    assert charges() == 2
    assert charge(by_token, key="order-7").headers["Idempotent-Replayed"] == "true"
    assert charges() == 2


def test_an_answer_is_forgotten_after_a_day(by_token: Client) -> None:
    charge(by_token, key="order-7")
    clock.advance(timedelta(hours=23))
    forget_answers()
    assert IdempotentRequest.objects.count() == 1

    clock.advance(timedelta(hours=1))
    forget_answers()

    assert not IdempotentRequest.objects.exists()


def test_a_day_old_key_is_new_even_before_the_sweep(by_token: Client) -> None:
    charge(by_token, key="order-7", amount=1)
    clock.advance(timedelta(hours=24))

    assert charge(by_token, key="order-7", amount=2).status_code == 201


@pytest.mark.parametrize("key", ["x" * 256, "a\tb", ""])
def test_a_key_that_cannot_be_kept_is_refused(by_token: Client, key: str) -> None:
    body = problem_of(charge(by_token, key=key), status=422, code="invalid")

    assert [error["field"] for error in body["errors"]] == ["Idempotency-Key"]
    assert charges() == 0


@pytest.mark.django_db(transaction=True)
def test_five_at_once_are_done_once(live_shop: Any, bruno: Any) -> None:
    headers = {"Authorization": f"Bearer {issue_token(bruno, name='t')}", "Idempotency-Key": "order-7"}

    def send(_number: int) -> httpx.Response:
        body = {"amount": 1999, "card": "slow"}
        return httpx.post(f"{live_shop.url}/api/charges", json=body, headers=headers, timeout=20)

    with ThreadPoolExecutor(5) as pool:
        answers = list(pool.map(send, range(5)))

    assert {answer.status_code for answer in answers} <= {201, 409}
    assert len({answer.content for answer in answers if answer.status_code == 201}) == 1
    assert charges() == 1
