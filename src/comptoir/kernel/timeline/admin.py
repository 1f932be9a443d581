"""The timeline at the operator's desk: what happened to a thing, and by whom."""

from django.contrib import admin
from django.utils.translation import gettext_lazy as _

from comptoir.kernel.admin_base import LookUpAdmin, spelled_out
from comptoir.kernel.timeline.models import TimelineEntry


@admin.register(TimelineEntry)
class TimelineEntryAdmin(LookUpAdmin):
    list_display = ["at", "subject", "subject_id", "kind", "actor"]
    list_select_related = ["actor"]
    list_filter = ["at"]
    search_fields = ["subject_id", "subject", "actor__email"]
    search_help_text = _("The id of a thing, its kind (payments.payment), or somebody’s address.")
    ordering = ["-id"]
    fields = ["at", ("subject", "subject_id"), "kind", "actor", "details"]
    readonly_fields = ["details"]

    @admin.display(description=_("details"))
    def details(self, entry: TimelineEntry) -> str:
        return spelled_out(entry.data)
