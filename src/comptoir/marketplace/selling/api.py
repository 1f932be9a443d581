"""Selling over the API: own listings, and the account that one is paid to."""

from typing import Any
from uuid import UUID

from django.http import HttpRequest
from ninja import Status
from pydantic import Field

from comptoir.kernel.http.auth import user_of
from comptoir.kernel.http.schema import Router, Schema
from comptoir.kernel.payments.payouts import accounts as payout_accounts
from comptoir.marketplace import queries
from comptoir.marketplace.api_shapes import AutomationOut, ProductOut
from comptoir.marketplace.models import Automation
from comptoir.marketplace.selling import publishing

router = Router()


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


@router.post("/automations", response={201: AutomationOut}, summary="Put an automation up for sale")
def create_automation(request: HttpRequest, listing: AutomationIn) -> Status[Automation]:
    """For sellers whose payments are set up. Both keys name own uploads that have arrived; see `/uploads`."""
    return Status(201, publishing.publish(user_of(request), **listing.dict()))


@router.patch("/automations/{automation_id}", response=ProductOut, summary="Change an own one")
def change_automation(request: HttpRequest, automation_id: UUID, change: AutomationChange) -> Automation:
    user, changes = user_of(request), change.dict(exclude_unset=True)
    published = changes.pop("published", None)
    changes = {name: value for name, value in changes.items() if value is not None}
    automation = publishing.own(user, automation_id)
    if changes:
        automation = publishing.change(user, automation_id, **changes)
    if published is not None and published != (automation.state == "published"):
        (publishing.publish_again if published else publishing.unpublish)(user, automation_id)
    return ProductOut.of(queries.product(automation_id, user))


@router.delete("/automations/{automation_id}", response={204: None}, summary="Take an own one down for good")
def delete_automation(request: HttpRequest, automation_id: UUID) -> Status[None]:
    """Those who bought it keep it."""
    publishing.delete(user_of(request), automation_id)
    return Status(204, None)


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
        user_of(request), return_path="/stripe/return", refresh_path="/stripe/refresh"
    )
    return {"url": url}


@router.get("/sellers/me", response=SellerMeOut, summary="How my selling account stands")
def get_seller_me(request: HttpRequest) -> dict[str, Any]:
    """The balance is read at Stripe; null while there is no account there."""
    user = user_of(request)
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
