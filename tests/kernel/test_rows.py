"""Rows of several tables at once: inserted, added where they are new, changed where they stand as expected."""

from typing import Any

import pytest
from django.db import DataError, IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext

from comptoir.kernel import clock, timeline
from comptoir.kernel.bulk_sql import Change, Rows, add, change, insert
from comptoir.kernel.ids import new_id
from comptoir.kernel.jobs.models import Job, JobState
from comptoir.kernel.payments.models import InboxEvent, InboxState
from comptoir.kernel.timeline.models import TimelineEntry

pytestmark = pytest.mark.django_db(transaction=True)


def events(*names: str, kind: str = "a.thing", payload: str = "{}") -> Rows:
    each = [{"id": f"stripe:{name}", "type": kind, "payload": payload} for name in names]
    return Rows(InboxEvent, each, {"state": InboxState.RECEIVED, "received_at": clock.now()})


def jobs(*keys: str | None, **args: Any) -> Rows:
    now = clock.now()
    shared = {"name": "some.work", "state": JobState.READY, "attempts": 0, "max_attempts": 12, "worker": ""}
    moments = dict.fromkeys(("run_at", "lease_until", "created_at"), now)
    each = [{"id": new_id(), "key": key, "args": args} for key in keys]
    return Rows(Job, each, {**shared, **moments, "last_error": ""})


def test_what_stands_is_left_as_it_is_and_not_counted() -> None:
    assert add(events("1", "2")) == 2
    assert add(events("2", "3", kind="another.thing")) == 1
    kept = dict(InboxEvent.objects.values_list("pk", "type"))
    assert kept == {"stripe:1": "a.thing", "stripe:2": "a.thing", "stripe:3": "another.thing"}


def test_values_arrive_as_the_orm_would_have_written_them() -> None:
    words = 'l’été, "quoted" \\ back\nslash ✓ {braces, too} NULL'
    before = clock.now()
    add(events("1", payload=words))
    add(jobs("some.work:1", words=words, nested={"list": [1, None, True]}))
    event, job = InboxEvent.objects.get(), Job.objects.get()
    assert (event.payload, event.state) == (words, InboxState.RECEIVED)
    assert before <= event.received_at <= clock.now()
    assert job.args == {"words": words, "nested": {"list": [1, None, True]}}
    assert Job.objects.filter(pk=job.pk, key="some.work:1", finished_at=None).exists()


def test_an_empty_value_is_null_in_every_row() -> None:
    assert add(jobs(None, None)) == 2
    assert set(Job.objects.values_list("key", flat=True)) == {None}


def test_several_tables_are_filled_together_or_not_at_all() -> None:
    add(events("1", "2"), jobs("1"))
    sound = jobs("2")
    nameless = Rows(Job, sound.each, {**sound.same, "name": None})
    with pytest.raises(IntegrityError):
        add(events("3"), nameless)
    assert (InboxEvent.objects.count(), Job.objects.count()) == (2, 1)


@pytest.mark.postgres
def test_what_is_too_long_for_its_column_is_refused_and_not_cut_off() -> None:
    with pytest.raises(DataError):
        add(events("1", kind="x" * 97))
    assert not InboxEvent.objects.exists()


def test_it_keeps_to_the_callers_transaction() -> None:
    with transaction.atomic():
        assert add(events("1"), jobs("1")) == 1
        assert InboxEvent.objects.count() == 1
        transaction.set_rollback(True)
    assert not InboxEvent.objects.exists()
    assert not Job.objects.exists()


def test_nothing_to_add_is_no_question() -> None:
    assert add(events(), jobs()) == 0


def test_objects_of_several_tables_are_inserted_in_one_statement_or_none_of_them() -> None:
    def entry(kind: str) -> TimelineEntry:
        return timeline.entry("a.thing", 1, kind, words='l’été, "quoted" ✓')

    event = InboxEvent(id="stripe:1", type="a.thing", payload="{}")
    with CaptureQueriesContext(connection) as asked:
        insert([event], [], [entry("seen"), entry("done")])
    assert connection.vendor == "sqlite" or len(asked) == 1
    assert InboxEvent.objects.get() == event
    seen, done = TimelineEntry.objects.order_by("id")
    assert (seen.kind, done.kind, done.subject_id, done.actor) == ("seen", "done", "1", None)
    assert done.data == {"words": 'l’été, "quoted" ✓'}
    with pytest.raises(IntegrityError):
        insert([entry("again")], [InboxEvent(id="stripe:1", type="another.thing", payload="{}")])
    assert (TimelineEntry.objects.count(), InboxEvent.objects.get().type) == (2, "a.thing")


def test_rows_are_changed_where_they_stand_as_they_were_found() -> None:
    add(events("1", "2", "3"))

    def found(name: str, state: InboxState, payload: str, at: Any) -> Change:
        return Change({"id": f"stripe:{name}", "state": state}, {"payload": payload, "processed_at": at})

    now, received = clock.now(), InboxState.RECEIVED
    changes = [found("1", received, "one", now), found("2", InboxState.PROCESSED, "two", now)]
    assert change(InboxEvent, changes) == 1, "the second stands otherwise"
    assert change(InboxEvent, [found("3", received, "three", None), found("4", received, "four", None)]) == 1
    moved = Change({"id": "stripe:3", "state": received}, {"state": InboxState.IGNORED})
    assert [change(InboxEvent, [moved]), change(InboxEvent, [moved])] == [1, 0]
    assert change(InboxEvent, []) == 0
    kept = InboxEvent.objects.order_by("id").values_list("payload", "processed_at")
    assert list(kept) == [("one", now), ("{}", None), ("three", None)]
