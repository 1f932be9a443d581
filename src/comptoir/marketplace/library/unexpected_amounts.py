"""Orders for which another amount came than was asked for: their buyers are told so, until all of it went back."""

from collections.abc import Sequence
from dataclasses import replace

from django.db.models import Q

from comptoir.kernel.payments.given_back import gone_for_good_of
from comptoir.kernel.payments.models import Payment, PaymentState
from comptoir.marketplace.queries import OrderProgress

_UNPAID = ("confirming", "failed", "expired")


def in_full(all_progress: Sequence[OrderProgress]) -> list[OrderProgress]:
    """The same, told to the end: `unexpected` where another amount came, `returned` once all of it went back and the
    order is over, and `waiting` where the payer's bank wants them to confirm. None to three queries."""
    unpaid = [one.order.payment_id for one in all_progress if one.state in _UNPAID]
    told = Q(received_minor__isnull=False) | Q(state=PaymentState.REQUIRES_ACTION)
    payments = Payment.objects.filter(told, pk__in=unpaid).in_bulk()
    gone = gone_for_good_of(payment.pk for payment in payments.values() if payment.is_in_suspense)
    return [
        replace(one, state=_state(one, payment, gone.get(payment.pk, 0))) if payment else one
        for one in all_progress
        for payment in [payments.get(one.order.payment_id)]
    ]


def _state(progress: OrderProgress, payment: Payment, gone: int) -> str:
    if not payment.is_in_suspense:
        return "waiting" if progress.state == "confirming" else progress.state
    is_over = progress.state != "confirming"
    return "returned" if is_over and gone >= payment.received.minor else "unexpected"
