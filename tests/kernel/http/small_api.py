"""A small API with one route of each kind, built on the base that products build on."""

import time
from datetime import datetime, timedelta, timezone
from typing import Any, Literal
from uuid import UUID

from django.contrib.auth.models import Group
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.urls import include, path
from ninja import Query
from pydantic import Field

from comptoir.kernel import timeline
from comptoir.kernel.accounts.models import User
from comptoir.kernel.errors import FieldError, Invalid, Refusal
from comptoir.kernel.http.api import Api
from comptoir.kernel.http.auth import OptionalAuth, require_operator
from comptoir.kernel.http.idempotency import idempotent
from comptoir.kernel.http.paging import Page, Paging, paginate
from comptoir.kernel.http.schema import Router, Schema
from comptoir.kernel.http.throttles import StrictThrottle
from comptoir.kernel.timeline.models import TimelineEntry

router = Router(tags=["shop"])


class Line(Schema):
    sku_code: str = Field(min_length=3, max_length=8)
    quantity: int = Field(ge=1, le=9)


class OrderIn(Schema):
    customer_name: str = Field(min_length=1, max_length=40)
    delivery: Literal["letter", "parcel"] = "letter"
    lines: list[Line] = Field(min_length=1)
    gift_id: UUID | None = None
    wanted_at: datetime | None = None


class OrderOut(Schema):
    customer_name: str
    line_count: int
    ordered_at: datetime


class GroupOut(Schema):
    id: int
    name: str


class SoldOut(Refusal):
    code = "sold_out"
    message = "Only %(left)s left."


@router.post("/orders", response={201: OrderOut})
def place_order(request: HttpRequest, order: OrderIn) -> Any:
    paris = timezone(timedelta(hours=2))
    return {
        "customer_name": order.customer_name,
        "line_count": len(order.lines),
        "ordered_at": datetime(2026, 7, 1, 12, 0, tzinfo=paris),
    }


@router.get("/groups", auth=OptionalAuth(), response=Page[GroupOut])
def list_groups(request: HttpRequest, paging: Query[Paging]) -> Any:
    return paginate(Group.objects.order_by("id"), paging)


@router.get("/whoami", auth=OptionalAuth())
def whoami(request: HttpRequest) -> Any:
    return {"email": getattr(request.user, "email", None)}


@router.get("/me")
def me(request: HttpRequest) -> Any:
    assert isinstance(request.user, User)
    return {"email": request.user.email}


@router.get("/desk")
def desk(request: HttpRequest) -> Any:
    return {"operator": require_operator(request).email}


@router.get("/refusals/{kind}", auth=OptionalAuth())
def refuse(request: HttpRequest, kind: str) -> Any:
    match kind:
        case "sold-out":
            raise SoldOut(left=2)
        case "invalid":
            raise Invalid(errors=[FieldError("fileKey", "Upload the file first.")])
        case "missing":
            raise Http404("the secret shelf")
        case "denied":
            raise PermissionDenied("the secret door")
        case _:
            raise ValueError("the secret cellar")


class ChargeIn(Schema):
    amount: int = Field(ge=1, le=1_000_000)
    card: Literal["good", "declined", "broken", "slow"] = "good"


class ChargeOut(Schema):
    charge_number: int
    amount: int


class Declined(Refusal):
    code = "declined"
    status = 402
    message = "The bank says no."


@router.post("/charges", response={201: ChargeOut})
@idempotent
def charge(request: HttpRequest, wanted: ChargeIn) -> Any:
    """Each run leaves a `charged` entry in the timeline: that & nothing less must not happen twice."""
    timeline.record("tests.charge", request.user.pk, "charged", actor=request.user, amount=wanted.amount)
    match wanted.card:
        case "declined":
            raise Declined
        case "broken":
            raise ConnectionError("the secret gateway")
        case "slow":
            time.sleep(0.3)
    return {"charge_number": TimelineEntry.objects.count(), "amount": wanted.amount}


@router.post("/guesses", auth=OptionalAuth(), throttle=StrictThrottle("3/min", scope="guesses"))
def guess(request: HttpRequest) -> Any:
    return {"right": False}


def plain_page(request: HttpRequest) -> HttpResponse:
    raise Http404


api = Api(title="Small", version="test")
api.add_router("", router)

urlpatterns = [
    path("api/plain", plain_page),
    path("api/", api.urls),
    path("", include("comptoir.config.urls")),
]
