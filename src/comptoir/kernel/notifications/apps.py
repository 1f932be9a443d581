"""The Django app of this room."""

from importlib import import_module

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class NotificationsConfig(AppConfig):
    name = "comptoir.kernel.notifications"
    label = "notifications"
    verbose_name = _("mail")

    def ready(self) -> None:
        for name in ("delivery", "pruning"):
            import_module(f"comptoir.kernel.notifications.{name}")  # declares its job
