"""A step that the table of transitions does not allow is refused in words that its reader knows."""

import pytest
from django.utils import translation

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
