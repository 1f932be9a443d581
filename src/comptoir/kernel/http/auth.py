"""Who is asking: a bearer token, or the browser's session with its CSRF token."""

from typing import TYPE_CHECKING, Any

from django.contrib.auth.models import AnonymousUser
from django.http import HttpRequest
from django.utils import translation
from ninja.security.base import AuthBase
from ninja.utils import check_csrf

from comptoir.kernel.accounts.roles import Role, has_role
from comptoir.kernel.accounts.tokens import authenticate
from comptoir.kernel.errors import Forbidden
from comptoir.kernel.http.problems import CsrfFailed, InvalidToken, Unauthenticated

if TYPE_CHECKING:
    from comptoir.kernel.accounts.models import User

_SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS", "TRACE"})


class OptionalAuth(AuthBase):
    """Anyone may ask; who signs in is known. A token that is wrong is refused rather than ignored."""

    openapi_type = "http"
    openapi_scheme = "bearer"

    def __call__(self, request: HttpRequest) -> "User | AnonymousUser":
        header = request.headers.get("Authorization")
        user = self._by_token(request, header=header) if header else self._by_session(request)
        request.user = user
        return user

    def _by_token(self, request: HttpRequest, *, header: str) -> "User":
        scheme, _, token = header.partition(" ")
        user = authenticate(token.strip()) if scheme.lower() == "bearer" else None
        if user is None:
            raise InvalidToken
        # A program has no page whose language it should keep: what it asks for, else what its owner reads.
        if not request.headers.get("Accept-Language"):
            translation.activate(user.locale)
        return user

    def _by_session(self, request: HttpRequest) -> Any:
        user = request.user
        if user.is_authenticated and request.method not in _SAFE_METHODS and check_csrf(request):
            raise CsrfFailed
        return user


class SessionOrToken(OptionalAuth):
    """Only for those who are signed in. The default of the API."""

    def __call__(self, request: HttpRequest) -> "User | AnonymousUser":
        user = super().__call__(request)
        if not user.is_authenticated:
            raise Unauthenticated
        return user


def viewer_of(request: HttpRequest) -> "User | None":
    """The person who is asking, or None for somebody who is not signed in."""
    return request.user if request.user.is_authenticated else None


def user_of(request: HttpRequest) -> "User":
    """The person who is asking, on a route that only lets in those who are signed in."""
    assert request.user.is_authenticated, "this route is behind the sign-in"
    return request.user


def require_operator(request: HttpRequest) -> "User":
    """The operator who is asking. Raises `Forbidden` for anybody else."""
    if not has_role(request.user, Role.OPERATOR):
        raise Forbidden
    return request.user  # type: ignore[return-value]
