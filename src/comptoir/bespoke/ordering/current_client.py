"""Who orders, how often they may, and whose an order is at this browser: the client's who is signed in, or theirs who
placed it and kept its secret."""

from typing import Any
from uuid import UUID

from django.http import HttpRequest

from comptoir.bespoke import queries
from comptoir.bespoke.models import Order
from comptoir.bespoke.ordering import placing
from comptoir.bespoke.refusals import OrderNotFound
from comptoir.kernel.accounts.models import User
from comptoir.kernel.http.throttles import StrictThrottle
from comptoir.ui.preferences import person

# Whoever they are, by the pages and the API together.
ORDERS_AT_MOST = StrictThrottle("60/min", scope="order")

SESSION_KEY = "bespoke_secrets"
KEPT_AT_MOST = 20


def client_of(request: HttpRequest) -> User | None:
    """Who is signed in, if anybody is."""
    signed_in: User | None = person(request)
    return signed_in


def keep_secret(session: Any, placed: placing.Placed) -> None:
    """Remember that this browser placed the order. The secret stays out of every address."""
    kept = {**session.get(SESSION_KEY, {}), str(placed.order.pk): placed.client_secret}
    session[SESSION_KEY] = dict(list(kept.items())[-KEPT_AT_MOST:])


def own_order(request: HttpRequest, order_id: UUID) -> Order:
    """The order, for its client alone. Raises `OrderNotFound`."""
    client = client_of(request)
    if client is not None:
        try:
            return queries.client_order(client, order_id)
        except OrderNotFound:
            # They may have placed it before they signed in.
            pass
    return placing.by_secret(order_id, request.session.get(SESSION_KEY, {}).get(str(order_id), ""))
