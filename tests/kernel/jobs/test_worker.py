"""Real workers in real processes: killed in the middle of a job, cut off from their broker, told to leave."""

import base64
import json
import os
import signal
import sys
from datetime import timedelta
from pathlib import Path

import httpx
import pytest
import redis
from django.db import connection

from comptoir.kernel import clock
from comptoir.kernel.jobs import celery, dispatcher, enqueue
from comptoir.kernel.jobs.models import Job, JobState
from tests import found
from tests.kernel.jobs import trial
from tests.kernel.jobs.processes import a_worker, free_port, running, stopped, until

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def diary(tmp_path: Path) -> Path:
    return tmp_path / "diary"


def is_done(job: Job) -> bool:
    job.refresh_from_db()
    return job.state == JobState.DONE


def test_a_worker_of_its_own_does_what_the_web_process_asks_and_leaves_when_told(diary):
    with a_worker() as worker:
        first = enqueue(trial.write, diary=str(diary), line="first")
        until(lambda: is_done(first))
        asked_at = clock.now()
        second = enqueue(trial.write, diary=str(diary), line="second")
        until(lambda: is_done(second))
        assert second.finished_at - asked_at < timedelta(seconds=3), "there is no broker, so it looks often"
        slow = enqueue(trial.slow, diary=str(diary.with_name("slow")), seconds=1.0)
        until(lambda: trial.lines(diary.with_name("slow")) == ["began"])
        assert stopped(worker) == 0
    assert is_done(slow), "the job at hand was finished"


def test_the_job_of_a_killed_worker_is_taken_up_by_another(diary):
    job = enqueue(trial.slow, diary=str(diary), seconds=60.0)
    with a_worker(JOB_LEASE_SECONDS="2") as doomed:
        until(lambda: trial.lines(diary) == ["began"])
        stopped(doomed, by=signal.SIGKILL)
    assert not is_done(job)
    with a_worker(JOB_LEASE_SECONDS="2"):
        until(lambda: is_done(job))
    assert trial.lines(diary) == ["began", "began", "ended"]
    assert job.attempts == 2


def test_a_job_that_outlasts_its_lease_stays_with_its_worker(diary):
    job = enqueue(trial.slow, diary=str(diary), seconds=6.0)
    with a_worker(JOB_LEASE_SECONDS="4"), a_worker(JOB_LEASE_SECONDS="4"):
        until(lambda: is_done(job))
    assert trial.lines(diary) == ["began", "ended"]
    assert job.attempts == 1


@pytest.fixture
def broker(settings, monkeypatch):
    """A real Redis, a database of it for this process alone, with nothing in it."""
    base, _slash, number = found.REDIS.rpartition("/")
    own = int(os.environ.get("PYTEST_XDIST_WORKER", "gw0").removeprefix("gw"))
    url = f"{base}/{int(number) + own}"
    settings.BROKER_URL = url
    monkeypatch.setattr(celery, "_connection", celery.publishing_connection(url))
    monkeypatch.setattr(dispatcher, "_backoff_until", 0.0)
    client = redis.Redis.from_url(url)
    client.delete(celery.QUEUE)
    yield client
    client.delete(celery.QUEUE)


def published_ids(broker):
    """The ids of the jobs in the messages that nobody has taken yet."""
    bodies = [base64.b64decode(json.loads(message)["body"]) for message in broker.lrange(celery.QUEUE, 0, -1)]
    return {job_id for body in bodies for job_id in json.loads(body)[0][0]}


@pytest.mark.redis
def test_over_redis_work_arrives_at_once(diary, broker, settings):
    with a_worker(BROKER_URL=settings.BROKER_URL) as worker:
        first = enqueue(trial.write, diary=str(diary), line="first")
        until(lambda: is_done(first))
        asked_at = clock.now()
        second = enqueue(trial.write, diary=str(diary), line="second")
        until(lambda: is_done(second))
        assert second.finished_at - asked_at < timedelta(seconds=3)
        assert stopped(worker) == 0
    assert trial.lines(diary) == ["first", "second"]


@pytest.mark.redis
def test_a_broker_that_forgets_everything_delays_work_and_loses_none(diary, broker, settings):
    with clock.frozen(clock.now() - timedelta(minutes=1)):
        jobs = [enqueue(trial.write, diary=str(diary), line=str(n)) for n in range(5)]
    until(lambda: published_ids(broker) == {str(job.pk) for job in jobs})
    broker.delete(celery.QUEUE)
    with a_worker(BROKER_URL=settings.BROKER_URL):
        until(lambda: all(map(is_done, jobs)))
    assert sorted(trial.lines(diary)) == ["0", "1", "2", "3", "4"]


def test_a_worker_without_its_broker_works_all_the_same(diary):
    with clock.frozen(clock.now() - timedelta(minutes=1)):
        job = enqueue(trial.write, diary=str(diary), line="by hand")
    with a_worker(BROKER_URL="redis://127.0.0.1:1/0"):
        until(lambda: is_done(job))
    assert trial.lines(diary) == ["by hand"]


def test_the_web_process_can_hold_the_worker_and_ends_cleanly(diary):
    port = free_port()
    web = [sys.executable, "-m", "granian", "--interface", "wsgi", "--port", str(port)]
    connection.close()
    with running(*web, "tests.kernel.jobs.embedded_web:application", EMBEDDED_WORKER="1") as process:

        def is_up() -> bool:
            try:
                return httpx.get(f"http://127.0.0.1:{port}/health/live", timeout=5).is_success
            except httpx.TransportError:
                return False

        until(is_up)
        shop = httpx.Client(base_url=f"http://127.0.0.1:{port}", timeout=5)
        for n in range(3):
            assert shop.post("/trial.write", params={"diary": str(diary), "line": str(n)}).status_code == 202
        until(lambda: sorted(trial.lines(diary)) == ["0", "1", "2"], seconds=3)
        slow = diary.with_name("slow")
        shop.post("/trial.slow", params={"diary": str(slow), "seconds": "1"})
        until(lambda: trial.lines(slow) == ["began"], seconds=3)
        assert stopped(process) == 0
    assert trial.lines(slow) == ["began", "ended"]
    asked = Job.objects.filter(name__in=["trial.write", "trial.slow"])
    assert set(asked.values_list("state", flat=True)) == {JobState.DONE}
