"""Passing on what sellers have earned, where the charge itself did not: one transfer for each share, never two."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from django.db import transaction

from comptoir.kernel import timeline
from comptoir.kernel.jobs import enqueue, job
from comptoir.kernel.payments import calls, gateways
from comptoir.kernel.payments.gateways.errors import GatewayRefused
from comptoir.kernel.payments.models import SHARE_TRANSITIONS, Payee, Share, ShareState
from comptoir.kernel.payments.settlement import share_sent
from comptoir.kernel.states import move


@job("payments.send_share")
def send_share(*, share_id: str) -> None:
    """Transfer one share. A refusal holds it, with the gateway's reason, until the payee's account is mended."""
    share = Share.objects.select_related("payment", "payee").get(pk=share_id)
    if share.state != ShareState.DUE:
        return
    at = gateways.payouts(share.payment.gateway)
    call = calls.prepare(
        key=f"share:{share.id}:transfer:{share.holds}",
        gateway=at.name,
        operation="transfer",
        params=at.transfer_request(share),
    )

    def find_existing() -> Mapping[str, Any] | None:
        found = at.find_transfer(share)
        return {"id": found} if found else None

    try:
        transfer = calls.execute(call, find_existing=find_existing)["id"]
    except GatewayRefused as refusal:
        _hold(share.pk, reason=str(refusal.params["reason"]))
        return
    with transaction.atomic():
        # Not the payment as well: who unwinds locks it first.
        share = Share.objects.select_for_update(of=("self",)).select_related("payment").get(pk=share.pk)
        if share.state == ShareState.DUE:
            share_sent(share, transfer=transfer)


def release(payee: Payee) -> int:
    """Send again what was held for this payee, now that something changed, in one transaction. Returns how many."""
    with transaction.atomic():
        held = list(Share.objects.select_for_update().filter(payee=payee, state=ShareState.HELD))
        for share in held:
            share.holds += 1
            share.save(update_fields=["holds"])
            move(share, ShareState.DUE, table=SHARE_TRANSITIONS)
            enqueue(send_share, key=f"share:{share.id}:{share.holds}", share_id=str(share.id))
    return len(held)


def _hold(share_id: UUID, *, reason: str) -> None:
    with transaction.atomic():
        share = Share.objects.select_for_update().get(pk=share_id)
        if share.state == ShareState.DUE:
            share.held_because = reason
            share.save(update_fields=["held_because"])
            move(share, ShareState.HELD, table=SHARE_TRANSITIONS, reason=reason)
            timeline.record(
                "payments.payment", share.payment_id, "share_held", share=str(share.id), reason=reason
            )
