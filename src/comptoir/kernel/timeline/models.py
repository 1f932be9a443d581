"""The rows of the timeline."""

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from comptoir.kernel import clock


class TimelineEntry(models.Model):
    """One fact. `subject` and `subject_id` name a thing without tying its table to this one."""

    subject = models.CharField(_("subject"), max_length=64)
    subject_id = models.CharField(_("subject’s id"), max_length=64)
    kind = models.CharField(_("what happened"), max_length=64)
    actor = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.SET_NULL, verbose_name=_("by whom")
    )
    data = models.JSONField(_("details"), default=dict, blank=True)
    at = models.DateTimeField(_("when"), default=clock.now)

    class Meta:
        verbose_name = _("timeline entry")
        verbose_name_plural = _("timeline")
        indexes = [models.Index(fields=["subject", "subject_id", "id"])]

    def __str__(self) -> str:
        return f"{self.subject} {self.subject_id}: {self.kind}"
