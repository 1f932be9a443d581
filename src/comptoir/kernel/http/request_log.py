"""One line of log for each request, under an identifier that also stands in the answer and in every other line.

What a line never holds: bodies, query strings, and the parts of a path that open a door (a key to confirm an
address, a portal's token). The route stands for the path.
"""

import re
import uuid
from typing import Any

import structlog
from django.http import HttpRequest, HttpResponse
from django_structlog.middlewares import RequestMiddleware

_ACCEPTABLE_ID = re.compile(r"[A-Za-z0-9._-]{8,64}")


def request_id(given: str) -> str:
    """The identifier that a proxy has given, where it looks like one, or a new one."""
    return given if _ACCEPTABLE_ID.fullmatch(given) else str(uuid.uuid4())


def format_route(method: str, route: str) -> str:
    """What a line of the log says was asked for."""
    return f"{method} /{route}"


class RequestLog(RequestMiddleware):
    def prepare(self, request: HttpRequest) -> None:
        """A proxy's identifier is kept, so that its log and ours can be read together."""
        request.request_id = request_id(request.headers.get("X-Request-ID", ""))  # type: ignore[attr-defined]
        structlog.contextvars.clear_contextvars()
        structlog.contextvars.bind_contextvars(request_id=request.request_id)  # type: ignore[attr-defined]

    def handle_response(self, request: HttpRequest, response: HttpResponse) -> None:
        response["X-Request-ID"] = request.request_id  # type: ignore[attr-defined]
        super().handle_response(request, response)

    @staticmethod
    def format_request(request: HttpRequest) -> str:
        match = request.resolver_match
        return format_route(request.method or "", match.route) if match else f"{request.method} (no route)"

    @staticmethod
    def bind_user_id(request: HttpRequest) -> None:
        """Who it was, if the request cared to know: asking now would cost two queries, and a `Vary: Cookie`."""
        user: Any = getattr(request, "auth", None) or getattr(request, "_cached_user", None)
        if user is not None and user.is_authenticated:
            structlog.contextvars.bind_contextvars(user_id=user.pk)
