"""What somebody asks to buy: in the form that they sent, or kept in their session while they signed in."""

from collections.abc import Sequence
from contextlib import suppress
from dataclasses import asdict, dataclass
from datetime import timedelta
from typing import Any
from uuid import UUID

from django.contrib.sessions.backends.base import SessionBase
from django.http import HttpRequest

from comptoir.kernel import clock
from comptoir.marketplace.checkout import cart
from comptoir.marketplace.checkout.cart import Buyer
from comptoir.marketplace.refusals import AutomationNotFound, TooManyItems

SESSION_KEY = "wanted"
# As long as it may take to sign in, or up. Once they are in, the page that follows comes at once.
KEPT_FOR = timedelta(hours=1)
KEPT_AFTER_SIGN_IN = timedelta(minutes=1)


@dataclass(frozen=True)
class RequestedItems:
    """The ids of listings; `is_single` for one that is bought at once, from its own page."""

    ids: Sequence[str]
    is_single: bool


def requested_items(request: HttpRequest, buyer: Buyer) -> RequestedItems | None:
    """What is to be bought now. Of somebody who has not signed in it is kept until they have, and the GET that follows
    finds it, once; a link from elsewhere finds nothing. Raises `AutomationNotFound`."""
    if request.method == "GET":
        return _kept(request.session, buyer)
    request.session.pop(SESSION_KEY, None)
    is_single = "buy" in request.POST
    if is_single:
        found = ids_in_form(request, "buy")[:1]
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
        until = clock.now() + KEPT_FOR
        request.session[SESSION_KEY] = {
            "items": asdict(requested),
            "until": until.timestamp(),
            "signed_in": False,
        }
    return requested


def go_on_after_sign_in(session: SessionBase) -> None:
    """Let the page that follows the sign-in find what was kept, as the very next thing."""
    if _is_fresh(kept := session.get(SESSION_KEY, {})):
        until = clock.now() + KEPT_AFTER_SIGN_IN
        session[SESSION_KEY] = {**kept, "until": until.timestamp(), "signed_in": True}


def _kept(session: SessionBase, buyer: Buyer) -> RequestedItems | None:
    kept = session.get(SESSION_KEY, {})
    is_due = _is_fresh(kept) and kept["signed_in"] == (buyer is not None)
    if buyer or not is_due:
        session.pop(SESSION_KEY, None)
    return RequestedItems(**kept["items"]) if is_due else None


def _is_fresh(kept: dict[str, Any]) -> bool:
    return bool(kept.get("until", 0) > clock.now().timestamp())


def ids_in_form(request: HttpRequest, name: str) -> Sequence[UUID]:
    """Raises `AutomationNotFound` for what never was the id of anything."""
    try:
        found = [UUID(value) for value in request.POST.getlist(name)]
    except ValueError as error:
        raise AutomationNotFound from error
    if not found:
        raise AutomationNotFound
    return found
