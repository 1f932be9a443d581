"""Ordering over the API: the grid, the experts, the intent to pay, the order, and the client's answers."""

from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.http import HttpRequest
from ninja import Query
from pydantic import Field

from comptoir.bespoke import queries
from comptoir.bespoke.models import Expert, Intake, Order
from comptoir.bespoke.ordering import placing
from comptoir.bespoke.ordering.current_client import ORDERS_AT_MOST
from comptoir.bespoke.orders import intake
from comptoir.kernel import files
from comptoir.kernel.http.auth import OptionalAuth, viewer_of
from comptoir.kernel.http.idempotency import HEADER, idempotent
from comptoir.kernel.http.paging import Page, Paging, paginate
from comptoir.kernel.http.problems import Unauthenticated
from comptoir.kernel.http.schema import Router, Schema
from comptoir.kernel.http.throttles import default_throttles

router = Router(tags=["Bespoke orders"])

PROOF = "X-Client-Secret"
_PROOF_HEADER = {
    "parameters": [
        {
            "in": "header",
            "name": PROOF,
            "required": False,
            "schema": {"type": "string", "maxLength": 200},
            "description": "The order's client secret: the proof of whoever placed it without signing in.",
        }
    ]
}


class QuestionOut(Schema):
    name: str
    label: str
    kind: str
    required: bool = False
    options: list[str] = []
    help: str = ""


class OfferOut(Schema):
    id: UUID
    level: str
    service: str
    price: int = Field(validation_alias="price_minor", description="In minor units of the currency.")
    currency: str
    duration: int = Field(validation_alias="duration_minutes", description="Minutes.")
    delivery_days: int
    included: list[str]
    revision_limit: int
    intake_form: list[QuestionOut]


class ExpertOut(Schema):
    id: UUID
    name: str
    about: str
    portrait_url: str | None
    specialties: list[str]
    rating: float | None
    next_free_on: date | None = None

    @staticmethod
    def resolve_portrait_url(expert: Expert) -> str | None:
        return files.public_url(expert.portrait, "card") if expert.portrait else None


class OrderIn(Schema):
    level: str = Field(description="simple, intuitive, alchimique or integrale.", max_length=40)
    service: str = Field(description="basic, premium or vip.", max_length=40)
    expert_id: UUID
    customer_email: str = Field(max_length=254)
    customer_name: str = Field(max_length=400)
    customer_phone: str = Field("", max_length=200)


class PlacedOut(Schema):
    client_secret: str
    order_id: UUID


class OrderExpertOut(Schema):
    name: str
    specialties: list[str]
    rating: float | None


class OrderOut(Schema):
    id: UUID
    status: str
    payment_status: str
    amount: int = Field(validation_alias="amount_minor", description="In cents.")
    service: str
    level: str
    duration: int = Field(validation_alias="duration_minutes", description="Minutes.")
    expert: OrderExpertOut = Field(validation_alias="worked_by")
    customer_email: str
    created_at: datetime
    paid_at: datetime | None


class OrderEnvelope(Schema):
    order: OrderOut


class AnswersIn(Schema):
    answers: dict[str, str | None] = Field(description="By the name of the question.", max_length=40)


class IntakeOut(Schema):
    complete: bool
    missing: list[str] = Field(description="The names of the required questions that have no answer yet.")


@router.get("/offers", response=Page[OfferOut], auth=OptionalAuth(), summary="The grid of offers")
def list_offers(request: HttpRequest, paging: Query[Paging]) -> dict[str, Any]:
    """Level by level, each with its types of service."""
    return paginate(queries.offers(), paging)


@router.get("/experts", response=Page[ExpertOut], auth=OptionalAuth(), summary="The experts to choose from")
def list_experts(request: HttpRequest, paging: Query[Paging]) -> dict[str, Any]:
    page = paginate(queries.experts(), paging)
    free = queries.free_days(page["items"])
    for expert in page["items"]:
        expert.next_free_on = free[expert.pk]
    return page


@router.post(
    "/payments/create-payment-intent",
    response=PlacedOut,
    auth=OptionalAuth(),
    throttle=[*default_throttles(), ORDERS_AT_MOST],
    summary="Order, and get the secret to pay with",
)
@idempotent
def create_payment_intent(request: HttpRequest, wanted: OrderIn) -> dict[str, Any]:
    """The order is there first, pending; then the PaymentIntent, with the order in its metadata. The price is ours.

    Who is not signed in may order too: the client secret is their proof, and their account is opened from the mail
    that they get once it is paid.
    """
    placed = placing.place(
        placing.OrderRequest(
            level=wanted.level,
            service=wanted.service,
            expert_id=wanted.expert_id,
            email=wanted.customer_email,
            name=wanted.customer_name,
            phone=wanted.customer_phone,
        ),
        customer=viewer_of(request),
        request_key=request.headers.get(HEADER, ""),
    )
    return _placed(placed)


@router.get(
    "/payments/order/{order_id}",
    response=OrderEnvelope,
    auth=OptionalAuth(),
    openapi_extra=_PROOF_HEADER,
    summary="An order",
)
def get_bespoke_order(request: HttpRequest, order_id: UUID) -> dict[str, Order]:
    """For its customer, its expert and operators; and for whoever placed it, with the client secret as proof."""
    return {"order": _concerned(request, order_id)}


@router.post(
    "/payments/order/{order_id}/retry",
    response=PlacedOut,
    auth=OptionalAuth(),
    openapi_extra=_PROOF_HEADER,
    throttle=[*default_throttles(), ORDERS_AT_MOST],
    summary="Pay an order whose payment failed",
)
def retry_payment(request: HttpRequest, order_id: UUID) -> dict[str, Any]:
    """The same order and the same intent, for another try with the same card or another one."""
    return _placed(placing.pay_again(_clients_own(request, order_id)))


@router.put(
    "/payments/order/{order_id}/intake",
    response=IntakeOut,
    auth=OptionalAuth(),
    openapi_extra=_PROOF_HEADER,
    summary="Answer the questions of an order",
)
def answer_intake(request: HttpRequest, order_id: UUID, given: AnswersIn) -> dict[str, Any]:
    """Once it is paid; all at once, or some now and some later. What is not named stays as it is."""
    order = _clients_own(request, order_id)
    return intake_status(order, intake.answer(order, given.answers, actor=viewer_of(request)))


def intake_status(order: Order, kept: Intake) -> dict[str, Any]:
    missing = [one.name for one in intake.missing(order, kept)]
    return {"complete": kept.completed_at is not None, "missing": missing}


def _placed(placed: placing.Placed) -> dict[str, Any]:
    return {"client_secret": placed.client_secret, "order_id": placed.order.pk}


def _concerned(request: HttpRequest, order_id: UUID) -> Order:
    """The order for whoever may see it. Raises `Unauthenticated` for nobody in particular, else `OrderNotFound`."""
    if proof := request.headers.get(PROOF):
        return placing.by_secret(order_id, proof)
    viewer = viewer_of(request)
    if viewer is None:
        raise Unauthenticated
    return queries.order(viewer, order_id)


def _clients_own(request: HttpRequest, order_id: UUID) -> Order:
    """The order for whoever placed it, and nobody else."""
    if proof := request.headers.get(PROOF):
        return placing.by_secret(order_id, proof)
    viewer = viewer_of(request)
    if viewer is None:
        raise Unauthenticated
    return queries.client_order(viewer, order_id)
