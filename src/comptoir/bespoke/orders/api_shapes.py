"""Shapes that the desk and the sanctuary share."""

from datetime import datetime
from typing import Any
from uuid import UUID

from comptoir.bespoke.models import Attachment, Order
from comptoir.bespoke.orders import content
from comptoir.kernel.http.schema import Schema


class RevisionOut(Schema):
    number: int
    author: str
    state: str
    content: str
    expert_prompt: str
    expert_instructions: str
    validation_notes: str
    rejection_reason: str
    failure: str
    requested_at: datetime
    sent_at: datetime | None
    answered_at: datetime | None
    decided_at: datetime | None

    @staticmethod
    def resolve_expert_prompt(revision: Any) -> str:
        return revision.prompt

    @staticmethod
    def resolve_expert_instructions(revision: Any) -> str:
        return revision.instructions

    @staticmethod
    def resolve_validation_notes(revision: Any) -> str:
        return revision.notes

    @staticmethod
    def resolve_rejection_reason(revision: Any) -> str:
        return revision.reason


class MessageOut(Schema):
    id: UUID
    from_client: bool
    author_name: str
    body: str
    created_at: datetime
    read_at: datetime | None

    @staticmethod
    def resolve_author_name(message: Any) -> str:
        return str(message.author)


class MessageIn(Schema):
    body: str


class AttachmentOut(Schema):
    """`url` works for five minutes."""

    id: UUID
    filename: str
    content_type: str
    size: int
    url: str

    @staticmethod
    def of(attachment: Attachment) -> dict[str, Any]:
        stored = attachment.file
        return {
            "id": attachment.pk,
            "filename": stored.filename,
            "content_type": stored.content_type,
            "size": stored.size,
            "url": content.address(attachment),
        }


def attachments_out(order: Order) -> list[dict[str, Any]]:
    return [AttachmentOut.of(attachment) for attachment in content.attachments_of(order)]
