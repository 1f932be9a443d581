"""What operators do over the API: the grid, the experts, the contents of the levels, and the figures."""

from typing import Any
from uuid import UUID

from django.http import HttpRequest
from django.shortcuts import get_object_or_404
from ninja import Status
from pydantic import Field

from comptoir.bespoke.models import Expert, LevelContent, Offer
from comptoir.bespoke.operations import level_contents, metrics, offers
from comptoir.bespoke.ordering.api import OfferOut, QuestionOut
from comptoir.bespoke.orders import experts
from comptoir.kernel.accounts.models import User
from comptoir.kernel.errors import FieldError, Invalid
from comptoir.kernel.http.auth import require_operator
from comptoir.kernel.http.schema import Router, Schema

router = Router(tags=["Bespoke orders: operators"])


class OfferIn(Schema):
    price: int = Field(description="In minor units of the currency.", ge=-(2**53), le=2**53)
    currency: str = "EUR"
    duration: int = Field(60, description="Minutes.", ge=-(2**31), le=2**31)
    delivery_days: int = Field(7, ge=-(2**31), le=2**31)
    included: list[str] = []
    revision_limit: int = Field(2, ge=-(2**31), le=2**31)
    intake_form: list[QuestionOut] = []
    is_active: bool = True


class AppointIn(Schema):
    email: str = Field(description="Of an account that is there.")
    name: str
    about: str = ""
    specialties: list[str] = []
    weekly_capacity: int = Field(5, ge=-(2**31), le=2**31)


class AppointedOut(Schema):
    id: UUID
    name: str
    email: str
    is_active: bool

    @staticmethod
    def resolve_email(expert: Expert) -> str:
        return expert.user.email


class ActiveIn(Schema):
    is_active: bool


class LevelContentIn(Schema):
    level: str
    title: str
    summary: str
    body: str = Field(description="Markdown.")
    is_published: bool = True


class LevelContentOut(LevelContentIn):
    id: UUID


class PaceOut(Schema):
    status: str
    count: int
    oldest_seconds: int
    left: int
    mean_seconds: int


class LoadOut(Schema):
    expert_id: UUID
    name: str
    in_hand: int
    weekly_capacity: int

    @staticmethod
    def resolve_expert_id(load: metrics.Load) -> UUID:
        return load.expert.pk

    @staticmethod
    def resolve_name(load: metrics.Load) -> str:
        return load.expert.name

    @staticmethod
    def resolve_weekly_capacity(load: metrics.Load) -> int:
        return load.expert.weekly_capacity


class WritingOut(Schema):
    asked: int
    answered: int
    failed: int
    approved: int
    rejected: int
    mean_answer_seconds: int


class FiguresOut(Schema):
    statuses: list[PaceOut] = Field(validation_alias="paces")
    experts: list[LoadOut] = Field(validation_alias="loads")
    contents: WritingOut = Field(validation_alias="writing")
    overdue: int


@router.put("/admin/offers/{level}/{service}", response=OfferOut, summary="Set a cell of the grid")
def set_offer(request: HttpRequest, level: str, service: str, wanted: OfferIn) -> Offer:
    """Orders that were placed keep what the offer said then."""
    return offers.set_offer(require_operator(request), level=level, service=service, **wanted.dict())


@router.post("/admin/experts", response=AppointedOut, summary="Make somebody an expert")
def appoint_expert(request: HttpRequest, wanted: AppointIn) -> Expert:
    operator = require_operator(request)
    user = User.objects.filter(email=wanted.email.strip().lower()).first()
    if user is None:
        raise Invalid(errors=[FieldError("email", experts.NO_SUCH_ACCOUNT)])
    return experts.appoint(user, by=operator, **wanted.dict(exclude={"email"}))


@router.patch("/admin/experts/{expert_id}", response=AppointedOut, summary="Let an expert go, or back in")
def set_expert_active(request: HttpRequest, expert_id: UUID, wanted: ActiveIn) -> Expert:
    """Whoever is let go is refused from the next request on, token in hand; what they had is free to be claimed."""
    operator = require_operator(request)
    expert = get_object_or_404(Expert.objects.select_related("user"), pk=expert_id)
    (experts.reactivate if wanted.is_active else experts.deactivate)(expert, by=operator)
    return expert


@router.post("/admin/level-contents", response={201: LevelContentOut}, summary="Add a content to a level")
def add_level_content(request: HttpRequest, wanted: LevelContentIn) -> Status[LevelContent]:
    return Status(201, level_contents.save(require_operator(request), **wanted.dict()))


@router.put("/admin/level-contents/{content_id}", response=LevelContentOut, summary="Change it")
def change_level_content(request: HttpRequest, content_id: UUID, wanted: LevelContentIn) -> LevelContent:
    return level_contents.save(require_operator(request), content_id=content_id, **wanted.dict())


@router.get("/admin/bespoke/metrics", response=FiguresOut, summary="How the work goes")
def get_figures(request: HttpRequest) -> Any:
    require_operator(request)
    return metrics.figures()
