"""Jobs in the operator's desk: what waits, what runs, what died and why; dead letters can be replayed."""

from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from comptoir.kernel.admin_base import ReadOnlyAdmin
from comptoir.kernel.jobs.models import Job, JobState
from comptoir.kernel.jobs.queue import replay


@admin.register(Job)
class JobAdmin(ReadOnlyAdmin):
    """Nothing is edited here: a job is what was asked for."""

    list_display = ["name", "state", "attempts", "run_at", "finished_at", "key", "last_line"]
    list_filter = ["state", "name"]
    search_fields = ["=key", "=id"]
    ordering = ["-id"]
    actions = ["replay_dead"]

    @admin.display(description=_("last error"))
    def last_line(self, job: Job) -> str:
        return job.last_error.strip().rpartition("\n")[2][:120]

    @admin.action(description=_("Replay the dead among the selected jobs"), permissions=["replay"])
    def replay_dead(self, request: HttpRequest, selected: QuerySet[Job]) -> None:
        dead = list(selected.filter(state=JobState.DEAD))
        for job in dead:
            replay(job, actor=request.user)
        message = ngettext(
            "%(count)d job will be tried again.", "%(count)d jobs will be tried again.", len(dead)
        )
        self.message_user(request, message % {"count": len(dead)}, messages.SUCCESS)

    def has_replay_permission(self, request: HttpRequest) -> bool:
        return request.user.has_perm("jobs.change_job")
