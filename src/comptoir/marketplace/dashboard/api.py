"""Refunds over the API, for sellers and operators."""

from uuid import UUID

from django.http import HttpRequest

from comptoir.kernel.http.auth import user_of
from comptoir.kernel.http.idempotency import HEADER, idempotent
from comptoir.kernel.http.schema import Router
from comptoir.kernel.payments.models import Refund
from comptoir.kernel.payments.refund_shapes import RefundIn, RefundOut
from comptoir.marketplace.dashboard import refunds

router = Router()


@router.post("/purchases/{purchase_id}/refund", response=RefundOut, summary="Give the money back")
@idempotent
def refund_purchase(request: HttpRequest, purchase_id: UUID, wish: RefundIn) -> Refund:
    """For operators, and for the seller of the item. Wholly refunded, it can no longer be downloaded."""
    return refunds.refund(
        user_of(request),
        purchase_id,
        amount=wish.amount,
        reason=wish.reason,
        request_key=request.headers.get(HEADER, ""),
    )
