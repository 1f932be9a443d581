"""The Django app of this room."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class LedgerConfig(AppConfig):
    name = "comptoir.kernel.ledger"
    label = "ledger"
    verbose_name = _("books")
