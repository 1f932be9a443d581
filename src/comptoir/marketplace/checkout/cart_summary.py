"""The cart as a person sees it: a bill for each currency, and beside an item why it cannot be bought."""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from django.contrib.sessions.backends.base import SessionBase

from comptoir.kernel.errors import Refusal
from comptoir.kernel.money import Money
from comptoir.marketplace.checkout import cart, placing
from comptoir.marketplace.checkout.cart import Buyer
from comptoir.marketplace.models import Automation


@dataclass(frozen=True)
class Line:
    """One item in the cart. With an `unavailable_reason` it stays there, and is left out of the bill."""

    automation: Automation
    unavailable_reason: Refusal | None


@dataclass(frozen=True)
class Bill:
    """What is paid at once: one currency."""

    lines: Sequence[Line]
    total: Money

    @property
    def automation_ids(self) -> list[UUID]:
        return [line.automation.pk for line in self.lines]


@dataclass(frozen=True)
class CartSummary:
    lines: Sequence[Line]
    bills: Sequence[Bill]


def cart_summary(buyer: Buyer, session: SessionBase, *, refusal: Refusal | None = None) -> CartSummary:
    """Everything in the cart, in the order it was put there. A `refusal` of the checkout is shown beside the item
    that it names."""
    automations = cart.contents(buyer, session)
    unavailable_reasons = placing.unavailable_reasons(buyer, automations)
    if refusal:
        named = [item.pk for item in automations if item.title == refusal.params.get("title")]
        unavailable_reasons |= dict.fromkeys(named, refusal)
    lines = [Line(item, unavailable_reasons.get(item.pk)) for item in automations]
    return CartSummary(lines, _bills([line for line in lines if not line.unavailable_reason]))


def _bills(lines: Sequence[Line]) -> list[Bill]:
    bills = []
    for currency in dict.fromkeys(line.automation.currency for line in lines):
        theirs = [line for line in lines if line.automation.currency == currency]
        total = Money(sum(line.automation.price_minor for line in theirs), currency)
        bills.append(Bill(theirs, total))
    return bills
