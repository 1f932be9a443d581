"""The plug of bespoke orders into the kernel."""

from django.utils.translation import gettext_lazy as _

from comptoir.commissions import alerts as _alerts  # noqa: F401 — it declares jobs
from comptoir.commissions import assistant as _assistant  # noqa: F401 — and so does this
from comptoir.commissions import check, desk_door, diagnosis, paying
from comptoir.commissions.ordering import PURPOSE
from comptoir.kernel.registry import Check, Examination, Module, NavLink, PaymentPurpose

MODULE = Module(
    name="commissions",
    urls="comptoir.commissions.urls",
    api="comptoir.commissions.api",
    purposes=[
        PaymentPurpose(
            name=PURPOSE,
            on_paid=paying.on_paid,
            on_failed=paying.on_failed,
            on_refunded=paying.on_refunded,
            return_path=paying.return_path,
        )
    ],
    checks=[
        Check("bespoke orders and payments", check.orders_and_payments),
        Check("contents of bespoke orders", check.contents),
    ],
    examinations=[
        Examination(_("The assistant"), diagnosis.assistant),
        Examination(_("Experts"), diagnosis.experts),
    ],
    nav=[
        NavLink(_("Bespoke"), "/order"),
        NavLink(_("Sanctuary"), "/sanctuary", place="account"),
        NavLink(_("Desk"), "/desk", place="account", shown=desk_door.is_offered),
    ],
)
