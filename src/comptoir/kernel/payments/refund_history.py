"""The refunds of what was sold, as those are told of them who gave them: on their way, given back, failed, sent back.

`payments/_refunds.html` lists a page of them, and `payments/_refund_totals.html` stands in the bill beside it.
"""

from dataclasses import dataclass
from typing import Any

from django.core.paginator import Page, Paginator
from django.db.models import Q, QuerySet, Sum
from django.http import HttpRequest

from comptoir.kernel.money import Money
from comptoir.kernel.payments.models import Refund, RefundState

REFUNDS_SHOWN = 10


@dataclass(frozen=True)
class RefundTotals:
    """What became of a price, beside what is left of it. `returned` is what the payer's bank sent back: it is with us,
    and still the payer's. `withdrawn` is what that bank has taken in a dispute."""

    given_back: Money
    on_its_way: Money
    returned: Money
    withdrawn: Money


def totals(refunds: QuerySet[Refund], *, withdrawn: Money) -> RefundTotals:
    """Of refunds with their `shown_minor`, in one query."""
    states = {
        "given_back": Q(state=RefundState.SUCCEEDED),
        "on_its_way": Q(state=RefundState.PENDING),
        "returned": Q(state=RefundState.FAILED, bounced=True),
    }
    sums: dict[str, Any] = refunds.aggregate(
        **{name: Sum("shown_minor", filter=which, default=0) for name, which in states.items()}
    )
    currency = withdrawn.currency
    return RefundTotals(**{name: Money(minor, currency) for name, minor in sums.items()}, withdrawn=withdrawn)


def page_of(request: HttpRequest, refunds: QuerySet[Refund]) -> Page[Refund]:
    """The page of them that the request asks for, the newest first."""
    return Paginator(refunds.order_by("-created_at", "-pk"), REFUNDS_SHOWN).get_page(request.GET.get("page"))
