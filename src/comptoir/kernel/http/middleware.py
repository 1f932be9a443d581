"""What happens to every answer below /api, whoever gave it: errors become problems, and caches keep nothing private."""

from collections.abc import Callable
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.utils.cache import patch_vary_headers

from comptoir.kernel.errors import Refusal
from comptoir.kernel.http.problems import BY_STATUS, MEDIA_TYPE, BadRequest, InternalError, refused

Answer = Callable[[HttpRequest], HttpResponseBase]


class ApiMiddleware:
    """Stands outside the others, so that what they answer (a bad host, a body too large) is a problem too."""

    def __init__(self, get_response: Answer) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        response = self.get_response(request)
        if not request.path.startswith("/api/"):
            return response
        if response.status_code >= 400 and not _is_problem(response):
            response = _as_problem(request, response)
        if _is_private(request):
            response.setdefault("Cache-Control", "no-store")
        patch_vary_headers(response, ["Authorization", "Cookie"])
        return response

    def process_exception(self, request: HttpRequest, error: Exception) -> HttpResponse | None:
        """What a plain view below /api refuses."""
        if isinstance(error, Refusal) and request.path.startswith("/api/"):
            return refused(error, request=request)
        return None


def _is_problem(response: HttpResponseBase) -> bool:
    return response.get("Content-Type", "").startswith(MEDIA_TYPE)


def _as_problem(request: HttpRequest, response: HttpResponseBase) -> HttpResponse:
    fallback = InternalError if response.status_code >= 500 else BadRequest
    answer = refused(BY_STATUS.get(response.status_code, fallback)(), request=request)
    for name, value in response.items():
        if not name.startswith("Content-") or name == "Content-Language":
            answer.setdefault(name, value)
    answer["Content-Length"] = str(len(answer.content))
    answer.cookies = response.cookies
    return answer


def _is_private(request: HttpRequest) -> bool:
    user: Any = getattr(request, "auth", None)
    return "Authorization" in request.headers or bool(user is not None and user.is_authenticated)
