"""Enqueuing: one row for each key, in the caller's transaction, and a broker that nobody has to wait for."""

import math
import socket
import time
from pathlib import Path

import pytest
from django.db import transaction

from comptoir.kernel.jobs import celery, dispatcher, drain, enqueue, enqueue_many
from comptoir.kernel.jobs.models import Job, JobState
from tests.kernel.jobs import trial

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def diary(tmp_path: Path) -> Path:
    return tmp_path / "diary"


def test_the_same_key_gives_the_same_job_and_the_transaction_goes_on(diary):
    first = enqueue(trial.write, key="order:1", diary=str(diary), line="first")
    with transaction.atomic():
        again = enqueue(trial.write, key="order:1", diary=str(diary), line="again")
        enqueue(trial.write, key="order:2", diary=str(diary), line="other")
    assert again.pk == first.pk
    assert drain() == 2
    assert trial.lines(diary) == ["first", "other"]
    assert enqueue(trial.write, key="order:1", diary=str(diary), line="late").state == JobState.DONE
    assert drain() == 0


def test_many_at_once_are_one_insert_and_pass_over_known_keys(diary, django_assert_num_queries):
    enqueue(trial.write, key="event:1", diary=str(diary), line="1")
    batch = [{"diary": str(diary), "line": str(n)} for n in range(50)]
    with transaction.atomic(), django_assert_num_queries(1):
        enqueue_many(trial.write, batch, keys=[f"event:{n}" for n in range(50)])
    assert drain() == 50
    assert sorted(trial.lines(diary), key=int) == [str(n) for n in range(50)]


def test_enqueuing_is_one_query(diary, django_assert_num_queries):
    with transaction.atomic(), django_assert_num_queries(1):
        enqueue(trial.write, diary=str(diary), line="o1")


def test_arguments_that_are_not_json_are_refused_on_the_spot():
    with pytest.raises(TypeError, match="not JSON serializable"):
        enqueue(trial.write, diary=Path("x"), line="o1")
    with pytest.raises(ValueError, match="not JSON compliant"):
        enqueue(trial.write, diary="x", line=math.inf)
    with pytest.raises(LookupError, match=r"trial\.nowhere"):
        enqueue("trial.nowhere")
    assert not Job.objects.exists()


@pytest.fixture
def broker(settings, monkeypatch):
    """Have this process publish to a broker at some address."""

    def at(url: str) -> None:
        settings.BROKER_URL = url
        monkeypatch.setattr(celery, "_connection", celery.publishing_connection(url))
        monkeypatch.setattr(dispatcher, "_backoff_until", 0.0)

    return at


def test_a_broker_that_is_down_fails_no_request_and_loses_no_job(broker, diary):
    broker("redis://127.0.0.1:1/0")
    job = enqueue(trial.write, diary=str(diary), line="still there")
    assert job.state == JobState.READY
    assert drain() == 1
    assert trial.lines(diary) == ["still there"]


def test_nobody_waits_for_a_broker_that_does_not_answer(broker, diary):
    with socket.create_server(("127.0.0.1", 0)) as silent:
        broker(f"redis://127.0.0.1:{silent.getsockname()[1]}/0")
        started = time.monotonic()
        for n in range(20):
            enqueue(trial.write, diary=str(diary), line=str(n))
        assert time.monotonic() - started < dispatcher.BROKER_BACKOFF_SECONDS / 10
    assert drain() == 20
