"""What S3 does by itself, for files on the local disk: taking uploads, honouring links, public pictures."""

import mimetypes
from collections.abc import Callable
from functools import wraps
from typing import Concatenate, ParamSpec

from django.conf import settings
from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST, require_safe

from comptoir.kernel.errors import Refusal
from comptoir.kernel.files.ranges import answer_range
from comptoir.kernel.files.receiving import discard_rest, receive_upload
from comptoir.kernel.files.storage import storage
from comptoir.kernel.files.storage_local import LocalStorage
from comptoir.kernel.http.problems import refused

IMMUTABLE = "public, max-age=31536000, immutable"
P = ParamSpec("P")


def answer_refusals(
    view: Callable[Concatenate[HttpRequest, P], HttpResponseBase],
) -> Callable[Concatenate[HttpRequest, P], HttpResponseBase]:
    @wraps(view)
    def answered(request: HttpRequest, *args: P.args, **kwargs: P.kwargs) -> HttpResponseBase:
        try:
            return view(request, *args, **kwargs)
        except Refusal as refusal:
            return refused(refusal, request=request)

    return answered


@csrf_exempt  # The signature among the form's fields is the permission; no cookie is looked at.
@require_POST
@answer_refusals
def upload(request: HttpRequest) -> HttpResponse:
    """The form of `presign_upload`, answered like S3: 204 once the file is on disk."""
    try:
        receive_upload(request, store=_local_storage())
    except Refusal:
        # A browser that is still sending when the answer comes takes it for a broken connection.
        discard_rest(request)
        raise
    return HttpResponse(status=204)


@require_safe
def download(request: HttpRequest, *, token: str) -> HttpResponseBase:
    """A private file, to whoever holds a link that has not expired."""
    try:
        linked = _local_storage().linked_file(token)
    except Refusal as refusal:
        return _refused_link(request, refusal)
    response = FileResponse(
        linked.path.open("rb"), as_attachment=True, filename=linked.filename, content_type=linked.content_type
    )
    answer_range(response, request.headers.get("Range", ""), size=linked.path.stat().st_size)
    response["Cache-Control"] = "private, no-store"
    response["X-Content-Type-Options"] = "nosniff"
    return response


@require_safe
@answer_refusals
def media(_request: HttpRequest, *, key: str) -> FileResponse:
    """A public variant. Its bytes never change, so that a browser asks once."""
    path = _local_storage().public_file(key)
    content_type, _encoding = mimetypes.guess_type(path.name)
    response = FileResponse(path.open("rb"), content_type=content_type or "application/octet-stream")
    response["Cache-Control"] = IMMUTABLE
    response["X-Content-Type-Options"] = "nosniff"
    return response


def _refused_link(request: HttpRequest, refusal: Refusal) -> HttpResponse:
    """A page for somebody who opens an old link; a problem for a program."""
    if request.get_preferred_type(["application/problem+json", "text/html"]) != "text/html":
        return refused(refusal, request=request)
    shown = {"refusal": str(refusal), "home": settings.LOGIN_REDIRECT_URL}
    return render(request, "files/refused_link.html", shown, status=refusal.status)


def _local_storage() -> LocalStorage:
    place = storage()
    if not isinstance(place, LocalStorage):
        raise Http404("files are in a bucket")
    return place
