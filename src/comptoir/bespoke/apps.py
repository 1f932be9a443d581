"""The Django app of this room."""

from importlib import import_module

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class BespokeConfig(AppConfig):
    name = "comptoir.bespoke"
    label = "bespoke"
    verbose_name = _("bespoke orders")

    def ready(self) -> None:
        import_module(f"{self.name}.operations.metrics").register()
