"""Access to the desk's pages, checked anew at each request: whoever is deactivated is out at once."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import wraps
from typing import Any, Concatenate, ParamSpec

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache

from comptoir.bespoke.models import Expert
from comptoir.bespoke.orders import experts
from comptoir.bespoke.refusals import ExpertDeactivated, NotAnExpert
from comptoir.kernel.accounts.models import User
from comptoir.kernel.accounts.roles import Role, forget_role, has_role, is_remembered, remember_roles
from comptoir.kernel.errors import Forbidden, Refusal
from comptoir.ui.refused_pages import refused_page

P = ParamSpec("P")
QUEUE_PATH = "/desk"


@dataclass(frozen=True)
class DeskAccess:
    """Who is asking: an expert, an operator, or both in one."""

    user: User
    expert: Expert | None
    is_operator: bool

    @property
    def required_expert(self) -> Expert:
        """The expert, where only one can do what is asked. Raises `NotAnExpert`."""
        if self.expert is None:
            raise NotAnExpert
        return self.expert


def is_offered(request: HttpRequest) -> bool:
    """Whether menus lead here, by what the session knows already."""
    user: Any = request.user
    return user.is_staff or is_remembered(request, experts.EXPERT)


def desk_view(
    view: Callable[Concatenate[HttpRequest, DeskAccess, P], HttpResponseBase],
) -> Callable[Concatenate[HttpRequest, P], HttpResponseBase]:
    """A page of experts and operators. What its story refuses is said on a page that leads back to the queue."""

    @login_required
    @never_cache
    @wraps(view)
    def wrapper(request: HttpRequest, *args: P.args, **kwargs: P.kwargs) -> HttpResponseBase:
        try:
            who = _authorize(request)
        except Refusal as refusal:
            forget_role(request, experts.EXPERT)
            return refused_page(request, refusal)
        try:
            return view(request, who, *args, **kwargs)
        except Refusal as refusal:
            return refused_page(request, refusal, href=QUEUE_PATH, action=_("To the queue"))

    return wrapper


def operator_view(
    view: Callable[Concatenate[HttpRequest, DeskAccess, P], HttpResponseBase],
) -> Callable[Concatenate[HttpRequest, P], HttpResponseBase]:
    """A page of those who run the house."""

    @desk_view
    @wraps(view)
    def wrapper(request: HttpRequest, who: DeskAccess, *args: P.args, **kwargs: P.kwargs) -> HttpResponseBase:
        if not who.is_operator:
            raise Forbidden
        return view(request, who, *args, **kwargs)

    return wrapper


def _authorize(request: HttpRequest) -> DeskAccess:
    """Raises `NotAnExpert` or `ExpertDeactivated` for whoever is neither expert nor operator."""
    user: Any = request.user
    is_operator = has_role(user, Role.OPERATOR)
    try:
        expert: Expert | None = experts.admit(user)
    except (NotAnExpert, ExpertDeactivated):
        if not is_operator:
            raise
        expert = None
    if expert is not None and not is_remembered(request, experts.EXPERT):
        remember_roles(request, user)
    return DeskAccess(user, expert, is_operator)
