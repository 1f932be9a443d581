"""The Django app of this room."""

from django.apps import AppConfig


class FilesConfig(AppConfig):
    name = "comptoir.kernel.files"
    label = "files"

    def ready(self) -> None:
        from comptoir.kernel.files import cleaning  # noqa: F401 — declares its job
