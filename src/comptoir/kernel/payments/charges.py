"""Starting a payment: the rows first, then the gateway's page."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.db.models import Model

from comptoir.kernel import bulk_sql
from comptoir.kernel.accounts.models import User
from comptoir.kernel.bulk_sql import Change
from comptoir.kernel.money import Money
from comptoir.kernel.payments import calls
from comptoir.kernel.payments.gateways import gateway
from comptoir.kernel.payments.gateways.base import GatewayRefused, LineItem, Outcome
from comptoir.kernel.payments.models import (
    UNRESOLVED,
    GatewayCall,
    Payee,
    Payment,
    PaymentState,
    Share,
)
from comptoir.kernel.payments.settlement import settle
from comptoir.kernel.states import WrongState


@dataclass(frozen=True)
class ShareOf:
    """A payee's part of what is sold (`gross`) and what we keep of it (`fee`)."""

    payee: Payee
    gross: Money
    fee: Money


@dataclass(frozen=True)
class Draft:
    """A payment that is not written yet, with its shares and the request for the gateway's page."""

    payment: Payment
    shares: Sequence[Share]
    call: GatewayCall

    def tables(self) -> list[Sequence[Model]]:
        """What is to be inserted, in one statement with what the payment is for (see `rows.insert`)."""
        return [[self.payment], self.shares, [self.call]]


def draft(
    *,
    purpose: str,
    subject_id: Any,
    payer: User,
    lines: Sequence[LineItem],
    shares: Sequence[ShareOf] = (),
    cancel_path: str,
) -> Draft:
    """A payment of the sum of the lines, for the caller to insert.

    Nothing leaves the house yet: `open_page` does that, once this is committed.
    """
    amount = sum((line.amount for line in lines[1:]), start=lines[0].amount)
    payment = Payment(
        purpose=purpose,
        subject_id=str(subject_id),
        payer=payer,
        amount_minor=amount.minor,
        currency=amount.currency,
    )
    parts = [
        Share(payment=payment, payee=share.payee, gross_minor=share.gross.minor, fee_minor=share.fee.minor)
        for share in shares
    ]
    assert sum(part.gross_minor for part in parts) <= payment.amount_minor, "shares of more than there is"
    request = gateway(payment.gateway).page_request(
        payment,
        lines=lines,
        shares=parts,
        success_url=f"{settings.SITE_URL}/payments/{payment.id}/return",
        cancel_url=f"{settings.SITE_URL}{cancel_path}",
    )
    call = GatewayCall(key=_page_key(payment), gateway=payment.gateway, operation="page", params=request)
    return Draft(payment, parts, call)


def open_page(payment: Payment, *, call: GatewayCall | None = None) -> Payment:
    """The gateway's page for this payment: asks for it where that is still to be done, and again after a crash.

    `call` is the request for it, where it was written just now. Raises `GatewayRefused` (the payment has failed then)
    or `GatewayUnreachable` (ask again: it will be the same page), and `WrongState` when there is nothing left to pay.
    """
    if payment.state not in UNRESOLVED:
        raise WrongState(state=payment.get_state_display())
    if payment.page_url:
        return payment
    try:
        # A page that we never heard of was never shown to anyone: it expires unpaid, and a new one does no harm.
        answer = calls.carry_out(call or GatewayCall.objects.get(key=_page_key(payment)))
    except GatewayRefused as refusal:
        reason = str(refusal.params["reason"])
        settle(payment.pk, Outcome(PaymentState.FAILED, failure_code="page_refused", failure_message=reason))
        raise
    page = gateway(payment.gateway).page(answer)
    seen = {"session": page.session, "page_url": page.url, "expires_at": page.expires_at}
    # Only where none is known: a webhook may have been faster, and the payment be further by now.
    new = {"id": payment.pk, "page_url": "", "state": PaymentState.CREATED}
    if bulk_sql.change(Payment, [Change(new, {**seen, "state": PaymentState.OPEN})]):
        payment.session, payment.page_url, payment.expires_at = page.session, page.url, page.expires_at
        payment.state = PaymentState.OPEN
    else:
        Payment.objects.filter(pk=payment.pk, page_url="").update(**seen)
        payment.refresh_from_db()
    return payment


def prepare_intent(
    *, purpose: str, subject_id: Any, payer: User | None, email: str, amount: Money, description: str
) -> Payment:
    """As `draft`, stored at once, for a payment that our own page confirms with a client secret: see `open_intent`."""
    payment = Payment.objects.create(
        purpose=purpose,
        subject_id=str(subject_id),
        payer=payer,
        amount_minor=amount.minor,
        currency=amount.currency,
    )
    request = gateway(payment.gateway).intent_request(payment, email=email, description=description)
    calls.store(key=_intent_key(payment), gateway=payment.gateway, operation="intent", params=request)
    return payment


def open_intent(payment: Payment) -> str:
    """The client secret with which the payer's browser pays. The same one until it is paid, after a refused card too.

    Raises what `open_page` raises.
    """
    if payment.state not in (*UNRESOLVED, PaymentState.FAILED):
        raise WrongState(state=payment.get_state_display())
    if payment.reference:
        # No row keeps the secret: it is read where the payment is.
        return gateway(payment.gateway).client_secret(payment)
    answer = calls.carry_out(GatewayCall.objects.get(key=_intent_key(payment)))
    Payment.objects.filter(pk=payment.pk, reference="").update(reference=answer["id"])
    Payment.objects.filter(pk=payment.pk, state=PaymentState.CREATED).update(state=PaymentState.OPEN)
    payment.refresh_from_db()
    return answer["client_secret"] or gateway(payment.gateway).client_secret(payment)


def open_again(payment: Payment) -> Payment:
    """Finish opening a payment whose process died before the gateway's answer was kept."""
    if GatewayCall.objects.filter(key=_intent_key(payment)).exists():
        open_intent(payment)
        return payment
    return open_page(payment)


def cancel(payment: Payment) -> Payment:
    """Make sure that this payment can no longer be made, or learn that it has been: see its state afterwards.

    Works for the gateway's page and for an intent that our own page confirms. Raises what `open_page` raises.
    """
    if payment.state == PaymentState.CREATED and not (payment.session or payment.reference):
        payment = open_again(payment)
    outcome = gateway(payment.gateway).cancel(payment)
    return settle(payment.pk, outcome)


def _intent_key(payment: Payment) -> str:
    return f"payment:{payment.id}:intent"


def _page_key(payment: Payment) -> str:
    return f"payment:{payment.id}:page"
