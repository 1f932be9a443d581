"""The marketplace over the API: the same stories as the pages, with the same refusals."""

from datetime import datetime
from typing import Any
from uuid import UUID

from django.http import HttpRequest
from ninja import Query, Status
from pydantic import Field

from comptoir.kernel import files
from comptoir.kernel.accounts.models import User
from comptoir.kernel.http.auth import OptionalAuth
from comptoir.kernel.http.idempotency import HEADER, idempotent
from comptoir.kernel.http.paging import Page, Paging, paginate
from comptoir.kernel.http.schema import Router, Schema
from comptoir.kernel.payments.models import Refund
from comptoir.kernel.payments.payouts import accounts as payout_accounts
from comptoir.kernel.payments.refund_shapes import RefundIn, RefundOut
from comptoir.marketplace import queries
from comptoir.marketplace.catalogue.linked_data import absolute
from comptoir.marketplace.checkout import placing
from comptoir.marketplace.dashboard import refunds
from comptoir.marketplace.library import delivery
from comptoir.marketplace.models import Automation, Order, OrderItem, Purchase
from comptoir.marketplace.selling import publishing

router = Router(tags=["Marketplace"])


# ── Listings ────────────────────────────────────────────────────────────────────────────────────────────────


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
        return absolute(files.public_url(automation.picture, "large"))


class ProductOut(AutomationOut):
    is_to_me: str = Field(
        description="`own`, `bought`, `for_sale`, or `not_for_sale` while its seller cannot be paid."
    )


class AutomationIn(Schema):
    title: str
    description: str
    price: int = Field(description="In minor units of the currency.", ge=-(2**53), le=2**53)
    currency: str
    category: str
    platform: str
    tags: list[str] = []
    version: str = "1.0.0"
    file_key: str
    preview_image_key: str


class AutomationChange(Schema):
    """Only what is there changes. A new file comes with a new version number."""

    title: str | None = None
    description: str | None = None
    price: int | None = Field(None, ge=-(2**53), le=2**53)
    currency: str | None = None
    category: str | None = None
    platform: str | None = None
    tags: list[str] | None = None
    version: str | None = None
    file_key: str | None = None
    preview_image_key: str | None = None
    published: bool | None = Field(
        None,
        description="false takes it out of the catalogue, true puts it back: unless the house took it down.",
    )


class Search(Schema):
    category: str = ""
    platform: str = ""
    q: str = Field("", max_length=200)


@router.get("/automations", response=Page[AutomationOut], auth=OptionalAuth(), summary="Browse the catalogue")
def list_automations(request: HttpRequest, search: Query[Search], paging: Query[Paging]) -> dict[str, Any]:
    """What is for sale, the newest first. Filters add up; `q` looks for each of its words."""
    return paginate(queries.catalogue(queries.Filters(**search.dict())), paging)


@router.post("/automations", response={201: AutomationOut}, summary="Put an automation up for sale")
def create_automation(request: HttpRequest, listing: AutomationIn) -> Status[Automation]:
    """For sellers whose payments are set up. Both keys name own uploads that have arrived; see `/uploads`."""
    return Status(201, publishing.publish(_user(request), **listing.dict()))


@router.get("/automations/{automation_id}", response=ProductOut, auth=OptionalAuth(), summary="Look at one")
def get_automation(request: HttpRequest, automation_id: UUID) -> Automation:
    return _as_seen(automation_id, _viewer(request))


@router.patch("/automations/{automation_id}", response=ProductOut, summary="Change an own one")
def change_automation(request: HttpRequest, automation_id: UUID, change: AutomationChange) -> Automation:
    user, changes = _user(request), change.dict(exclude_unset=True)
    published = changes.pop("published", None)
    changes = {name: value for name, value in changes.items() if value is not None}
    automation = publishing.own(user, automation_id)
    if changes:
        automation = publishing.change(user, automation_id, **changes)
    if published is not None and published != (automation.state == "published"):
        (publishing.publish_again if published else publishing.unpublish)(user, automation_id)
    return _as_seen(automation_id, user)


@router.delete("/automations/{automation_id}", response={204: None}, summary="Take an own one down for good")
def delete_automation(request: HttpRequest, automation_id: UUID) -> Status[None]:
    """Those who bought it keep it."""
    publishing.delete(_user(request), automation_id)
    return Status(204, None)


# ── Sellers ─────────────────────────────────────────────────────────────────────────────────────────────────


class LinkOut(Schema):
    url: str


class AmountOut(Schema):
    amount: int = Field(validation_alias="minor", description="In minor units of the currency.")
    currency: str


class BalanceOut(Schema):
    available: list[AmountOut]
    pending: list[AmountOut]


class SellerMeOut(Schema):
    onboarding_complete: bool
    charges_enabled: bool
    payouts_enabled: bool
    details_submitted: bool
    requirements: list[str]
    balance: BalanceOut | None


@router.post("/sellers/onboarding-link", response=LinkOut, summary="Set up payments")
def create_onboarding_link(request: HttpRequest) -> dict[str, str]:
    """The address of Stripe's own set-up page, for one visit. The account is made at the first call."""
    url = payout_accounts.onboarding_url(
        _user(request), return_path="/stripe/return", refresh_path="/stripe/refresh"
    )
    return {"url": url}


@router.get("/sellers/me", response=SellerMeOut, summary="How my selling account stands")
def get_seller_me(request: HttpRequest) -> dict[str, Any]:
    """The balance is read at Stripe; null while there is no account there."""
    user = _user(request)
    payee = payout_accounts.payee_of(user)
    if payee is None or not payee.account:
        nothing = dict.fromkeys(("charges_enabled", "payouts_enabled", "details_submitted"), False)
        return {**nothing, "onboarding_complete": False, "requirements": [], "balance": None}
    return {
        "onboarding_complete": payee.onboarding_complete,
        "charges_enabled": payee.charges_enabled,
        "payouts_enabled": payee.payouts_enabled,
        "details_submitted": payee.details_submitted,
        "requirements": payee.requirements,
        "balance": payout_accounts.balances(user),
    }


# ── Buying ──────────────────────────────────────────────────────────────────────────────────────────────────


class CheckoutIn(Schema):
    items: list[UUID] = Field(description="The ids of the automations to buy.", max_length=100)


class CheckoutOut(Schema):
    order_id: UUID
    checkout_url: str


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


@router.post("/checkout", response=CheckoutOut, summary="Order, and get the page to pay on")
@idempotent
def create_checkout(request: HttpRequest, wanted: CheckoutIn) -> dict[str, Any]:
    """Prices are those of the catalogue at this moment. The same items again give the same order and page."""
    done = placing.check_out(_user(request), wanted.items)
    return {"order_id": done.order.pk, "checkout_url": done.url}


@router.get("/orders/{order_id}", response=OrderOut, summary="One of my orders")
def get_order(request: HttpRequest, order_id: UUID) -> Order:
    return queries.order(_user(request), order_id)


@router.get("/purchases", response=Page[PurchaseOut], summary="What I have bought")
def list_purchases(request: HttpRequest, paging: Query[Paging]) -> dict[str, Any]:
    return paginate(queries.purchases(_user(request)), paging)


@router.post("/purchases/{purchase_id}/refund", response=RefundOut, summary="Give the money back")
@idempotent
def refund_purchase(request: HttpRequest, purchase_id: UUID, wish: RefundIn) -> Refund:
    """For operators, and for the seller of the item. Wholly refunded, it can no longer be downloaded."""
    return refunds.refund(
        _user(request),
        purchase_id,
        amount=wish.amount,
        reason=wish.reason,
        request_key=request.headers.get(HEADER, ""),
    )


@router.get("/automations/{automation_id}/download", response=DownloadOut, summary="Get the file")
def download_automation(request: HttpRequest, automation_id: UUID) -> dict[str, Any]:
    """A link to the newest version, valid for five minutes. For buyers, and for the seller."""
    return delivery.download(_user(request), automation_id)


# ── Below ───────────────────────────────────────────────────────────────────────────────────────────────────


def _user(request: HttpRequest) -> User:
    assert isinstance(request.user, User)
    return request.user


def _viewer(request: HttpRequest) -> User | None:
    return request.user if isinstance(request.user, User) else None


def _as_seen(automation_id: UUID, viewer: User | None) -> Automation:
    viewed = queries.product(automation_id, viewer)
    viewed.automation.is_to_me = viewed.viewer_relation  # type: ignore[attr-defined]
    return viewed.automation
