"""Old events and answered gateway calls are deleted; what is unresolved is kept however old it is."""

from datetime import timedelta

import pytest

from comptoir.kernel import clock
from comptoir.kernel.jobs.registry import periodic_jobs
from comptoir.kernel.payments.models import CallState, GatewayCall, InboxEvent, InboxState
from comptoir.kernel.payments.pruning import prune

pytestmark = pytest.mark.django_db(transaction=True)


def event(name: str, state: InboxState, *, days: int) -> None:
    InboxEvent.objects.create(
        id=f"stripe:{name}",
        type="x",
        payload="{}",
        state=state,
        received_at=clock.now() - timedelta(days=days),
    )


def call(key: str, state: CallState, *, days: int) -> None:
    then = clock.now() - timedelta(days=days)
    GatewayCall.objects.create(
        key=key,
        gateway="stripe",
        operation="page",
        params={},
        state=state,
        created_at=then,
        answered_at=None if state == CallState.PREPARED else then,
    )


def test_it_is_done_every_hour() -> None:
    assert periodic_jobs()["payments.prune"] == timedelta(hours=1)


def test_events_go_after_90_days_unless_they_wait() -> None:
    for state in InboxState:
        event(f"old_{state}", state, days=91)
        event(f"new_{state}", state, days=89)
    prune()
    left = set(InboxEvent.objects.values_list("pk", flat=True))
    assert left == {"stripe:old_received", *(f"stripe:new_{state}" for state in InboxState)}


def test_calls_go_400_days_after_their_answer_unless_they_have_none() -> None:
    for state in CallState:
        call(f"old_{state}", state, days=401)
        call(f"new_{state}", state, days=399)
    prune()
    left = set(GatewayCall.objects.values_list("key", flat=True))
    assert left == {"old_prepared", *(f"new_{state}" for state in CallState)}
