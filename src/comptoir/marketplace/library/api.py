"""What one has ordered and bought, over the API, and the files themselves."""

from datetime import datetime
from typing import Any
from uuid import UUID

from django.http import HttpRequest
from ninja import Query
from pydantic import Field

from comptoir.kernel.http.auth import user_of
from comptoir.kernel.http.paging import Page, Paging, paginate
from comptoir.kernel.http.schema import Router, Schema
from comptoir.marketplace import queries
from comptoir.marketplace.api_shapes import SellerOut
from comptoir.marketplace.library import delivery
from comptoir.marketplace.models import Order, OrderItem, Purchase

router = Router()


class OrderItemOut(Schema):
    automation_id: UUID
    title: str
    price: int = Field(validation_alias="price_minor")
    currency: str
    seller: SellerOut


class OrderOut(Schema):
    id: UUID
    status: str = Field(validation_alias="state")
    total: int = Field(validation_alias="total_minor", description="In minor units of the currency.")
    currency: str
    items: list[OrderItemOut]
    created_at: datetime
    paid_at: datetime | None

    @staticmethod
    def resolve_items(order: Order) -> list[OrderItem]:
        return list(order.items.all())


class PurchaseOut(Schema):
    id: UUID
    automation_id: UUID
    order_id: UUID
    title: str
    price: int
    currency: str
    version: str
    created_at: datetime

    @staticmethod
    def resolve_order_id(purchase: Purchase) -> UUID:
        return purchase.item.order_id

    @staticmethod
    def resolve_title(purchase: Purchase) -> str:
        return purchase.item.title

    @staticmethod
    def resolve_price(purchase: Purchase) -> int:
        return purchase.item.price_minor

    @staticmethod
    def resolve_currency(purchase: Purchase) -> str:
        return purchase.item.currency

    @staticmethod
    def resolve_version(purchase: Purchase) -> str:
        return purchase.automation.current.number if purchase.automation.current else ""


class DownloadOut(Schema):
    url: str
    filename: str
    expires_in: int = Field(description="Seconds.")


@router.get("/orders/{order_id}", response=OrderOut, summary="One of my orders")
def get_order(request: HttpRequest, order_id: UUID) -> Order:
    return queries.order(user_of(request), order_id)


@router.get("/purchases", response=Page[PurchaseOut], summary="What I have bought")
def list_purchases(request: HttpRequest, paging: Query[Paging]) -> dict[str, Any]:
    return paginate(queries.purchases(user_of(request)), paging)


@router.get("/automations/{automation_id}/download", response=DownloadOut, summary="Get the file")
def download_automation(request: HttpRequest, automation_id: UUID) -> dict[str, Any]:
    """A link to the newest version, valid for five minutes. For buyers, and for the seller."""
    return delivery.download(user_of(request), automation_id)
