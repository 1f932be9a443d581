"""Prepared words for the assistant, over the API."""

from typing import Any
from uuid import UUID

from django.http import HttpRequest
from ninja import Query, Status

from comptoir.bespoke import queries
from comptoir.bespoke.desk import prompts
from comptoir.bespoke.desk.api import admitted
from comptoir.bespoke.models import PromptTemplate
from comptoir.kernel.http.paging import Page, Paging, paginate
from comptoir.kernel.http.schema import Router, Schema

router = Router(tags=["Expert desk"])


class TemplateIn(Schema):
    title: str
    prompt: str
    instructions: str = ""


class TemplateOut(TemplateIn):
    id: UUID
    mine: bool

    @staticmethod
    def resolve_mine(template: PromptTemplate) -> bool:
        return template.expert_id is not None


@router.get("/expert/templates", response=Page[TemplateOut], summary="Prepared prompts")
def list_templates(request: HttpRequest, paging: Query[Paging]) -> dict[str, Any]:
    """One's own, and those of the house."""
    return paginate(queries.templates(admitted(request)), paging)


@router.post("/expert/templates", response={201: TemplateOut}, summary="Prepare a prompt")
def create_template(request: HttpRequest, words: TemplateIn) -> Status[PromptTemplate]:
    return Status(201, prompts.save(admitted(request), **words.dict()))


@router.put("/expert/templates/{template_id}", response=TemplateOut, summary="Change one of mine")
def change_template(request: HttpRequest, template_id: UUID, words: TemplateIn) -> PromptTemplate:
    return prompts.save(admitted(request), template_id=template_id, **words.dict())


@router.delete("/expert/templates/{template_id}", response={204: None}, summary="Delete one of mine")
def delete_template(request: HttpRequest, template_id: UUID) -> Status[None]:
    prompts.delete(admitted(request), template_id)
    return Status(204, None)
