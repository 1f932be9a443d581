"""Old events and answered gateway calls are deleted; what is unresolved is kept however old it is."""

from datetime import timedelta

import pytest

from comptoir.kernel import clock
from comptoir.kernel.jobs.registry import periodic_jobs
from comptoir.kernel.payments import pruning
from comptoir.kernel.payments.models import (
    UNRESOLVED,
    CallState,
    GatewayCall,
    InboxEvent,
    InboxState,
    Payment,
    PaymentState,
    Refund,
    RefundState,
)
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


def of_payment(state: PaymentState, *, days: int, subject: str) -> str:
    """A request that never had its answer; what became of the payment was learnt otherwise. Returns its key."""
    payment = Payment.objects.create(
        purpose="toy.thing", subject_id=subject, state=state, amount_minor=100, currency="EUR"
    )
    call(f"payment:{payment.pk}:start", CallState.PREPARED, days=days)
    return f"payment:{payment.pk}:start"


def test_calls_without_an_answer_go_once_their_payment_or_refund_is_over() -> None:
    old = {state: of_payment(state, days=401, subject=state) for state in PaymentState}
    new = {state: of_payment(state, days=399, subject=state) for state in PaymentState}
    for state in RefundState:
        refund = Refund.objects.create(
            payment=Payment.objects.filter(state="paid").first(),
            key=state,
            amount_minor=1,
            state=state,
            gateway="stripe",
        )
        call(f"refund:{refund.pk}", CallState.PREPARED, days=401)
    call("payment:of-another-time", CallState.PREPARED, days=401)

    prune()

    left = set(GatewayCall.objects.values_list("key", flat=True))
    pending = Refund.objects.get(state="pending")
    unresolved = {old[state] for state in UNRESOLVED}
    assert left == unresolved | set(new.values()) | {f"refund:{pending.pk}", "payment:of-another-time"}


def test_more_unresolved_calls_than_a_batch_hide_none_that_is_over(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pruning, "BATCH", 2)
    waiting = {of_payment(PaymentState.OPEN, days=500, subject=str(n)) for n in range(3)}
    for n in range(5):
        of_payment(PaymentState.PAID, days=450, subject=f"over {n}")
    prune()
    assert set(GatewayCall.objects.values_list("key", flat=True)) == waiting
