"""Refunds of bespoke orders over the API."""

from uuid import UUID

from django.http import HttpRequest

from comptoir.bespoke.operations import refunds
from comptoir.kernel.http.auth import require_operator
from comptoir.kernel.http.idempotency import HEADER, idempotent
from comptoir.kernel.http.schema import Router
from comptoir.kernel.payments.models import Refund
from comptoir.kernel.payments.refund_shapes import RefundIn, RefundOut

router = Router(tags=["Bespoke orders: operators"])


@router.post(
    "/expert/orders/{order_id}/refund",
    response=RefundOut,
    summary="Give the money for an order back",
)
@idempotent
def refund_order(request: HttpRequest, order_id: UUID, wish: RefundIn) -> Refund:
    """For operators. All of it given back stops the work and closes the contents; a part changes neither."""
    return refunds.refund(
        require_operator(request),
        order_id,
        amount=wish.amount,
        reason=wish.reason,
        request_key=request.headers.get(HEADER, ""),
    )
