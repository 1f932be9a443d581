"""The Django app of this room."""

from importlib import import_module

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class JobsConfig(AppConfig):
    name = "comptoir.kernel.jobs"
    label = "jobs"
    verbose_name = _("jobs")

    def ready(self) -> None:
        import_module("comptoir.kernel.jobs.pruning")  # declares its job
        import_module("comptoir.kernel.jobs.metrics").register()
