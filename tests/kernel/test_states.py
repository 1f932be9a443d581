"""A step that the table of transitions does not allow is refused in words that its reader knows."""

import pytest
from django.utils import translation

from comptoir.kernel import timeline
from comptoir.kernel.jobs.models import JOB_TRANSITIONS, Job, JobState
from comptoir.kernel.states import WrongState, move

pytestmark = pytest.mark.django_db


def test_a_refused_step_names_the_state_in_the_readers_language() -> None:
    job = Job.objects.create(name="test.none", state=JobState.DEAD)
    with translation.override("fr"):
        label = str(JobState.DEAD.label)
        with pytest.raises(WrongState) as refused:
            move(job, JobState.DONE, table=JOB_TRANSITIONS)
    assert label != "dead"
    assert refused.value.params["state"] == label


def test_the_loser_of_a_race_is_told_so_in_words_too() -> None:
    job = Job.objects.create(name="test.none", state=JobState.READY)
    Job.objects.filter(pk=job.pk).update(state=JobState.DEAD)
    with translation.override("fr"):
        label = str(JobState.READY.label)
        with pytest.raises(WrongState) as refused:
            move(job, JobState.RUNNING, table=JOB_TRANSITIONS)
    assert label != "ready"
    assert refused.value.params["state"] == label


def test_a_step_saves_what_it_names_alone_and_leaves_an_entry_with_its_data() -> None:
    job = Job.objects.create(name="test.none", state=JobState.DEAD)
    job.attempts, job.worker = 3, "not saved"
    move(job, JobState.READY, table=JOB_TRANSITIONS, saving=["attempts"], kind="a word of the timeline's own")
    assert job.state == JobState.READY
    job.refresh_from_db()
    assert (job.state, job.attempts, job.worker) == (JobState.READY, 3, "")
    [entry] = timeline.entries_of("jobs.job", job.pk)
    assert (entry.kind, entry.data) == ("ready", {"before": "dead", "kind": "a word of the timeline's own"})
