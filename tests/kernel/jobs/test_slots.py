"""Periodic work: once in each slot, however many schedulers there are, and only the latest after a pause."""

import threading
from datetime import UTC, datetime, timedelta

import pytest
from django.db import connection

from comptoir.kernel import clock
from comptoir.kernel.jobs import drain, enqueue, schedule
from comptoir.kernel.jobs.models import Job, JobState
from comptoir.kernel.jobs.pruning import prune
from comptoir.kernel.jobs.sweep import sweep
from tests.kernel.jobs import trial

pytestmark = pytest.mark.django_db(transaction=True)

MORNING = datetime(2026, 3, 2, 6, 30, tzinfo=UTC)


def days() -> list[str]:
    rows = Job.objects.filter(name="trial.daily").order_by("key")
    return [str(key) for key in rows.values_list("key", flat=True)]


def test_eight_schedulers_at_once_make_one_run_of_each_slot():
    start = threading.Barrier(8)

    def tick() -> None:
        try:
            start.wait()
            schedule()
        finally:
            connection.close()

    with clock.frozen(MORNING):
        schedulers = [threading.Thread(target=tick) for _ in range(8)]
        for scheduler in schedulers:
            scheduler.start()
        for scheduler in schedulers:
            scheduler.join()
    assert days() == ["trial.daily@2026-03-02T00:00:00Z"]


def test_after_a_pause_only_the_latest_slot_is_run():
    with clock.frozen(MORNING):
        schedule()
        clock.advance(timedelta(days=10))
        schedule()
        assert days() == ["trial.daily@2026-03-02T00:00:00Z", "trial.daily@2026-03-12T00:00:00Z"]
        enqueued_keys: set[str] = set()
        schedule(enqueued_keys)
        clock.advance(timedelta(days=1))
        schedule(enqueued_keys)
        assert len(days()) == 3
        assert sum(key.startswith("trial.daily@") for key in enqueued_keys) == 1


def test_a_slot_that_was_overtaken_is_let_go(monkeypatch):
    ran_on: list[str] = []
    monkeypatch.setattr(trial, "watch", ran_on.append)
    with clock.frozen(MORNING):
        schedule()
        clock.advance(timedelta(days=1))
        schedule()
        drain()
    assert ran_on == ["2026-03-03"]
    assert set(Job.objects.filter(name="trial.daily").values_list("state", flat=True)) == {JobState.DONE}


def test_the_sweep_finds_what_is_due_lost_and_abandoned_and_leaves_it_alone_for_a_while():
    with clock.frozen(MORNING):
        due = enqueue(trial.daily)
        later = enqueue(trial.daily, run_at=MORNING + timedelta(hours=1))
        abandoned, held = enqueue(trial.daily), enqueue(trial.daily)
        running = {"state": JobState.RUNNING, "worker": "elsewhere:1:x:1", "attempts": 1}
        Job.objects.filter(pk=abandoned.pk).update(**running, lease_until=MORNING)
        Job.objects.filter(pk=held.pk).update(**running, lease_until=MORNING + timedelta(minutes=30))
        assert set(sweep()) == {str(due.pk), str(abandoned.pk)}
        abandoned.refresh_from_db()
        assert abandoned.state == JobState.READY
        assert sweep() == []
        clock.advance(timedelta(hours=1))
        assert set(sweep()) == {str(job.pk) for job in (due, later, abandoned, held)}
        clock.advance(timedelta(hours=1))
        assert len(sweep(limit=2)) == 2


def test_old_done_jobs_are_let_go_and_dead_letters_are_kept():
    with clock.frozen(MORNING):
        old, dead = enqueue(trial.daily, key="old"), enqueue(trial.daily, key="dead")
        drain()
        Job.objects.filter(pk=dead.pk).update(state=JobState.DEAD)
        clock.advance(timedelta(days=29))
        recent = enqueue(trial.daily, key="recent")
        drain()
        prune()
        assert Job.objects.filter(pk=old.pk).exists()
        clock.advance(timedelta(days=2))
        prune()
    assert set(Job.objects.values_list("pk", flat=True)) == {dead.pk, recent.pk}
