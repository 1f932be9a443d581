"""The one way to start a payment, whatever its flow: the rows first, then the gateway."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.conf import settings
from django.db.models import Model

from comptoir.kernel import bulk_sql
from comptoir.kernel.accounts.models import HOUSE_ID, User
from comptoir.kernel.money import Money
from comptoir.kernel.payments import calls, gateways
from comptoir.kernel.payments.gateways.base import Details, LineItem
from comptoir.kernel.payments.gateways.errors import Declined, GatewayRefused
from comptoir.kernel.payments.models import (
    UNRESOLVED,
    Flow,
    GatewayCall,
    Payee,
    Payment,
    PaymentMethod,
    PaymentState,
    Share,
    default_gateway,
)
from comptoir.kernel.payments.settlement import note_started, settle, settle_refused
from comptoir.kernel.states import WrongState

# The charge off session did not go through: only the payer can complete it.
AWAITS_PAYER = (PaymentState.REQUIRES_ACTION, PaymentState.FAILED)


@dataclass(frozen=True)
class ShareOf:
    """A payee's part of what is sold (`gross`) and what we keep of it (`fee`)."""

    payee: Payee
    gross: Money
    fee: Money


@dataclass(frozen=True)
class Pending:
    """A payment that is written and still to be submitted, with the request for it where it was written just now."""

    payment: Payment
    call: GatewayCall | None = None


@dataclass(frozen=True)
class NextAction:
    """What the payer has to do: go to `url`, confirm with `client_secret` on our own page, or neither."""

    payment: Payment
    url: str = ""
    client_secret: str = ""


def start(
    *,
    purpose: str,
    subject_id: Any,
    flow: Flow,
    payer: User | None,
    lines: Sequence[LineItem],
    shares: Sequence[ShareOf] = (),
    email: str = "",
    cancel_path: str = "",
    method: PaymentMethod | None = None,
    gateway: str | None = None,
    workspace_id: UUID = HOUSE_ID,
    payment_id: UUID | None = None,
    also: Sequence[Sequence[Model]] = (),
) -> Pending:
    """Write a payment of the sum of the lines, with its shares and its request, and `also` what it is for.

    All of it in one statement; `also` has rows of one model after the other. Nothing leaves the house: `submit` does
    that, once this is committed. `payment_id` is for rows in `also` that name the payment. Off session, `method` says
    what is charged, and with it the gateway. Raises `IntegrityError` where one of the rows may not stand.
    """
    assert (method is not None) == (flow == Flow.OFF_SESSION), "a saved method is charged off session"
    amount = sum((line.amount for line in lines[1:]), start=lines[0].amount)
    payment = Payment(
        workspace_id=workspace_id,
        purpose=purpose,
        subject_id=str(subject_id),
        payer=payer,
        amount_minor=amount.minor,
        currency=amount.currency,
        flow=flow,
        method=method,
        gateway=method.gateway if method else gateway or default_gateway(),
    )
    if payment_id:
        payment.id = payment_id
    parts = [
        Share(payment=payment, payee=share.payee, gross_minor=share.gross.minor, fee_minor=share.fee.minor)
        for share in shares
    ]
    assert sum(part.gross_minor for part in parts) <= payment.amount_minor, "shares of more than there is"
    details = Details(
        lines=lines,
        shares=parts,
        email=email,
        success_url=f"{settings.SITE_URL}/payments/{payment.id}/return",
        cancel_url=f"{settings.SITE_URL}{cancel_path}",
        customer=_customer_there(method),
    )
    operation, request = gateways.charging(payment.gateway).payment_request(payment, details)
    call = GatewayCall(key=_key(payment), gateway=payment.gateway, operation=operation, params=request)
    bulk_sql.insert([payment], parts, [call], *also)
    return Pending(payment, call)


def submit(payment: Payment, *, call: GatewayCall | None = None) -> NextAction:
    """Send the request to the gateway, and say what the payer does next. The same again gives the same, after a crash
    and, where our own page confirms, after a refused card too.

    `call` is the request, where it was written just now. Off session nobody has to do anything, and the payment is
    settled afterwards as far as the gateway knows: paid, failed, or waiting for its payer. Of those two the payer can
    come back, and confirm on our own page with this or another card. Raises `GatewayRefused` (the
    payment has failed then), `GatewayUnreachable` (send it again: it will be the same payment), and `WrongState` when
    there is nothing left to pay.
    """
    _refuse_resolved(payment)
    at = gateways.charging(payment.gateway)
    client_secret = ""
    if not (payment.page_url if payment.flow == Flow.HOSTED else payment.reference):
        call = call or GatewayCall.objects.get(key=_key(payment))
        try:
            started = at.started(calls.execute(call, find_existing=lambda: at.find_started(payment)))
        except GatewayRefused as refusal:
            payment = settle_refused(payment, refusal)
            if not isinstance(refusal, Declined):
                raise
            return NextAction(payment)
        note_started(payment, started)
        client_secret = started.client_secret
    if payment.flow == Flow.OFF_SESSION and payment.state not in AWAITS_PAYER:
        return NextAction(settle(payment.pk, at.retrieve(payment)))
    if payment.flow == Flow.HOSTED:
        return NextAction(payment, url=payment.page_url)
    # No row keeps the secret: it is read where the payment is.
    return NextAction(payment, client_secret=client_secret or at.client_secret(payment))


def cancel(payment: Payment) -> Payment:
    """Make sure that this payment can no longer be made, or learn that it has been: see its state afterwards.

    For every flow. One whose request may be on its way is submitted first, since only what the gateway knows can be
    cancelled there; off session that would charge it, and raises `WrongState`. Raises what `submit` raises.
    """
    if payment.state == PaymentState.CREATED and not (payment.session or payment.reference):
        if payment.flow == Flow.OFF_SESSION:
            raise WrongState(state=payment.get_state_display())
        payment = submit(payment).payment
    return settle(payment.pk, gateways.charging(payment.gateway).cancel(payment))


def refresh(payment: Payment) -> Payment:
    """Bring a payment to where it stands at the gateway; one that the gateway may not know of is submitted.

    Raises `GatewayRefused` or `GatewayUnreachable`.
    """
    if payment.state == PaymentState.CREATED and not (payment.session or payment.reference):
        return submit(payment).payment
    return settle(payment.pk, gateways.charging(payment.gateway).retrieve(payment))


def _key(payment: Payment) -> str:
    return f"payment:{payment.id}:start"


def _customer_there(method: PaymentMethod | None) -> str:
    return method.customer.references.get(gateway=method.gateway).reference if method else ""


def _refuse_resolved(payment: Payment) -> None:
    """Where our own page confirms, a refused card leaves the payment to the next one."""
    again = payment.flow != Flow.HOSTED and payment.state == PaymentState.FAILED and payment.reference
    if payment.state not in UNRESOLVED and not again:
        raise WrongState(state=payment.get_state_display())
