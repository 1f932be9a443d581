"""The Django app of this room."""

from importlib import import_module

from django.apps import AppConfig


class CommissionsConfig(AppConfig):
    name = "comptoir.commissions"
    label = "commissions"

    def ready(self) -> None:
        import_module(f"{self.name}.metrics").register()
