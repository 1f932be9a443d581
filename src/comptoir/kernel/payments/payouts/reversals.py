"""Taking a seller's part of a refund, or of a lost dispute, back from their account; what is not there, they owe."""

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from django.db import transaction

from comptoir.kernel import clock
from comptoir.kernel.jobs import Postpone, enqueue, job, periodic
from comptoir.kernel.payments import calls, gateways
from comptoir.kernel.payments.gateways.errors import GatewayRefused
from comptoir.kernel.payments.models import REVERSAL_TRANSITIONS, Reversal, ReversalState, ShareState
from comptoir.kernel.payments.unwinding import reversal_done
from comptoir.kernel.states import move

# How long a share that is not sent yet is waited for, before its part is asked back.
SHARE_IS_UNDER_WAY = timedelta(minutes=10)


@job("payments.send_reversal")
def send_reversal(*, reversal_id: str) -> None:
    """Reverse one transfer, by the payee's part. Where the payee has too little, it is owed: see `ask_debtors`."""
    reversal = Reversal.objects.select_related("share__payment").get(pk=reversal_id)
    if reversal.state != ReversalState.DUE:
        return
    if reversal.share.state in (ShareState.DUE, ShareState.HELD):
        raise Postpone(clock.now() + SHARE_IS_UNDER_WAY)
    at = gateways.payouts(reversal.share.payment.gateway)
    call = calls.prepare(
        key=f"reversal:{reversal.id}:{reversal.tries}",
        gateway=at.name,
        operation="reversal",
        params=at.reversal_request(reversal),
    )

    def find_existing() -> Mapping[str, Any] | None:
        found = at.find_reversal(reversal)
        return {"id": found} if found else None

    try:
        reference = calls.execute(call, find_existing=find_existing)["id"]
    except GatewayRefused as refusal:
        _is_owed(reversal, reason=str(refusal.params["reason"]))
        return
    with transaction.atomic():
        reversal = Reversal.objects.select_for_update().get(pk=reversal.pk)
        if reversal.state == ReversalState.DUE:
            reversal_done(reversal, reference=reference)


@periodic(every=timedelta(days=1))
@job("payments.ask_debtors")
def ask_debtors() -> None:
    """Try again, once a day, to take back what payees owe: their next sales may have filled their account."""
    for reversal in Reversal.objects.filter(state=ReversalState.OWED).iterator():
        with transaction.atomic():
            move(reversal, ReversalState.DUE, table=REVERSAL_TRANSITIONS)
            reversal.tries += 1
            reversal.save(update_fields=["tries"])
            key = f"reversal:{reversal.id}:{reversal.tries}"
            enqueue(send_reversal, key=key, reversal_id=str(reversal.id))


def _is_owed(reversal: Reversal, *, reason: str) -> None:
    with transaction.atomic():
        reversal = Reversal.objects.select_for_update().get(pk=reversal.pk)
        if reversal.state == ReversalState.DUE:
            reversal.owed_because = reason
            reversal.save(update_fields=["owed_because"])
            move(reversal, ReversalState.OWED, table=REVERSAL_TRANSITIONS, reason=reason)
