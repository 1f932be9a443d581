"""What happens as time passes: sessions expire, debits settle, disputes are lost, idempotency keys are forgotten."""

from sandbox.state import Record
from sandbox.stripe.api import idempotency
from sandbox.stripe.api.call import Call
from sandbox.stripe.checkout.completion import settle
from sandbox.stripe.checkout.sessions import expire_session
from sandbox.stripe.payments import disputes
from sandbox.world import World


def run_due(world: World) -> int:
    """Does everything that is due by the sandbox's clock; returns how many effects there were."""
    now = world.clock.now()
    due = [
        *(("session", one) for one in world.store.all("checkout.session") if _session_due(one, now)),
        *(("debit", one) for one in world.store.all("charge") if _debit_due(one, now)),
        *(("dispute", one) for one in world.store.all("dispute") if _dispute_due(one, now)),
    ]
    for kind, record in due:
        call = Call(world, record["_account"])
        if kind == "session":
            expire_session(call, record)
        elif kind == "debit":
            intent = call.get("payment_intent", record["payment_intent"])
            settle(call, intent, succeeds=not call.get("payment_method", record["payment_method"])["_fails"])
        else:
            disputes.lose(call, record)
    return len(due) + idempotency.delete_expired(world)


def _session_due(session: Record, now: int) -> bool:
    return bool(session["status"] == "open" and session["expires_at"] <= now)


def _debit_due(charge: Record, now: int) -> bool:
    return bool(charge["status"] == "pending" and charge.get("_settles_at", now + 1) <= now)


def _dispute_due(dispute: Record, now: int) -> bool:
    return bool(dispute["status"] == "needs_response" and dispute["evidence_details"]["due_by"] <= now)
