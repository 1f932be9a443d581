"""The sanctuary over the API: the client's profile, contents and orders."""

from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from ninja import Query, Status
from pydantic import Field

from comptoir.bespoke import queries
from comptoir.bespoke.models import ClientProfile, Message, Order
from comptoir.bespoke.models.grid import level_of_rank
from comptoir.bespoke.ordering.api import OrderExpertOut, QuestionOut
from comptoir.bespoke.orders import content, intake
from comptoir.bespoke.orders import messages as order_messages
from comptoir.bespoke.orders.api_shapes import AttachmentOut, MessageIn, MessageOut
from comptoir.bespoke.orders.intake import Answered
from comptoir.bespoke.sanctuary import acceptance, booklet, contents, profiles
from comptoir.kernel.accounts.models import User
from comptoir.kernel.http.auth import user_of
from comptoir.kernel.http.paging import Page, Paging, paginate
from comptoir.kernel.http.schema import Router, Schema

router = Router(tags=["Sanctuary"])


class ContentOut(Schema):
    id: UUID
    kind: str = Field(
        description="`order`: delivered to you alone. `level`: for everybody of that level and above."
    )
    title: str
    summary: str
    level: str
    locked: bool


class SanctuaryOut(Schema):
    profile_complete: bool
    level: str | None = Field(description="The highest level that is paid and not refunded.")
    level_number: int = Field(description="1 to 4; 0 before the first.")
    contents: list[ContentOut]


class ReadingOut(ContentOut):
    content: str = Field(description="Markdown.")
    html: str = Field(description="The same, safe to show.")
    attachments: list[AttachmentOut]


class ProfileIn(Schema):
    name: str
    phone: str = ""
    about: str


class ProfileOut(ProfileIn):
    complete: bool


class StepOut(Schema):
    name: str
    state: str = Field(description="done, now or ahead.")
    at: datetime | None

    @staticmethod
    def resolve_name(step: queries.Step) -> str:
        return str(step.name)


class ClientOrderOut(Schema):
    id: UUID
    code: str
    status: str
    payment_status: str
    level: str
    service: str
    amount: int = Field(validation_alias="amount_minor")
    refunded: int = Field(validation_alias="refunded_minor")
    currency: str
    duration: int = Field(validation_alias="duration_minutes")
    expert: OrderExpertOut = Field(validation_alias="worked_by")
    due_on: date | None
    created_at: datetime
    paid_at: datetime | None
    delivered_at: datetime | None
    accepted_at: datetime | None


class AnsweredOut(QuestionOut):
    answer: str


class ClientOrderWhole(ClientOrderOut):
    steps: list[StepOut]
    intake_complete: bool
    intake: list[AnsweredOut]
    changes_left: int
    unread_messages: int

    @staticmethod
    def resolve_steps(order: Order) -> list[queries.Step]:
        return queries.journey(order)

    @staticmethod
    def resolve_intake_complete(order: Order) -> bool:
        return order.intake.completed_at is not None

    @staticmethod
    def resolve_intake(order: Order) -> list[Answered]:
        return intake.questions(order, order.intake)

    @staticmethod
    def resolve_changes_left(order: Order) -> int:
        return max(0, order.revision_limit - order.changes_count)

    @staticmethod
    def resolve_unread_messages(order: Order) -> int:
        return order.messages.filter(from_client=False, read_at=None).count()


class AcceptIn(Schema):
    rating: int | None = Field(None, description="One to five.")


class ChangeIn(Schema):
    wish: str


@router.get("/sanctuary", response=SanctuaryOut, summary="My sanctuary")
def get_sanctuary(request: HttpRequest) -> dict[str, Any]:
    """Empty until the profile is complete. Contents of higher levels are named, and locked."""
    client = user_of(request)
    rank = contents.rank_of(client)
    is_complete = profiles.profile_of(client) is not None
    return {
        "profile_complete": is_complete,
        "level": level_of_rank(rank) or None,
        "level_number": rank,
        "contents": contents.contents_of(client) if is_complete else [],
    }


@router.get("/sanctuary/profile", response=ProfileOut, summary="My profile")
def get_profile(request: HttpRequest) -> dict[str, Any]:
    client = user_of(request)
    return _profile(profiles.profile_of(client), client)


@router.put("/sanctuary/profile", response=ProfileOut, summary="Complete or change my profile")
def set_profile(request: HttpRequest, told: ProfileIn) -> dict[str, Any]:
    client = user_of(request)
    return _profile(profiles.save_profile(client, **told.dict()), client)


@router.get("/sanctuary/contents/{content_id}", response=ReadingOut, summary="Read a content")
def read_content(request: HttpRequest, content_id: UUID) -> dict[str, Any]:
    reading = contents.read(user_of(request), content_id)
    return {
        **vars(reading.content),
        "content": reading.body,
        "html": content.render(reading.body, addresses=content.addresses_of(reading.files)),
        "attachments": [AttachmentOut.of(one) for one in reading.files],
    }


@router.get("/sanctuary/orders", response=Page[ClientOrderOut], summary="My orders")
def list_client_orders(request: HttpRequest, paging: Query[Paging]) -> dict[str, Any]:
    return paginate(queries.client_orders(user_of(request)), paging)


@router.get("/sanctuary/orders/{order_id}", response=ClientOrderWhole, summary="One of my orders")
def get_client_order(request: HttpRequest, order_id: UUID) -> Order:
    """Where it stands, what I answered, and what is left to me."""
    return queries.client_order(user_of(request), order_id)


@router.get(
    "/sanctuary/orders/{order_id}/pdf",
    summary="What was delivered, as a PDF",
    openapi_extra={
        "responses": {
            200: {"content": {"application/pdf": {"schema": {"type": "string", "format": "binary"}}}}
        }
    },
)
def get_booklet(request: HttpRequest, order_id: UUID) -> HttpResponse:
    """An A5 booklet with the pictures of the text."""
    return booklet.response(contents.read(user_of(request), order_id))


@router.post("/sanctuary/orders/{order_id}/accept", response=ClientOrderOut, summary="I am content")
def accept_order(request: HttpRequest, order_id: UUID, said: AcceptIn) -> Order:
    return acceptance.accept(user_of(request), order_id, rating=said.rating)


@router.post("/sanctuary/orders/{order_id}/change", response=ClientOrderOut, summary="I would like a change")
def ask_for_change(request: HttpRequest, order_id: UUID, asked: ChangeIn) -> Order:
    return acceptance.ask_change(user_of(request), order_id, wish=asked.wish)


@router.get("/sanctuary/orders/{order_id}/messages", response=Page[MessageOut], summary="What was written")
def list_client_messages(request: HttpRequest, order_id: UUID, paging: Query[Paging]) -> dict[str, Any]:
    """The oldest first. What the expert wrote counts as read from here on."""
    order = queries.client_order(user_of(request), order_id)
    return paginate(order_messages.read(order, by_client=True), paging)


@router.post(
    "/sanctuary/orders/{order_id}/messages", response={201: MessageOut}, summary="Write to my expert"
)
def write_to_expert(request: HttpRequest, order_id: UUID, written: MessageIn) -> Status[Message]:
    return Status(201, order_messages.from_client(user_of(request), order_id, body=written.body))


def _profile(profile: ClientProfile | None, client: User) -> dict[str, Any]:
    if profile is None:
        return {"name": client.name, "phone": "", "about": "", "complete": False}
    return {"name": profile.name, "phone": profile.phone, "about": profile.about, "complete": True}
