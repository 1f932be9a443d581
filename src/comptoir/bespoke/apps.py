"""The Django app of this room."""

from importlib import import_module

from django.apps import AppConfig


class BespokeConfig(AppConfig):
    name = "comptoir.bespoke"
    label = "bespoke"

    def ready(self) -> None:
        import_module(f"{self.name}.operations.metrics").register()
