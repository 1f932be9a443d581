"""The expert's desk over the API: the queue, the work, the word on it, and what is written to the client."""

from datetime import date, datetime
from typing import Any, Literal
from uuid import UUID

from django.http import HttpRequest
from ninja import Query, Status
from pydantic import Field

from comptoir.bespoke import queries
from comptoir.bespoke.desk import assignments, diff, validation
from comptoir.bespoke.models import Attachment, Expert, Message, Order, Revision
from comptoir.bespoke.orders import content, experts, intake
from comptoir.bespoke.orders import messages as order_messages
from comptoir.bespoke.orders import revisions as order_revisions
from comptoir.bespoke.orders.api_shapes import (
    AttachmentOut,
    MessageIn,
    MessageOut,
    RevisionOut,
    attachments_out,
)
from comptoir.bespoke.orders.intake import Answered
from comptoir.kernel import files
from comptoir.kernel.http.paging import Page, Paging, paginate
from comptoir.kernel.http.schema import Router, Schema

router = Router(tags=["Expert desk"])


class ExpertMeOut(Schema):
    id: UUID
    name: str
    email: str
    role: Literal["expert"] = "expert"
    is_active: bool
    last_login: datetime | None
    about: str
    specialties: list[str]
    rating: float | None
    weekly_capacity: int
    portrait_url: str | None

    @staticmethod
    def resolve_email(expert: Expert) -> str:
        return expert.user.email

    @staticmethod
    def resolve_last_login(expert: Expert) -> datetime | None:
        return expert.user.last_login

    @staticmethod
    def resolve_portrait_url(expert: Expert) -> str | None:
        return files.public_url(expert.portrait, "card") if expert.portrait else None


class ExpertEnvelope(Schema):
    expert: ExpertMeOut


class PortraitIn(Schema):
    portrait_key: str = Field(description="Of an own upload of kind previewImage.")


class QueueSearch(Schema):
    whose: Literal["mine", "free", "all"] = "mine"
    status: str = Field("", max_length=24)
    q: str = Field(
        "", max_length=200, description="The order's number, the client's address, words of their name."
    )
    late: bool = False


class QueuedOut(Schema):
    id: UUID
    code: str
    status: str
    level: str
    service: str
    duration: int = Field(validation_alias="duration_minutes")
    customer_name: str = Field(description="Empty while the order is another expert's to begin.")
    claimed: bool
    revision_count: int
    revision_limit: int
    due_on: date | None
    late: bool = Field(validation_alias="is_late")
    created_at: datetime
    status_at: datetime

    @staticmethod
    def resolve_claimed(order: Order) -> bool:
        return order.claimed_by_id is not None

    @staticmethod
    def resolve_customer_name(order: Order, context: dict[str, Any]) -> str:
        expert = getattr(context["request"], "_expert", None)
        return order.customer_name if expert and order.worked_by.pk == expert.pk else ""


class WaitingOut(QueuedOut):
    revision: RevisionOut = Field(
        validation_alias="current", description="The content that waits, with its text."
    )


class AnswerOut(Schema):
    name: str
    question: str = Field(validation_alias="label")
    answer: str


class DeskOrderOut(QueuedOut):
    amount: int = Field(validation_alias="amount_minor")
    currency: str
    customer_email: str
    customer_phone: str
    intake_complete: bool
    intake: list[AnswerOut]
    revision: RevisionOut | None = Field(validation_alias="current")
    attachments: list[AttachmentOut]
    unread_messages: int
    accepted_at: datetime | None
    rating: int | None

    @staticmethod
    def resolve_intake_complete(order: Order) -> bool:
        return order.intake.completed_at is not None

    @staticmethod
    def resolve_intake(order: Order) -> list[Answered]:
        return intake.questions(order, order.intake)

    @staticmethod
    def resolve_attachments(order: Order) -> list[dict[str, Any]]:
        return attachments_out(order)

    @staticmethod
    def resolve_unread_messages(order: Order) -> int:
        return order.messages.filter(from_client=True, read_at=None).count()


class ProcessIn(Schema):
    order_id: UUID
    expert_prompt: str
    expert_instructions: str = ""


class ProcessOut(Schema):
    order_id: UUID
    status: str
    revision: int


class ValidateIn(Schema):
    order_id: UUID
    action: str = Field(description="approve, reject, or revise: reject and ask anew in one step.")
    validation_notes: str = ""
    rejection_reason: str = ""
    content: str = Field("", description="With approve: an edited text to deliver instead.")
    expert_prompt: str = Field("", description="With revise.")
    expert_instructions: str = ""


class ValidatedOut(Schema):
    order_id: UUID = Field(validation_alias="id")
    status: str
    revision_count: int
    revisions_left: int


class ContentIn(Schema):
    content: str


class PieceOut(Schema):
    kind: str = Field(description="same, removed or added.")
    text: str


class LineOut(Schema):
    kind: str
    pieces: list[PieceOut]


class DifferenceOut(Schema):
    before: int
    after: int
    lines: list[LineOut]


class Between(Schema):
    before: int = Field(ge=1, le=10_000)
    after: int = Field(ge=1, le=10_000)


class AttachIn(Schema):
    key: str = Field(description="Of an own upload of kind attachment.")


def admitted(request: HttpRequest) -> Expert:
    """Whoever works here, asked anew at each request. Raises `NotAnExpert` or `ExpertDeactivated`."""
    expert = experts.admit(request.user)
    request._expert = expert  # type: ignore[attr-defined]
    return expert


# ── Who I am ────────────────────────────────────────────────────────────────────────────────────────────


@router.get("/expert/me", response=ExpertEnvelope, summary="My account as an expert")
def get_expert(request: HttpRequest) -> dict[str, Expert]:
    return {"expert": admitted(request)}


@router.put("/expert/me/portrait", response=ExpertEnvelope, summary="Show my portrait")
def set_portrait(request: HttpRequest, shown: PortraitIn) -> dict[str, Expert]:
    expert = admitted(request)
    experts.show_portrait(expert, key=shown.portrait_key, by=expert.user)
    return {"expert": expert}


# ── The queue ───────────────────────────────────────────────────────────────────────────────────────────


@router.get("/expert/orders", response=Page[QueuedOut], summary="The queue")
def list_desk_orders(
    request: HttpRequest, search: Query[QueueSearch], paging: Query[Paging]
) -> dict[str, Any]:
    """The most pressing first. Without a status: all that is paid and not delivered."""
    rows = queries.queue(admitted(request), queries.QueueFilters(**search.dict()))
    return paginate(rows, paging)


@router.get("/expert/orders/validation-queue", response=Page[WaitingOut], summary="What waits for my word")
def list_validation_queue(request: HttpRequest, paging: Query[Paging]) -> dict[str, Any]:
    """The oldest order first, each with the content to validate."""
    return paginate(queries.validation_queue(admitted(request)), paging)


@router.get(
    "/expert/orders/{order_id}", response=DeskOrderOut, summary="One order, with all that is known of it"
)
def get_desk_order(request: HttpRequest, order_id: UUID) -> Order:
    return queries.desk_order(admitted(request), order_id)


@router.post("/expert/orders/{order_id}/claim", response=QueuedOut, summary="Take an order in hand")
def claim_order(request: HttpRequest, order_id: UUID) -> Order:
    """Of two who ask at once, one has it; the other is told who."""
    return assignments.claim(admitted(request), order_id)


@router.post("/expert/orders/{order_id}/release", response=QueuedOut, summary="Let go of an order")
def release_order(request: HttpRequest, order_id: UUID) -> Order:
    return assignments.release(admitted(request), order_id)


# ── The work ────────────────────────────────────────────────────────────────────────────────────────────


@router.post("/expert/process-order", response=ProcessOut, summary="Send an order to the assistant")
def process_order(request: HttpRequest, asked: ProcessIn) -> dict[str, Any]:
    """The order is `processing` from here on, and claimed by whoever asks. The answer arrives by itself."""
    revision = assignments.process(
        admitted(request), asked.order_id, prompt=asked.expert_prompt, instructions=asked.expert_instructions
    )
    return {"order_id": asked.order_id, "status": revision.order.status, "revision": revision.number}


@router.post("/expert/validate-content", response=ValidatedOut, summary="Approve a content, or send it back")
def validate_content(request: HttpRequest, said: ValidateIn) -> Order:
    decision = validation.Decision(
        action=said.action,
        notes=said.validation_notes,
        reason=said.rejection_reason,
        content=said.content,
        prompt=said.expert_prompt,
        instructions=said.expert_instructions,
    )
    return validation.validate(admitted(request), said.order_id, decision)


@router.get("/expert/orders/{order_id}/revisions", response=Page[RevisionOut], summary="Every revision")
def list_revisions(request: HttpRequest, order_id: UUID, paging: Query[Paging]) -> dict[str, Any]:
    """The newest first. None is ever changed."""
    order = queries.desk_order(admitted(request), order_id)
    return paginate(order.revisions.order_by("-number"), paging)


@router.post(
    "/expert/orders/{order_id}/revisions", response={201: RevisionOut}, summary="Write a content by hand"
)
def write_revision(request: HttpRequest, order_id: UUID, written: ContentIn) -> Status[Revision]:
    """An edited text, or one without the assistant; it waits for validation as any other."""
    return Status(201, validation.write(admitted(request), order_id, content=written.content))


@router.get("/expert/orders/{order_id}/difference", response=DifferenceOut, summary="Compare two revisions")
def compare_revisions(request: HttpRequest, order_id: UUID, between: Query[Between]) -> dict[str, Any]:
    order = queries.desk_order(admitted(request), order_id)
    before, after = (
        order_revisions.numbered(order, between.before),
        order_revisions.numbered(order, between.after),
    )
    lines = diff.difference(before.content, after.content)
    return {"before": before.number, "after": after.number, "lines": lines}


@router.post("/expert/orders/{order_id}/attachments", response={201: AttachmentOut}, summary="Add a file")
def add_attachment(request: HttpRequest, order_id: UUID, added: AttachIn) -> Status[dict[str, Any]]:
    """Name it in the content as `![…](attachment:ID)`, or leave it beside the text. It is delivered with it."""
    attachment: Attachment = content.attach(admitted(request), order_id, key=added.key)
    return Status(201, AttachmentOut.of(attachment))


# ── Messages ────────────────────────────────────────────────────────────────────────────────────────────


@router.get("/expert/orders/{order_id}/messages", response=Page[MessageOut], summary="What was written")
def list_desk_messages(request: HttpRequest, order_id: UUID, paging: Query[Paging]) -> dict[str, Any]:
    """The oldest first. What the client wrote counts as read from here on."""
    order = queries.desk_order(admitted(request), order_id)
    return paginate(order_messages.read(order, by_client=False), paging)


@router.post("/expert/orders/{order_id}/messages", response={201: MessageOut}, summary="Write to the client")
def write_to_client(request: HttpRequest, order_id: UUID, written: MessageIn) -> Status[Message]:
    return Status(201, order_messages.from_expert(admitted(request), order_id, body=written.body))
