"""Refunds of bespoke orders over the API."""

from uuid import UUID

from django.http import HttpRequest
from pydantic import Field

from comptoir.commissions import refunds
from comptoir.kernel.http.auth import require_operator
from comptoir.kernel.http.idempotency import HEADER, idempotent
from comptoir.kernel.http.schema import Router, Schema
from comptoir.kernel.payments.models import Refund

router = Router(tags=["Bespoke orders: operators"])


class CommissionRefundIn(Schema):
    amount: int | None = Field(
        None, ge=1, le=2**53, description="In minor units; without it, all that is left."
    )
    reason: str = Field(max_length=1000, description="The client reads it.")


class CommissionRefundOut(Schema):
    id: UUID
    state: str = Field(description="`pending` until the payment provider has said that it is done.")
    amount: int = Field(validation_alias="amount_minor", description="In minor units of the currency.")
    currency: str = Field(validation_alias="payment.currency")


@router.post(
    "/expert/orders/{order_id}/refund",
    response=CommissionRefundOut,
    summary="Give the money for an order back",
)
@idempotent
def refund_commission(request: HttpRequest, order_id: UUID, wish: CommissionRefundIn) -> Refund:
    """For operators. All of it given back stops the work and closes the contents; a part changes neither."""
    return refunds.refund(
        require_operator(request),
        order_id,
        amount=wish.amount,
        reason=wish.reason,
        request_key=request.headers.get(HEADER, ""),
    )
