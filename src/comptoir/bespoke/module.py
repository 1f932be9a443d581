"""The plug of bespoke orders into the kernel."""

from django.utils.translation import gettext_lazy as _

from comptoir.bespoke.assistant import calls as _assistant  # noqa: F401 — and so does this
from comptoir.bespoke.desk import desk_access
from comptoir.bespoke.operations import alerts as _alerts  # noqa: F401 — it declares jobs
from comptoir.bespoke.operations import check, diagnosis
from comptoir.bespoke.ordering import payment_handlers
from comptoir.bespoke.ordering.placing import PURPOSE
from comptoir.bespoke.orders.experts import EXPERT
from comptoir.kernel.payments.purposes import PaymentPurpose, revenue
from comptoir.kernel.registry import Check, DoctorCheck, Module, NavLink, WorkspaceRole

MODULE = Module(
    name="bespoke",
    urls="comptoir.bespoke.urls",
    api="comptoir.bespoke.api",
    purposes=[
        PaymentPurpose(
            name=PURPOSE,
            credits=revenue,
            on_paid=payment_handlers.on_paid,
            on_failed=payment_handlers.on_failed,
            # The page on which the client pays asks for the confirmation: another try, as after a refused card.
            on_action_required=payment_handlers.on_failed,
            on_refunded=payment_handlers.on_refunded,
            on_disputed=payment_handlers.on_disputed,
            return_path=payment_handlers.return_path,
        )
    ],
    roles=[WorkspaceRole(EXPERT, _("expert"))],
    checks=[
        Check("bespoke orders and payments", check.orders_and_payments),
        Check("contents of bespoke orders", check.contents),
    ],
    doctor_checks=[
        DoctorCheck(_("The assistant"), diagnosis.assistant),
        DoctorCheck(_("Experts"), diagnosis.experts),
    ],
    home="/sanctuary",
    private_paths=["/desk", "/sanctuary"],
    nav=[
        NavLink(_("Bespoke"), "/order"),
        NavLink(_("Sanctuary"), "/sanctuary", place="account"),
        NavLink(_("Desk"), "/desk", place="account", shown=desk_access.is_offered),
    ],
)
