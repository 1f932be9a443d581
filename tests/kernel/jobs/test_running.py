"""A job from the caller's transaction to its outcome: retries, postponement, dead letters, one worker at a time."""

import random
import threading
from datetime import timedelta
from itertools import pairwise
from pathlib import Path

import pytest
from django.db import connection, transaction

from comptoir.kernel import clock
from comptoir.kernel.jobs import drain, enqueue, enqueue_many, replay, run_job
from comptoir.kernel.jobs.models import Job, JobState
from comptoir.kernel.jobs.running import FIRST_DELAY, MAX_DELAY, retry_delay, run_jobs
from comptoir.kernel.states import WrongState
from comptoir.kernel.timeline.models import TimelineEntry
from tests.kernel.jobs import trial

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def diary(tmp_path: Path) -> Path:
    return tmp_path / "diary"


def test_a_job_is_done_once_its_transaction_is_committed(diary):
    with transaction.atomic():
        job = enqueue(trial.write, diary=str(diary), line="o1")
        assert trial.lines(diary) == []
    assert drain() == 1
    assert trial.lines(diary) == ["o1"]
    job.refresh_from_db()
    assert (job.state, job.attempts, job.lease_until, job.worker) == (JobState.DONE, 1, None, "")
    assert job.finished_at is not None
    assert drain() == 0


def test_a_job_goes_with_the_transaction_that_is_rolled_back(diary):
    with transaction.atomic():
        enqueue("trial.write", diary=str(diary), line="o1")
        transaction.set_rollback(True)
    assert drain() == 0
    assert not Job.objects.exists()


def test_work_for_later_waits_for_its_hour(diary):
    tomorrow = clock.now() + timedelta(days=1)
    enqueue(trial.write, run_at=tomorrow, diary=str(diary), line="later")
    assert drain() == 0
    assert drain(until=tomorrow) == 1
    assert trial.lines(diary) == ["later"]
    assert clock.now() >= tomorrow


def test_what_fails_is_tried_again_later_and_later_until_it_works(diary):
    began_at = clock.now()
    job = enqueue(trial.fail, diary=str(diary), times=2)
    assert drain() == 1, "the second try is not due yet"
    job.refresh_from_db()
    assert job.state == JobState.READY
    assert began_at + FIRST_DELAY * 0.7 < job.run_at < clock.now() + FIRST_DELAY * 1.3
    assert "ConnectionError: the gateway is away" in job.last_error
    assert drain(until=clock.now() + timedelta(minutes=2)) == 2
    job.refresh_from_db()
    assert (job.state, job.attempts) == (JobState.DONE, 3)
    assert len(trial.lines(diary)) == 3


def test_delays_grow_are_capped_and_never_alike():
    rng = random.Random(7)
    delays = [retry_delay(attempts, rng) for attempts in range(1, 12)]
    assert all(longer > shorter * 1.5 for shorter, longer in pairwise(delays[:8]))
    assert max(delays) <= MAX_DELAY * 1.25
    assert retry_delay(20, random.Random(1)) != retry_delay(20, random.Random(2))
    assert delays == [retry_delay(n, again) for again in [random.Random(7)] for n in range(1, 12)]


def test_after_the_last_attempt_it_is_a_dead_letter_that_can_be_replayed(diary, odile):
    job = enqueue(trial.fail, diary=str(diary), times=5)
    drain(until=clock.now() + timedelta(days=2))
    job.refresh_from_db()
    assert (job.state, job.attempts) == (JobState.DEAD, 4)
    assert "the gateway is away" in job.last_error
    entry = TimelineEntry.objects.get(subject="jobs.job", subject_id=str(job.pk))
    assert (entry.kind, entry.data) == ("dead", {"name": "trial.fail", "attempts": 4})

    replay(job, actor=odile)
    drain(until=clock.now() + timedelta(minutes=2))
    job.refresh_from_db()
    assert (job.state, job.attempts) == (JobState.DONE, 2)
    replayed = TimelineEntry.objects.filter(subject="jobs.job", subject_id=str(job.pk)).latest("id")
    assert (replayed.kind, replayed.actor) == ("ready", odile)
    with pytest.raises(WrongState):
        replay(job, actor=odile)


def test_giving_up_makes_a_dead_letter_at_once_and_tells_the_room(diary):
    job = enqueue(trial.hopeless, diary=str(diary))
    assert drain(until=clock.now() + timedelta(days=2)) == 1
    job.refresh_from_db()
    assert (job.state, job.attempts) == (JobState.DEAD, 1)
    assert "there is no such account" in job.last_error
    assert trial.lines(diary) == ["tried", "mourned"]


def test_postponing_uses_up_no_attempt(diary):
    job = enqueue(trial.wait, diary=str(diary), times=20)
    assert drain(until=clock.now() + timedelta(hours=21)) == 21
    job.refresh_from_db()
    assert (job.state, job.attempts) == (JobState.DONE, 1)


def test_of_many_workers_one_gets_the_job(diary):
    job = enqueue(trial.write, diary=str(diary), line="once")
    ran, start = [], threading.Barrier(6)

    def work() -> None:
        try:
            start.wait()
            ran.append(run_job(job.pk))
        finally:
            connection.close()

    workers = [threading.Thread(target=work) for _ in range(6)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    assert sorted(ran) == [False] * 5 + [True]
    assert trial.lines(diary) == ["once"]


def test_a_job_whose_worker_fell_silent_is_taken_up_and_the_late_answer_is_not_believed(diary):
    job = enqueue(trial.write, diary=str(diary), line="taken up")
    dead = {"state": JobState.RUNNING, "worker": "elsewhere:1:x:1", "attempts": 1}
    Job.objects.filter(pk=job.pk).update(**dead, lease_until=clock.now() + timedelta(seconds=30))
    assert drain() == 0, "its worker may still be at it"
    clock.advance(timedelta(seconds=31))
    assert drain() == 1
    job.refresh_from_db()
    assert (job.state, job.attempts) == (JobState.DONE, 2)


def test_a_worker_that_lost_its_lease_does_not_write_the_outcome(diary):
    """Its job went to another in the meantime, who is still at it."""
    job = enqueue("trial.stolen", pk_file=str(diary))
    diary.write_text(str(job.pk))
    assert run_job(job.pk)
    job.refresh_from_db()
    assert (job.state, job.worker) == (JobState.RUNNING, "another:1:x:1")


def test_a_job_that_kills_every_worker_ends_as_a_dead_letter(diary):
    job = enqueue(trial.fail, diary=str(diary), times=0)
    killed = {"state": JobState.RUNNING, "worker": "elsewhere:1:x:1", "attempts": 4}
    Job.objects.filter(pk=job.pk).update(**killed, lease_until=clock.now())
    assert drain() == 1
    job.refresh_from_db()
    assert job.state == JobState.DEAD
    assert trial.lines(diary) == [], "it is not run a fifth time"


def test_a_job_that_this_version_does_not_know_is_kept_for_one_that_does(diary):
    job = enqueue(trial.write, diary=str(diary), line="o1")
    Job.objects.filter(pk=job.pk).update(name="trial.unknown")
    assert drain() == 1
    job.refresh_from_db()
    assert job.state == JobState.READY
    assert "no job is declared as 'trial.unknown'" in job.last_error


def test_running_costs_two_updates_for_each_job(diary, django_assert_num_queries):
    enqueue_many(trial.write, [{"diary": str(diary), "line": str(n)} for n in range(10)])
    ids = list(Job.objects.values_list("pk", flat=True))
    with django_assert_num_queries(1 + 2 * 10):
        assert run_jobs(ids) == 10


def test_finding_work_reads_the_index_of_the_living(diary):
    """Which does not hold what is done: behind a million done rows it is as short as before."""
    with transaction.atomic():
        if connection.vendor == "postgresql":
            connection.cursor().execute("SET LOCAL enable_seqscan = off")
        due = Job.objects.filter(lease_until__lte=clock.now()).order_by("lease_until")
        assert "jobs_living" in due[:100].explain()
