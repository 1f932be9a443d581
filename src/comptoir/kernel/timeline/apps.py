"""The Django app of this room."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class TimelineConfig(AppConfig):
    name = "comptoir.kernel.timeline"
    label = "timeline"
    verbose_name = _("timeline")
