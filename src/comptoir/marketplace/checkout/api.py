"""Buying over the API: an order, and the page to pay it on."""

from typing import Any
from uuid import UUID

from django.http import HttpRequest
from pydantic import Field

from comptoir.kernel.http.auth import user_of
from comptoir.kernel.http.idempotency import idempotent
from comptoir.kernel.http.schema import Router, Schema
from comptoir.marketplace.checkout import placing

router = Router()


class CheckoutIn(Schema):
    items: list[UUID] = Field(description="The ids of the automations to buy.", max_length=100)


class CheckoutOut(Schema):
    order_id: UUID
    checkout_url: str


@router.post("/checkout", response=CheckoutOut, summary="Order, and get the page to pay on")
@idempotent
def create_checkout(request: HttpRequest, wanted: CheckoutIn) -> dict[str, Any]:
    """Prices are those of the catalogue at this moment. The same items again give the same order and page."""
    done = placing.check_out(user_of(request), wanted.items)
    return {"order_id": done.order.pk, "checkout_url": done.url}
