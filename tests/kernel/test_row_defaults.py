"""Rows that are written in bulk have the defaults of their model, those of a new column too."""

from typing import Any

import pytest
from django.db import models

from comptoir.kernel.bulk_sql import Rows
from comptoir.kernel.jobs.models import Job, JobState


def test_a_new_column_with_a_default_is_filled_in(monkeypatch: pytest.MonkeyPatch) -> None:
    added: Any = models.CharField(default="normal", max_length=9)
    added.set_attributes_from_name("priority")
    fields = [*Job._meta.local_concrete_fields, added]
    monkeypatch.setitem(Job._meta.__dict__, "local_concrete_fields", fields)
    assert Rows.of(Job, [{"name": "test.none"}]).same["priority"] == "normal"


def test_what_is_unique_differs_and_what_is_given_stays() -> None:
    rows = Rows.of(Job, [{"name": "a"}, {"name": "b"}], state=JobState.DEAD)
    assert rows.each[0]["id"] != rows.each[1]["id"]
    assert [row["name"] for row in rows.each] == ["a", "b"]
    assert rows.same["state"] == JobState.DEAD
    assert rows.same["max_attempts"] == 12
    assert "name" not in rows.same
    assert "key" not in rows.each[0], "it may be null"
