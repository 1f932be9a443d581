"""What of payments is gone for good: given back to the payer, or lost to their bank. What is on its way may still fail,
and what a bank only holds may still be won."""

from collections.abc import Iterable, Mapping
from uuid import UUID

from django.db.models import F, Q, Sum

from comptoir.kernel.money import Money
from comptoir.kernel.payments.models import Dispute, Payment, Refund, RefundState

# One that bounced at the payer's bank is still the payer's money.
_MADE = Q(state=RefundState.SUCCEEDED) | Q(bounced=True)
_IN_CURRENCY_OF_PAYMENT = Q(payment__received_currency="", withdrawn_currency=F("payment__currency")) | Q(
    withdrawn_currency=F("payment__received_currency")
)


def gone_for_good(payment: Payment) -> Money:
    """What of the payment the payer has back, in the currency of what was received."""
    return Money(gone_for_good_of([payment.pk])[payment.pk], payment.received.currency)


def is_all_gone(payment: Payment) -> bool:
    """Whether nothing of the payment is left, and nothing can come back."""
    return gone_for_good(payment).minor >= payment.received.minor


def gone_for_good_of(payments: Iterable[UUID]) -> Mapping[UUID, int]:
    """The same of several payments in minor units, in two queries."""
    found = dict.fromkeys(payments, 0)
    refunded = refunded_of(found)
    disputes = Dispute.objects.filter(_IN_CURRENCY_OF_PAYMENT, payment__in=found, lost_minor__gt=0)
    lost = dict(disputes.order_by().values_list("payment").annotate(Sum("lost_minor")))
    return {pk: refunded.get(pk, 0) + lost.get(pk, 0) for pk in found}


def refunded_of(payments: Iterable[UUID]) -> Mapping[UUID, int]:
    """Of those payments of which something was refunded, how much, in minor units."""
    made = Refund.objects.filter(_MADE, payment__in=list(payments))
    return dict(made.order_by().values_list("payment").annotate(Sum("amount_minor")))
