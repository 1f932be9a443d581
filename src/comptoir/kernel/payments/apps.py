"""The Django app of this room."""

from importlib import import_module

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class PaymentsConfig(AppConfig):
    name = "comptoir.kernel.payments"
    label = "payments"
    verbose_name = _("payments")

    def ready(self) -> None:
        """Load the files that declare jobs."""
        for story in (
            "settlement",
            "webhooks.inbox",
            "payouts.transfers",
            "refunds",
            "disputes",
            "payouts.reversals",
            "reconciliation",
            "pruning",
        ):
            import_module(f"{self.name}.{story}")
