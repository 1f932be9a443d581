"""Balances that may not go below zero: store credit. Each posting changes them under lock, or is refused."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from django.utils.translation import gettext_lazy as _

from comptoir.kernel.errors import Refusal
from comptoir.kernel.ledger.models import Balance
from comptoir.kernel.money import Money


class InsufficientBalance(Refusal):
    """The posting would take more out of a guarded account than is in it."""

    code = "insufficient_balance"
    message = _("Only %(left)s is left of this credit.")


@dataclass(frozen=True)
class Change:
    """By how much one account grows, on its own side; negative where it shrinks."""

    account_id: int
    by: Money


def apply(changes: Iterable[Change]) -> None:
    """Add the changes to the balances, in the caller's transaction, and hold their rows until it ends.

    Three queries and one for each account; none for no change. Raises `InsufficientBalance`.
    """
    wanted = _summed(changes)
    if not wanted:
        return
    Balance.objects.bulk_create(
        (Balance(account_id=account_id) for account_id in sorted(wanted)), ignore_conflicts=True
    )
    # In one order everywhere, so that two postings that touch the same accounts cannot block one another.
    held = Balance.objects.select_for_update().filter(account_id__in=wanted).order_by("account_id")
    for balance in held:
        by = wanted[balance.account_id]
        if balance.amount_minor + by.minor < 0:
            raise InsufficientBalance(left=Money(balance.amount_minor, by.currency))
        balance.amount_minor += by.minor
        balance.save(update_fields=["amount_minor"])


def _summed(changes: Iterable[Change]) -> Mapping[int, Money]:
    sums: dict[int, Money] = {}
    for change in changes:
        before = sums.get(change.account_id, Money(0, change.by.currency))
        sums[change.account_id] = Money(before.minor + change.by.minor, before.currency)
    return {account_id: by for account_id, by in sums.items() if by.minor}
