"""Lists come by page, in a shape that never changes."""

import pytest
from django.contrib.auth.models import Group
from django.test import Client

from tests.kernel.http.test_problems import problem_of

pytestmark = [pytest.mark.django_db, pytest.mark.urls("tests.kernel.http.small_api")]


@pytest.fixture
def thirty(db: None) -> None:
    Group.objects.all().delete()
    Group.objects.bulk_create(Group(name=f"group {number:02}") for number in range(30))


@pytest.mark.usefixtures("thirty")
def test_a_page_holds_24_unless_told(anybody: Client) -> None:
    body = anybody.get("/api/groups").json()

    assert (len(body["items"]), body["total"], body["page"], body["pageSize"]) == (24, 30, 1, 24)
    assert anybody.get("/api/groups?page=2").json()["items"][0]["name"] == "group 24"


@pytest.mark.usefixtures("thirty")
def test_pages_of_any_size_show_everything_once(anybody: Client) -> None:
    shown = [
        item["name"]
        for page in range(1, 5)
        for item in anybody.get(f"/api/groups?page={page}&pageSize=8").json()["items"]
    ]

    assert shown == [f"group {number:02}" for number in range(30)]


@pytest.mark.usefixtures("thirty")
def test_a_page_beyond_the_end_is_empty(anybody: Client) -> None:
    body = anybody.get("/api/groups?page=1000000&pageSize=100").json()

    assert (body["items"], body["total"]) == ([], 30)


@pytest.mark.parametrize(
    ("query", "field"),
    [
        ("page=0", "page"),
        ("page=-1", "page"),
        ("page=two", "page"),
        ("page=1.5", "page"),
        ("page=99999999999999999999", "page"),
        ("pageSize=0", "pageSize"),
        ("pageSize=101", "pageSize"),
        ("pageSize=", "pageSize"),
    ],
)
def test_nonsense_is_refused_with_the_name_of_the_field(anybody: Client, query: str, field: str) -> None:
    body = problem_of(anybody.get(f"/api/groups?{query}"), status=422, code="invalid")

    assert [error["field"] for error in body["errors"]] == [field]
