"""Shapes that the rooms of the marketplace share."""

from datetime import datetime
from uuid import UUID

from pydantic import Field

from comptoir.kernel import files
from comptoir.kernel.http.schema import Schema
from comptoir.marketplace.models import Automation
from comptoir.marketplace.queries import ViewedProduct


class SellerOut(Schema):
    id: int = Field(validation_alias="pk")
    name: str


class AutomationOut(Schema):
    id: UUID
    state: str
    title: str
    description: str
    price: int = Field(validation_alias="price_minor", description="In minor units of the currency.")
    currency: str
    category: str
    platform: str
    tags: list[str]
    version: str
    preview_image_url: str
    seller: SellerOut
    published_at: datetime

    @staticmethod
    def resolve_version(automation: Automation) -> str:
        return automation.current.number if automation.current else ""

    @staticmethod
    def resolve_preview_image_url(automation: Automation) -> str:
        return files.absolute_public_url(automation.picture, "large")


class ProductOut(AutomationOut):
    is_to_me: str = Field(
        description="`own`, `bought`, `for_sale`, or `not_for_sale` while its seller cannot be paid."
    )

    @staticmethod
    def of(viewed: ViewedProduct) -> Automation:
        viewed.automation.is_to_me = viewed.viewer_relation  # type: ignore[attr-defined]
        return viewed.automation
