"""A path whose methods stand in several routers answers to all of them, once one router includes the others."""

from typing import Any

import pytest
from django.http import HttpRequest
from django.test import Client
from django.urls import path

from comptoir.kernel.http.api import Api
from comptoir.kernel.http.auth import OptionalAuth
from comptoir.kernel.http.schema import Router

reading, writing, whole = Router(), Router(), Router(tags=["Notes"])


@reading.get("/notes", auth=OptionalAuth())
def list_notes(request: HttpRequest) -> Any:
    return ["a note"]


@writing.delete("/notes", auth=OptionalAuth())
def delete_notes(request: HttpRequest) -> Any:
    return []


for part in (reading, writing):
    whole.include(part)
api = Api(title="Notes", version="routers")
api.add_router("", whole)
urlpatterns = [path("api/", api.urls)]


@pytest.mark.django_db
@pytest.mark.urls("tests.kernel.http.test_routers")
def test_each_method_of_a_shared_path_is_reached(client: Client) -> None:
    assert client.get("/api/notes").json() == ["a note"]
    assert client.delete("/api/notes").json() == []
    assert client.put("/api/notes").status_code == 405


def test_the_routes_stand_under_the_tags_of_the_whole() -> None:
    described = api.get_openapi_schema()["paths"]["/api/notes"]
    assert {method: about["tags"] for method, about in described.items()} == {
        "get": ["Notes"],
        "delete": ["Notes"],
    }
