"""The row of a job, and how its state moves."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from comptoir.kernel import clock
from comptoir.kernel.ids import new_id
from comptoir.kernel.states import Transitions


class JobState(models.TextChoices):
    READY = "ready", pgettext_lazy("job", "ready")
    RUNNING = "running", pgettext_lazy("job", "running")
    DONE = "done", pgettext_lazy("job", "done")
    DEAD = "dead", pgettext_lazy("job", "dead")


JOB_TRANSITIONS: Transitions = {
    JobState.READY: frozenset({JobState.RUNNING, JobState.DEAD}),
    # Ready again: to be retried, postponed, or left behind by a worker that was killed.
    JobState.RUNNING: frozenset({JobState.READY, JobState.RUNNING, JobState.DONE, JobState.DEAD}),
    JobState.DONE: frozenset(),
    JobState.DEAD: frozenset({JobState.READY}),
}


class Job(models.Model):
    """One call to make. With a `key`, the same call may be asked for again without a second row.

    Whoever has the job holds it until `lease_until`: the broker while it is ready (a message is under way),
    a worker while it is running. From then on the sweep hands it out again. It is empty once the job is over,
    so that its index holds the living alone, and finding work costs the same behind a million done rows.
    """

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    name = models.CharField(_("name"), max_length=100)
    args = models.JSONField(_("arguments"), default=dict, blank=True)
    key = models.CharField(_("key"), max_length=200, null=True, blank=True, unique=True)
    state = models.CharField(_("state"), max_length=8, choices=JobState.choices, default=JobState.READY)
    run_at = models.DateTimeField(_("due"), default=clock.now)
    attempts = models.PositiveSmallIntegerField(_("attempts"), default=0)
    max_attempts = models.PositiveSmallIntegerField(_("attempts allowed"), default=12)
    lease_until = models.DateTimeField(_("held until"), null=True, blank=True)
    worker = models.CharField(_("worker"), max_length=120, blank=True, default="")
    last_error = models.TextField(_("last error"), blank=True, default="")
    created_at = models.DateTimeField(_("created"), default=clock.now)
    finished_at = models.DateTimeField(_("finished"), null=True, blank=True)

    class Meta:
        verbose_name = _("job")
        verbose_name_plural = _("jobs")
        indexes = [
            models.Index(fields=["lease_until"], name="jobs_living", condition=Q(lease_until__isnull=False)),
            models.Index(fields=["finished_at"], name="jobs_dead", condition=Q(state="dead")),
        ]

    def __str__(self) -> str:
        return f"{self.name} {self.id}"
