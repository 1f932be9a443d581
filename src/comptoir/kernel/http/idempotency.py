"""`Idempotency-Key`: a POST that is sent again gets the answer of the first, and nothing is done twice.

    @router.post("/payments", response={201: PaymentOut})
    @idempotent
    def start_payment(request, wanted: PaymentIn): ...

The header is the caller's choice. An answer is kept for a day, unless it is a 5xx: that one tells nothing of
what was done, so the next try runs. A row whose run was killed is free again after a lease; what is behind
the route is idempotent by its own business object as well, so running once more is safe.
"""

import hashlib
import json
from collections.abc import Callable
from datetime import timedelta
from functools import wraps
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext_lazy as _
from ninja.decorators import decorate_view
from ninja.utils import contribute_operation_callback

from comptoir.kernel import clock
from comptoir.kernel.errors import FieldError, Invalid, Refusal
from comptoir.kernel.http.models import IdempotentRequest, IdempotentState
from comptoir.kernel.http.problems import MEDIA_TYPE
from comptoir.kernel.jobs import job, periodic

HEADER = "Idempotency-Key"
KEPT_FOR = timedelta(hours=24)
LEASE = timedelta(seconds=60)
_RETRY_AFTER_SECONDS = 2
_HELD = "_idempotent_row"


class KeyReused(Refusal):
    code = "idempotency_key_reused"
    status = 422
    message = _("This Idempotency-Key was used for another request. Take a new key for each operation.")


class InFlight(Refusal):
    code = "idempotency_in_flight"
    message = _("The first request with this Idempotency-Key is still running. Ask again in a moment.")
    headers = {"Retry-After": str(_RETRY_AFTER_SECONDS)}


def idempotent(operation: Callable[..., Any]) -> Callable[..., Any]:
    """Honour the header on this operation, for signed-in callers. Another's key cannot be told from one's own where
    nobody is signed in: an operation that lets anybody in answers for their keys itself."""

    @wraps(operation)
    def claim_first(request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
        key = request.headers.get(HEADER)
        if key is None or not request.user.is_authenticated:
            return operation(request, *args, **kwargs)
        row = _claim(request, key=key)
        if row.state == IdempotentState.DONE:
            return _replay(row)
        setattr(request, _HELD, row)
        return operation(request, *args, **kwargs)

    decorate_view(_keep_answer)(claim_first)
    contribute_operation_callback(claim_first, _document)
    return claim_first


@periodic(every=timedelta(hours=1))
@job("http.forget_answers")
def forget_answers() -> None:
    IdempotentRequest.objects.filter(created_at__lte=clock.now() - KEPT_FOR).delete()


def _claim(request: HttpRequest, *, key: str) -> IdempotentRequest:
    """The row of this key: fresh and ours to run, or done. Raises `KeyReused` and `InFlight`."""
    assert request.user.is_authenticated, "only signed-in callers have keys"
    if not 1 <= len(key) <= 255 or not key.isprintable():
        raise Invalid(errors=[FieldError(HEADER, _("Give 1 to 255 printable characters."))])
    now = clock.now()
    route, request_hash = f"{request.method} {request.path}"[:300], _hash(request)
    IdempotentRequest.objects.filter(user=request.user, key=key, created_at__lte=now - KEPT_FOR).delete()
    row, created = IdempotentRequest.objects.get_or_create(
        user=request.user,
        key=key,
        defaults={"route": route, "request_hash": request_hash, "created_at": now, "claimed_at": now},
    )
    if created:
        return row
    if (row.route, row.request_hash) != (route, request_hash):
        raise KeyReused
    if row.state == IdempotentState.IN_FLIGHT:
        _take_over(row)
    return row


def _take_over(row: IdempotentRequest) -> None:
    """Carry on for a run that was killed. Of several that try, one gets the row."""
    now = clock.now()
    abandoned = IdempotentRequest.objects.filter(
        pk=row.pk,
        state=IdempotentState.IN_FLIGHT,
        claimed_at=row.claimed_at,
        claimed_at__lte=now - LEASE,
    )
    if not abandoned.update(claimed_at=now):
        raise InFlight
    row.claimed_at = now


def _keep_answer(run: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """Around the whole operation: what leaves it, refusals too, is what a repeat will get."""

    @wraps(run)
    def run_and_keep(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        try:
            response = run(request, *args, **kwargs)
        except BaseException:
            _release(request)
            raise
        if response.status_code >= 500:
            _release(request)
        elif hasattr(request, _HELD):
            _ours(request).update(
                state=IdempotentState.DONE, status=response.status_code, body=response.content.decode()
            )
        return response

    return run_and_keep


def _release(request: HttpRequest) -> None:
    if hasattr(request, _HELD):
        _ours(request).delete()


def _ours(request: HttpRequest) -> Any:
    """The row, unless another run has taken it over meanwhile."""
    row: IdempotentRequest = getattr(request, _HELD)
    return IdempotentRequest.objects.filter(
        pk=row.pk, state=IdempotentState.IN_FLIGHT, claimed_at=row.claimed_at
    )


def _replay(row: IdempotentRequest) -> HttpResponse:
    assert row.status is not None
    kind = MEDIA_TYPE if row.status >= 400 else "application/json"
    response = HttpResponse(row.body, status=row.status, content_type=f"{kind}; charset=utf-8")
    response["Idempotent-Replayed"] = "true"
    return response


def _hash(request: HttpRequest) -> str:
    """Of what is asked, not of how it is spelled: a client may write its JSON in another order when it retries."""
    body = json.dumps(json.loads(request.body), sort_keys=True) if request.body else ""
    return hashlib.sha256(f"{request.META.get('QUERY_STRING', '')}\n{body}".encode()).hexdigest()


def _document(operation: Any) -> None:
    parameter = {
        "in": "header",
        "name": HEADER,
        "required": False,
        "schema": {"type": "string", "minLength": 1, "maxLength": 255},
        "description": "One per operation. A repeat within 24 hours gets the first answer again.",
    }
    operation.openapi_extra = {"parameters": [parameter], **(operation.openapi_extra or {})}
