"""What of the catalogue can be bought, by whom, and why not."""

from collections.abc import Sequence
from uuid import UUID

from comptoir.kernel.accounts.models import User
from comptoir.kernel.errors import Refusal
from comptoir.kernel.payments.models import Payee
from comptoir.marketplace.models import Automation, AutomationState, Purchase, Seller
from comptoir.marketplace.refusals import (
    AlreadyBought,
    AutomationNotFound,
    MixedCurrencies,
    NotForSale,
    OwnProduct,
    SellerCannotBePaid,
)


def available(buyer: User, automation_ids: Sequence[UUID]) -> list[Automation]:
    """These listings, if all of them can be bought together. Whether they were bought before, the order itself finds
    out. Raises `AutomationNotFound`, `OwnProduct`, `NotForSale`, `SellerCannotBePaid` or `MixedCurrencies`."""
    listed = Automation.objects.filter(pk__in=automation_ids).select_related("seller__user__payee")
    found = {automation.pk: automation for automation in listed.defer("description", "search_text")}
    if len(found) != len(automation_ids):
        raise AutomationNotFound
    items = [found[pk] for pk in automation_ids]
    for item in items:
        if refusal := _unavailable_reason(buyer, item):
            raise refusal
    currencies = sorted({item.currency for item in items})
    if len(currencies) > 1:
        raise MixedCurrencies(currencies=", ".join(currencies))
    return items


def unavailable_reasons(buyer: User | None, items: Sequence[Automation]) -> dict[UUID, Refusal]:
    """Why some of these cannot be bought, before anybody tries: for a cart to say so beside the thing itself."""
    bought = (
        Purchase.objects.active().filter(buyer=buyer, automation__in=items)
        if buyer
        else Purchase.objects.none()
    )
    owned = set(bought.values_list("automation_id", flat=True))
    found = {item.pk: _unavailable_reason(buyer, item) for item in items}
    found |= {item.pk: AlreadyBought(title=item.title) for item in items if item.pk in owned}
    return {pk: refusal for pk, refusal in found.items() if refusal}


def _unavailable_reason(buyer: User | None, item: Automation) -> Refusal | None:
    if buyer and item.seller_id == buyer.pk:
        return OwnProduct(title=item.title)
    if item.state != AutomationState.PUBLISHED:
        return NotForSale(title=item.title)
    payee = _payee(item.seller)
    if payee is None or not payee.onboarding_complete:
        return SellerCannotBePaid(title=item.title)
    return None


def _payee(seller: Seller) -> Payee | None:
    """Read with the listings, so that this asks nothing."""
    return getattr(seller.user, "payee", None)
