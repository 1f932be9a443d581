"""Requests that change something at a gateway: stored, sent, and sent again until there is an answer.

The row is written in the transaction of what it is for; only then does the gateway hear of it, with the row's
key as the idempotency key. A process that dies in between leaves a `prepared` row, and whoever takes it up
sends the very same request.
"""

from collections.abc import Callable, Mapping
from typing import Any

from django.db.models import F, QuerySet

from comptoir.kernel import bulk_sql, clock
from comptoir.kernel.bulk_sql import Change, Rows
from comptoir.kernel.payments.gateways import gateway
from comptoir.kernel.payments.gateways.base import GatewayFailed, GatewayRefused, GatewayUnreachable
from comptoir.kernel.payments.models import CALL_TRANSITIONS, CallState, GatewayCall

FindDone = Callable[[], Mapping[str, Any] | None]


def prepare(*, key: str, gateway: str, operation: str, params: Mapping[str, Any]) -> GatewayCall:
    """Store the request, in the caller's transaction. The same key again gives the request that stands."""
    store(key=key, gateway=gateway, operation=operation, params=params)
    return GatewayCall.objects.get(key=key)


def store(*, key: str, gateway: str, operation: str, params: Mapping[str, Any]) -> None:
    """As `prepare`, where somebody else will look the request up to send it."""
    call = {
        "key": key,
        "gateway": gateway,
        "operation": operation,
        "params": dict(params),
    }
    bulk_sql.add(Rows.of(GatewayCall, [call]))


def carry_out(call: GatewayCall, *, find_done: FindDone = lambda: None) -> dict[str, Any]:
    """Send the request and keep the answer; a request that has its answer is not sent again.

    `find_done` looks whether the gateway did it after all. It is asked where the key no longer protects: when
    the gateway may have forgotten it, or keeps answering it with its own failure. Then a fresh key is used.
    Raises `GatewayRefused` (kept as the answer) or `GatewayUnreachable` (still unknown).
    """
    if call.state == CallState.REFUSED:
        raise GatewayRefused(reason=call.error)
    if call.state == CallState.DONE:
        return call.answer or {}
    if (
        clock.now() - call.round_began_at > gateway(call.gateway).key_kept_for
        or call.error == GatewayFailed.__name__
    ):
        done = find_done()
        if done is not None:
            return _answered(call, dict(done))
        _begin_round(call)
    try:
        answer = gateway(call.gateway).send(call.operation, call.params, key=call.idempotency_key)
    except GatewayRefused as refusal:
        _close(call, CallState.REFUSED, error=str(refusal.params["reason"]))
        raise
    except GatewayUnreachable as failure:
        _this(call).update(error=type(failure).__name__, attempts=F("attempts") + 1)
        raise
    return _answered(call, answer)


def _answered(call: GatewayCall, answer: dict[str, Any]) -> dict[str, Any]:
    _close(call, CallState.DONE, answer=gateway(call.gateway).without_secrets(answer))
    return answer


def _close(
    call: GatewayCall, state: CallState, *, answer: dict[str, Any] | None = None, error: str = ""
) -> None:
    """The first answer stays: it is the one that others have acted on."""
    assert state in CALL_TRANSITIONS[CallState.PREPARED]
    outcome = {"state": state, "answer": answer, "error": error, "answered_at": clock.now()}
    found = {"key": call.key, "state": CallState.PREPARED}
    bulk_sql.change(GatewayCall, [Change(found, {**outcome, "attempts": call.attempts + 1})])
    call.state, call.answer, call.error = state, answer, error


def _begin_round(call: GatewayCall) -> None:
    """A fresh key, stored before it is used, for a request that is known not to have been carried out."""
    call.round, call.round_began_at, call.error = call.round + 1, clock.now(), ""
    _this(call).update(round=call.round, round_began_at=call.round_began_at, error="")


def _this(call: GatewayCall) -> QuerySet[GatewayCall]:
    """By its key: one that was written a moment ago with other rows does not know the number that it was given."""
    return GatewayCall.objects.filter(key=call.key)
