"""Requests that change something at a gateway: stored, sent, and sent again until there is an answer.

The row is written in the transaction of what it is for; only then does the gateway hear of it, with the row's
key as the idempotency key. A process that dies in between leaves a `prepared` row, and whoever takes it up
sends the very same request.
"""

from collections.abc import Callable, Mapping
from typing import Any

from django.db.models import F, QuerySet

from comptoir.kernel import bulk_sql, clock
from comptoir.kernel.bulk_sql import Change
from comptoir.kernel.payments import gateways
from comptoir.kernel.payments.gateways.errors import (
    Declined,
    GatewayFailed,
    GatewayRefused,
    GatewayUnreachable,
)
from comptoir.kernel.payments.models import CALL_TRANSITIONS, CallState, GatewayCall

_OF_DECLINED = ("decline_code", "reference", "requires_action")

FindExisting = Callable[[], Mapping[str, Any] | None]


def prepare(
    *, key: str, gateway: str, operation: str, params: Mapping[str, Any], retry_refused: bool = False
) -> GatewayCall:
    """Store the request, in the caller's transaction. The same key again gives the request that stands.

    `retry_refused` asks anew for what was refused, since what was wrong may be mended by then.
    """
    call, created = GatewayCall.objects.get_or_create(
        key=key, defaults={"gateway": gateway, "operation": operation, "params": dict(params)}
    )
    if retry_refused and not created and call.state == CallState.REFUSED:
        _ask_anew(call, params)
    return call


def execute(call: GatewayCall, *, find_existing: FindExisting = lambda: None) -> dict[str, Any]:
    """Send the request and keep the answer; a request that has its answer is not sent again.

    `find_existing` looks whether the gateway did it after all. It is asked where the key no longer protects: when
    the gateway may have forgotten it, or keeps answering it with its own failure. Then a fresh key is used.
    Raises `GatewayRefused` or its `Declined` (kept as the answer), or `GatewayUnreachable` (still unknown).
    """
    if call.state == CallState.REFUSED:
        raise _refused_before(call)
    if call.state == CallState.DONE:
        return call.answer or {}
    if (
        clock.now() - call.key_made_at > gateways.connection(call.gateway).key_kept_for
        or call.error == GatewayFailed.__name__
    ):
        existing = find_existing()
        if existing is not None:
            return _answered(call, dict(existing))
        _renew_key(call)
    try:
        answer = gateways.connection(call.gateway).send(call.operation, call.params, key=call.idempotency_key)
    except GatewayRefused as refusal:
        declined = isinstance(refusal, Declined)
        details = {name: getattr(refusal, name) for name in _OF_DECLINED} if declined else None
        _close(call, CallState.REFUSED, answer=details, error=str(refusal.params["reason"]))
        raise
    except GatewayUnreachable as failure:
        _this(call).update(error=type(failure).__name__, attempts=F("attempts") + 1)
        raise
    return _answered(call, answer)


def _refused_before(call: GatewayCall) -> GatewayRefused:
    if call.answer:
        return Declined(reason=call.error, **call.answer)
    return GatewayRefused(reason=call.error)


def _answered(call: GatewayCall, answer: dict[str, Any]) -> dict[str, Any]:
    _close(call, CallState.DONE, answer=gateways.connection(call.gateway).without_secrets(answer))
    return answer


def _close(
    call: GatewayCall, state: CallState, *, answer: dict[str, Any] | None = None, error: str = ""
) -> None:
    """The first answer stays: it is the one that others have acted on."""
    assert state in CALL_TRANSITIONS[CallState.PREPARED]
    outcome = {"state": state, "answer": answer, "error": error, "answered_at": clock.now()}
    found = {"key": call.key, "state": CallState.PREPARED}
    # By hand, since every order waits for it.
    bulk_sql.change(GatewayCall, [Change(found, {**outcome, "attempts": call.attempts + 1})])
    call.state, call.answer, call.error = state, answer, error


def _renew_key(call: GatewayCall) -> None:
    """A fresh key, stored before it is used, for a request that is known not to have been executed."""
    call.key_generation, call.key_made_at, call.error = call.key_generation + 1, clock.now(), ""
    _this(call).update(key_generation=call.key_generation, key_made_at=call.key_made_at, error="")


def _ask_anew(call: GatewayCall, params: Mapping[str, Any]) -> None:
    """A fresh request in place of the one that was refused, and a fresh key: the gateway remembers its refusal under
    the old one. Of two who ask at once, the second sends the first one's."""
    assert CallState.PREPARED in CALL_TRANSITIONS[CallState.REFUSED]
    refused = _this(call).filter(state=CallState.REFUSED, key_generation=call.key_generation)
    refused.update(
        state=CallState.PREPARED,
        params=dict(params),
        answer=None,
        error="",
        answered_at=None,
        key_generation=F("key_generation") + 1,
        key_made_at=clock.now(),
    )
    call.refresh_from_db()


def _this(call: GatewayCall) -> QuerySet[GatewayCall]:
    """By its key: one that was written a moment ago with other rows does not know the number that it was given."""
    return GatewayCall.objects.filter(key=call.key)
