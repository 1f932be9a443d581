"""The Django app of this room."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class MarketplaceConfig(AppConfig):
    name = "comptoir.marketplace"
    label = "marketplace"
    verbose_name = _("marketplace")
