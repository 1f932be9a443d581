"""The Django app of this room."""

from django.apps import AppConfig
from django.utils.translation import gettext_noop

# Django's own French calls it otherwise than all our pages; the catalogue of this room is found before Django's.
gettext_noop("Email")


class UiConfig(AppConfig):
    name = "comptoir.ui"
    label = "ui"
