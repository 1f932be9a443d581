"""What a person sees where a page does not answer the way it was asked."""

from typing import Any

import pytest
from django.test import Client

from tests.sandbox_process import visible_text

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    ("method", "path", "allowed"),
    [
        ("POST", "/dashboard/orders", "GET, HEAD"),
        ("GET", "/cart/add", "POST"),
        ("PUT", "/accounts/logout/", ""),
    ],
)
@pytest.mark.parametrize(
    ("language", "said"), [("en", "That is not possible here"), ("fr", "Cela n’est pas possible ici")]
)
def test_a_wrong_method_is_refused_by_a_page(
    client: Client, bruno: Any, method: str, path: str, allowed: str, language: str, said: str
) -> None:
    bruno.locale = language
    bruno.save()
    client.force_login(bruno)
    answer = client.generic(method, path, headers={"Accept-Language": language})
    assert answer.status_code == 405
    assert answer["Allow"] if not allowed else answer["Allow"] == allowed
    assert answer["Content-Type"].startswith("text/html")
    text = visible_text(answer.content.decode())
    assert said in text and "<nav" not in text


def test_nothing_is_said_to_a_program_but_its_problem(client: Client) -> None:
    answer = client.delete("/api/automations")
    assert (answer.status_code, answer.json()["code"]) == (405, "method_not_allowed")
    webhook = client.get("/api/webhooks/stripe")
    assert (webhook.status_code, webhook.json()["code"]) == (405, "method_not_allowed")
    assert webhook["Allow"] == "POST"
