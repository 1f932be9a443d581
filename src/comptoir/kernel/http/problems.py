"""Errors as RFC 9457 has them: every refusal of the API is one `application/problem+json` of the same shape."""

import json
from collections.abc import Mapping, Sequence
from typing import Any, ClassVar

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from comptoir.kernel.errors import FieldError, Forbidden, NotFound, Refusal
from comptoir.kernel.http.schema import Schema

MEDIA_TYPE = "application/problem+json"

TITLES: dict[int, str | Promise] = {
    400: _("The request cannot be read"),
    401: _("Please sign in"),
    403: _("Not allowed"),
    404: _("Not found"),
    405: _("Not possible here"),
    409: _("Not possible now"),
    413: _("Too large"),
    415: _("Wrong kind of content"),
    422: _("Some fields need your attention"),
    429: _("Too many requests"),
    500: _("Something went wrong"),
    502: _("A service we depend on failed"),
    503: _("Out of service for a moment"),
}


class ProblemField(Schema):
    """One field to mend: its name in the API and how."""

    field: str
    message: str


class Problem(Schema):
    """What went wrong, for a program (`code`) and for a person (`detail`)."""

    type: str
    title: str
    status: int
    detail: str
    code: str
    errors: list[ProblemField]


class BadRequest(Refusal):
    code = "bad_request"
    status = 400
    message = _("This request cannot be understood. Check it against the API’s reference.")


class MalformedJson(BadRequest):
    code = "malformed_json"
    message = _("The body is not valid JSON. Check its quotes, commas and brackets.")


class Unauthenticated(Refusal):
    code = "unauthenticated"
    status = 401
    message = _("Sign in, or send a token in the header “Authorization: Bearer …”.")
    headers: ClassVar[Mapping[str, str]] = {"WWW-Authenticate": 'Bearer realm="api"'}


class InvalidToken(Unauthenticated):
    code = "invalid_token"
    message = _("This token is unknown, expired or revoked. Make a new one in your account.")
    headers = {"WWW-Authenticate": 'Bearer realm="api", error="invalid_token"'}


class CsrfFailed(Forbidden):
    code = "csrf_failed"
    message = _("The page is too old or comes from elsewhere. Reload it and try again.")


class MethodNotAllowed(Refusal):
    code = "method_not_allowed"
    status = 405
    message = _("This address does not answer to that method. The header Allow names those it answers to.")


class TooLarge(Refusal):
    code = "too_large"
    status = 413
    message = _("The body is too large. Upload files by POST /api/uploads instead.")


class UnsupportedMediaType(Refusal):
    code = "unsupported_media_type"
    status = 415
    message = _("Send the body as JSON, with the header “Content-Type: application/json”.")


class TooManyRequests(Refusal):
    code = "too_many_requests"
    status = 429
    message = _("Too many requests. Try again in %(seconds)s s.")


class InternalError(Refusal):
    code = "internal_error"
    status = 500
    message = _("Something went wrong on our side, and we have been told. Try again in a few minutes.")


class Unavailable(Refusal):
    code = "unavailable"
    status = 503
    message = _("We are out of service for a moment. Try again shortly.")


BY_STATUS: dict[int, type[Refusal]] = {
    kind.status: kind
    for kind in (
        BadRequest, Unauthenticated, Forbidden, NotFound, MethodNotAllowed, TooLarge,
        UnsupportedMediaType, InternalError, Unavailable,
    )
}  # fmt: skip


def refused(refusal: Refusal, *, request: HttpRequest) -> HttpResponse:
    """The answer to a refusal, in the active language."""
    response = problem(
        refusal.code, status=refusal.status, detail=str(refusal), errors=refusal.errors,
        extra=_request_id(request) if refusal.status >= 500 else None,
    )  # fmt: skip
    for name, value in getattr(refusal, "headers", {}).items():
        response[name] = value
    return response


def problem(
    code: str,
    *,
    status: int,
    detail: str,
    errors: Sequence[FieldError] = (),
    extra: Mapping[str, Any] | None = None,
) -> HttpResponse:
    body = {
        "type": type_url(code),
        "title": str(TITLES.get(status, TITLES[400 if status < 500 else 500])),
        "status": status,
        "detail": detail,
        "code": code,
        "errors": [{"field": error.field, "message": str(error.message)} for error in errors],
        **(extra or {}),
    }
    response = HttpResponse(
        json.dumps(body, ensure_ascii=False), status=status, content_type=f"{MEDIA_TYPE}; charset=utf-8"
    )
    response["Cache-Control"] = "no-store"
    return response


def type_url(code: str) -> str:
    """The page that explains this kind of problem."""
    return f"{settings.SITE_URL}/api/docs#problem-{code}"


def _request_id(request: HttpRequest) -> dict[str, str]:
    identifier = getattr(request, "request_id", None)
    return {"requestId": identifier} if identifier else {}
