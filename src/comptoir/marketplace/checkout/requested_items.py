"""What somebody asks to buy: in the form that they sent, or kept in their session while they signed in."""

from collections.abc import Sequence
from contextlib import suppress
from dataclasses import asdict, dataclass
from uuid import UUID

from django.http import HttpRequest

from comptoir.marketplace.checkout import cart
from comptoir.marketplace.checkout.cart import Buyer
from comptoir.marketplace.refusals import AutomationNotFound, TooManyItems

SESSION_KEY = "wanted"


@dataclass(frozen=True)
class RequestedItems:
    """The ids of listings; `is_single` for one that is bought at once, from its own page."""

    ids: Sequence[str]
    is_single: bool


def requested_items(request: HttpRequest, buyer: Buyer) -> RequestedItems | None:
    """What is to be bought now. Of somebody who has not signed in it is kept until they come back, by a GET; a link
    from elsewhere finds nothing. Raises `AutomationNotFound`."""
    if request.method == "GET":
        kept = request.session.get(SESSION_KEY)
        if kept and buyer:
            del request.session[SESSION_KEY]
        return RequestedItems(**kept) if kept else None
    is_single = "buy" in request.POST
    if is_single:
        found = ids_in_form(request, "buy")
    elif "item" in request.POST:
        found = ids_in_form(request, "item")
    else:
        found = cart.ids(buyer, request.session)
    requested = RequestedItems([str(one) for one in found], is_single)
    if buyer is None:
        # What is bought at once goes into the cart as well: should signing up lead elsewhere, it is still at hand.
        if is_single:
            with suppress(TooManyItems):
                cart.add(None, request.session, found[0])
        request.session[SESSION_KEY] = asdict(requested)
    return requested


def ids_in_form(request: HttpRequest, name: str) -> Sequence[UUID]:
    """Raises `AutomationNotFound` for what never was the id of anything."""
    try:
        found = [UUID(value) for value in request.POST.getlist(name)]
    except ValueError as error:
        raise AutomationNotFound from error
    if not found:
        raise AutomationNotFound
    return found
