"""In which order rows of payments are locked, so that no two transactions wait for each other: payments before all that
hangs on them, and several of a kind by their keys."""

from collections.abc import Iterable
from uuid import UUID

from comptoir.kernel.payments.models import Payment


def lock_payment(payment_id: UUID) -> Payment:
    """The payment as it stands, held until the caller's transaction ends. Whoever changes its shares, refunds,
    disputes or reversals holds it first."""
    return Payment.objects.select_for_update().get(pk=payment_id)


def lock_payments(payment_ids: Iterable[UUID | str]) -> list[Payment]:
    return list(Payment.objects.select_for_update().filter(pk__in=payment_ids).order_by("pk"))
