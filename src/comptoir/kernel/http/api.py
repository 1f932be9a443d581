"""The API itself: django-ninja with our parser, our answers to errors, and our OpenAPI document."""

from typing import Any

from django.core.exceptions import PermissionDenied, RequestDataTooBig, SuspiciousOperation
from django.http import Http404, HttpRequest, HttpResponse
from django.http.request import UnreadablePostError
from ninja import NinjaAPI
from ninja.errors import AuthenticationError, HttpError, Throttled, ValidationError
from ninja.openapi.schema import OpenAPISchema

from comptoir.kernel.errors import Forbidden, Invalid, NotFound, Refusal
from comptoir.kernel.http.auth import SessionOrToken
from comptoir.kernel.http.json_codec import Renderer, StrictParser
from comptoir.kernel.http.openapi import complete
from comptoir.kernel.http.problems import (
    BY_STATUS,
    BadRequest,
    TooLarge,
    TooManyRequests,
    Unauthenticated,
    refused,
)
from comptoir.kernel.http.reference import Reference
from comptoir.kernel.http.throttles import default_throttles
from comptoir.kernel.http.validation import field_errors


class Api(NinjaAPI):
    """Signed-in callers by default, throttled, camelCase, and every error a problem."""

    def __init__(self, **about: Any) -> None:
        super().__init__(
            auth=SessionOrToken(),
            throttle=default_throttles(),
            parser=StrictParser(),
            renderer=Renderer(),
            urls_namespace="api",
            docs=Reference(),
            **about,
        )

    def set_default_exception_handlers(self) -> None:
        """Everything that is not named here goes up to Django, which logs it, and becomes a 500 on the way out."""
        for kind, refusal in {
            AuthenticationError: Unauthenticated,
            Http404: NotFound,
            PermissionDenied: Forbidden,
            RequestDataTooBig: TooLarge,
            SuspiciousOperation: BadRequest,
            UnreadablePostError: BadRequest,
        }.items():
            self.add_exception_handler(kind, _answer_with(refusal))
        self.add_exception_handler(Refusal, _answer_refusal)
        self.add_exception_handler(ValidationError, _answer_invalid)
        self.add_exception_handler(Throttled, _answer_throttled)
        self.add_exception_handler(HttpError, _answer_http_error)

    def get_openapi_schema(self, **where: Any) -> OpenAPISchema:
        return complete(super().get_openapi_schema(**where))

    def get_openapi_operation_id(self, operation: Any) -> str:
        """The function's name: unique across the API, and what a generated client calls the method."""
        return operation.view_func.__name__


def _answer_with(refusal: type[Refusal]) -> Any:
    return lambda request, _error: refused(refusal(), request=request)


def _answer_refusal(request: HttpRequest, refusal: Any) -> HttpResponse:
    return refused(refusal, request=request)


def _answer_invalid(request: HttpRequest, error: Any) -> HttpResponse:
    return refused(Invalid(errors=field_errors(error.errors)), request=request)


def _answer_throttled(request: HttpRequest, error: Any) -> HttpResponse:
    return refused(TooManyRequests(seconds=error.wait), request=request)


def _answer_http_error(request: HttpRequest, error: Any) -> HttpResponse:
    # What our parser raises arrives as the cause of the library's own error.
    if isinstance(error.__cause__, Refusal):
        return refused(error.__cause__, request=request)
    return refused(BY_STATUS.get(error.status_code, BadRequest)(), request=request)
