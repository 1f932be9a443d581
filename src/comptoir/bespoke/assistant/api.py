"""Where the assistant calls back. The signature is looked at before anything else, the body before the state."""

from collections.abc import Callable
from functools import wraps
from uuid import UUID

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from ninja.decorators import decorate_view
from pydantic import Field

from comptoir.bespoke.assistant import calls as assistant_calls
from comptoir.bespoke.assistant import signing
from comptoir.bespoke.refusals import CallbackNotSigned
from comptoir.kernel.http.problems import MEDIA_TYPE
from comptoir.kernel.http.schema import Router, Schema
from comptoir.kernel.http.throttles import StrictThrottle

router = Router(tags=["Assistant"])

_SIGNED = {
    "parameters": [
        {"in": "header", "name": name, "required": True, "schema": {"type": "string"}}
        for name in (signing.TIMESTAMP, signing.SIGNATURE)
    ],
    "responses": {
        401: {
            "description": "Not signed by us, or more than five minutes ago.",
            "content": {MEDIA_TYPE: {"schema": {"$ref": "#/components/schemas/Problem"}}},
        }
    },
}


class AnswerIn(Schema):
    order_id: UUID
    revision: int = Field(ge=1, le=10_000, description="As it was asked for.")
    content: str = Field(description="Markdown.")


class ReceivedOut(Schema):
    received: bool = True


def _signed_first(run: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    @wraps(run)
    def check(request: HttpRequest, *args: object, **kwargs: object) -> HttpResponse:
        if not signing.is_signed(request.body, request.headers, secrets=settings.ASSISTANT_SECRETS):
            raise CallbackNotSigned
        return run(request, *args, **kwargs)

    return check


@router.post(
    "/webhooks/assistant",
    response=ReceivedOut,
    auth=None,
    throttle=[StrictThrottle("600/min", scope="assistant")],
    openapi_extra=_SIGNED,
    summary="The assistant's answer",
)
@decorate_view(_signed_first)
def take_answer(request: HttpRequest, answer: AnswerIn) -> dict[str, bool]:
    """Kept before it is acknowledged. 409 for a revision that was answered or replaced: nothing changes then.

    Sign `timestamp + "." + body` with HMAC-SHA256 and the shared secret.
    """
    assistant_calls.take_answer(answer.order_id, revision=answer.revision, content=answer.content)
    return {"received": True}
