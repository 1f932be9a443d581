"""The Django app of this room."""

from importlib import import_module

from django.apps import AppConfig


class HttpConfig(AppConfig):
    name = "comptoir.kernel.http"
    label = "http"

    def ready(self) -> None:
        import_module("comptoir.kernel.http.idempotency")  # declares its periodic job
