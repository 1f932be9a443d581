"""The Django app of this room."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class AccountsConfig(AppConfig):
    name = "comptoir.kernel.accounts"
    label = "accounts"
    verbose_name = _("people")
