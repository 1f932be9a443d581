"""Jobs that one call may do together: all of them done, or each by itself, and each by one worker."""

import threading
from datetime import timedelta
from pathlib import Path

import pytest
from django.db import connection

from comptoir.kernel import clock
from comptoir.kernel.jobs import drain, enqueue, enqueue_many
from comptoir.kernel.jobs.models import Job, JobState
from comptoir.kernel.jobs.running import run_jobs
from tests.kernel.jobs import trial

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def diary(tmp_path: Path) -> Path:
    return tmp_path / "diary"


def asked_for(diary: Path, *named: str) -> list[Job]:
    enqueue_many(trial.together, [{"diary": str(diary), "line": line} for line in named])
    return list(Job.objects.order_by("run_at", "pk"))


def states() -> dict[str, tuple[str, int]]:
    return {job.args["line"]: (job.state, job.attempts) for job in Job.objects.all()}


def test_those_that_are_due_together_are_done_in_one_call_and_three_queries(diary, django_assert_num_queries):
    jobs = asked_for(diary, "a", "b", "c")
    with django_assert_num_queries(3):
        assert run_jobs([job.pk for job in jobs]) == 3
    assert trial.lines(diary) == ["a b c"]
    assert states() == dict.fromkeys("abc", (JobState.DONE, 1))
    assert not Job.objects.exclude(worker="", lease_until=None).exists()


def test_other_work_that_is_due_goes_by_itself(diary):
    asked_for(diary, "a", "b")
    enqueue(trial.write, diary=str(diary), line="alone")
    assert drain() == 3
    assert sorted(trial.lines(diary)) == ["a b", "alone"]


def test_a_bad_one_fails_no_other_and_is_tried_again_by_itself(diary):
    asked_for(diary, "a", "bad", "b")
    assert drain() == 3
    together, *alone = trial.lines(diary)
    assert (together, sorted(alone)) == ("a b bad", ["a", "b", "bad"])
    done = (JobState.DONE, 1)
    assert states() == {"a": done, "b": done, "bad": (JobState.READY, 1)}
    asked_for(diary, "c")
    assert drain(until=clock.now() + timedelta(hours=1)) == 1 + 3
    assert trial.lines(diary)[4:] == ["c", "bad", "bad", "bad"]
    assert states()["bad"] == (JobState.DEAD, 4)


def test_one_that_killed_its_worker_takes_no_others_with_it_again(diary):
    jobs = asked_for(diary, "a", "b", "c")
    dead = {"state": JobState.RUNNING, "worker": "elsewhere:1:x:1", "attempts": 1}
    taken = Job.objects.filter(pk__in=[job.pk for job in jobs[:2]])
    taken.update(**dead, lease_until=clock.now() - timedelta(seconds=1))
    assert run_jobs([job.pk for job in jobs]) == 3
    assert sorted(trial.lines(diary)) == ["a", "b", "c"]


def test_of_many_workers_each_job_gets_one(diary):
    ids = [job.pk for job in asked_for(diary, *"abcdefghij")]
    ran, start = [], threading.Barrier(4)

    def work(mine: list) -> None:
        try:
            start.wait()
            ran.append(run_jobs(mine))
        finally:
            connection.close()

    workers = [threading.Thread(target=work, args=(each,)) for each in (ids, ids[:6], ids[4:], ids[::2])]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    assert sum(ran) == 10
    assert sorted(" ".join(trial.lines(diary)).split()) == [*"abcdefghij"]
    assert set(states().values()) == {(JobState.DONE, 1)}


def test_what_went_to_another_meanwhile_is_not_written_over(diary, monkeypatch):
    """One of them outlived its lease, and is with another worker who is still at it."""
    jobs = asked_for(diary, "a", "b")
    [slow] = [job for job in jobs if job.args["line"] == "a"]
    another = {"worker": "another:1:x:1", "attempts": 2}
    monkeypatch.setattr(trial, "watch", lambda _where: Job.objects.filter(pk=slow.pk).update(**another))
    assert run_jobs([job.pk for job in jobs]) == 2
    assert states() == {"a": (JobState.RUNNING, 2), "b": (JobState.DONE, 1)}
