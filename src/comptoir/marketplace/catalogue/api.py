"""The catalogue over the API: what is for sale, and one of it."""

from typing import Any
from uuid import UUID

from django.http import HttpRequest
from ninja import Query
from pydantic import Field

from comptoir.kernel.http.auth import OptionalAuth, viewer_of
from comptoir.kernel.http.paging import Page, Paging, paginate
from comptoir.kernel.http.schema import Router, Schema
from comptoir.marketplace import queries
from comptoir.marketplace.api_shapes import AutomationOut, ProductOut
from comptoir.marketplace.models import Automation

router = Router()


class Search(Schema):
    category: str = ""
    platform: str = ""
    q: str = Field("", max_length=200)


@router.get("/automations", response=Page[AutomationOut], auth=OptionalAuth(), summary="Browse the catalogue")
def list_automations(request: HttpRequest, search: Query[Search], paging: Query[Paging]) -> dict[str, Any]:
    """What is for sale, the newest first. Filters add up; `q` looks for each of its words."""
    return paginate(queries.catalogue(queries.Filters(**search.dict())), paging)


@router.get("/automations/{automation_id}", response=ProductOut, auth=OptionalAuth(), summary="Look at one")
def get_automation(request: HttpRequest, automation_id: UUID) -> Automation:
    return ProductOut.of(queries.product(automation_id, viewer_of(request)))
