"""Jobs as the operator and the watch see them."""

from datetime import timedelta

import pytest
from prometheus_client import REGISTRY

from comptoir.kernel import clock
from comptoir.kernel.accounts.models import User
from comptoir.kernel.jobs import drain, enqueue
from comptoir.kernel.jobs.models import Job, JobState
from tests.kernel.jobs import trial

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def desk(client):
    client.force_login(User.objects.create_superuser("root@example.test", "fougère-9-bleue"))
    return client


def test_a_dead_letter_is_found_and_replayed_at_the_desk(desk, tmp_path):
    dead = enqueue(trial.hopeless, diary=str(tmp_path / "diary"))
    drain()
    done = enqueue(trial.write, diary=str(tmp_path / "diary"), line="done")
    drain()
    page = desk.get("/admin/jobs/job/?state__exact=dead").content.decode()
    assert "GiveUp: there is no such account" in page
    assert str(done.pk) not in page
    answer = desk.post(
        "/admin/jobs/job/",
        {"action": "replay_dead", "_selected_action": [str(dead.pk), str(done.pk)]},
        follow=True,
    )
    assert "1 job will be tried again." in answer.content.decode()
    dead.refresh_from_db()
    assert (dead.state, dead.attempts) == (JobState.READY, 0)
    assert drain() == 1
    assert trial.lines(tmp_path / "diary") == ["tried", "mourned", "done", "tried", "mourned"]


def test_nobody_edits_a_job_at_the_desk(desk, tmp_path):
    job = enqueue(trial.write, diary=str(tmp_path / "diary"), line="x")
    assert desk.get(f"/admin/jobs/job/{job.pk}/change/").status_code == 200
    assert desk.post(f"/admin/jobs/job/{job.pk}/change/", {"name": "y"}).status_code == 403
    assert desk.post(f"/admin/jobs/job/{job.pk}/delete/", {"post": "yes"}).status_code == 403
    assert Job.objects.get().name == "trial.write"


def test_the_watch_counts_runs_and_sees_what_waits(tmp_path):
    def value(metric: str, **labels: str) -> float:
        return REGISTRY.get_sample_value(metric, labels) or 0.0

    done_before = value("comptoir_job_runs_total", name="trial.write", outcome="done")
    enqueue(trial.write, diary=str(tmp_path / "diary"), line="x")
    enqueue(trial.hopeless, diary=str(tmp_path / "diary"))
    clock.advance(timedelta(minutes=5))
    assert value("comptoir_jobs", state="ready") == 2
    assert 300 <= value("comptoir_job_oldest_due_seconds") < 330
    drain()
    assert value("comptoir_jobs", state="ready") == 0
    assert value("comptoir_jobs", state="dead") == 1
    assert value("comptoir_job_oldest_due_seconds") == 0
    assert value("comptoir_job_runs_total", name="trial.write", outcome="done") == done_before + 1
    assert value("comptoir_job_seconds_count", name="trial.write") >= 1
