"""The Django app of this room."""

from django.apps import AppConfig


class UiConfig(AppConfig):
    name = "comptoir.ui"
    label = "ui"
