"""The one way to start a payment, whatever its flow: the rows first, then the gateway."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.conf import settings
from django.db.models import Model

from comptoir.kernel import bulk_sql
from comptoir.kernel.accounts.models import HOUSE_ID, User
from comptoir.kernel.bulk_sql import Change
from comptoir.kernel.money import Money
from comptoir.kernel.payments import calls, gateways
from comptoir.kernel.payments.gateways.base import Details, LineItem, Outcome, Started
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
from comptoir.kernel.payments.settlement import settle
from comptoir.kernel.states import WrongState


@dataclass(frozen=True)
class ShareOf:
    """A payee's part of what is sold (`gross`) and what we keep of it (`fee`)."""

    payee: Payee
    gross: Money
    fee: Money


@dataclass(frozen=True)
class Pending:
    """A payment that is written, and the request for it that is still to be sent: see `submit`."""

    payment: Payment
    call: GatewayCall


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
    settled afterwards as far as the gateway knows: paid, failed, or waiting for its payer. Raises `GatewayRefused` (the
    payment has failed then), `GatewayUnreachable` (send it again: it will be the same payment), and `WrongState` when
    there is nothing left to pay.
    """
    _refuse_resolved(payment)
    if _is_submitted(payment):
        return _next_action(payment)
    at = gateways.charging(payment.gateway)
    call = call or GatewayCall.objects.get(key=_key(payment))
    try:
        started = at.started(calls.execute(call, find_existing=lambda: at.find_started(payment)))
    except GatewayRefused as refusal:
        payment = settle(payment.pk, _outcome_of(payment, refusal))
        if not isinstance(refusal, Declined):
            raise
        return NextAction(payment)
    _keep(payment, started)
    if payment.flow == Flow.OFF_SESSION:
        return NextAction(settle(payment.pk, at.retrieve(payment)))
    return _next_action(payment, client_secret=started.client_secret)


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
    again = payment.flow == Flow.EMBEDDED and payment.state == PaymentState.FAILED
    if payment.state not in UNRESOLVED and not again:
        raise WrongState(state=payment.get_state_display())


def _is_submitted(payment: Payment) -> bool:
    return bool(payment.page_url if payment.flow == Flow.HOSTED else payment.reference)


def _keep(payment: Payment, started: Started) -> None:
    """The gateway's names for it. Its state only where it is new: a webhook may have been faster, and it be further."""
    seen: Mapping[str, Any] = {
        "session": started.session,
        "reference": started.reference,
        "page_url": started.page_url,
        "expires_at": started.expires_at,
    }
    new = {"id": payment.pk, "page_url": "", "state": PaymentState.CREATED}
    if bulk_sql.change(Payment, [Change(new, {**seen, "state": PaymentState.OPEN})]):
        payment.session, payment.reference = started.session, started.reference
        payment.page_url, payment.expires_at = started.page_url, started.expires_at
        payment.state = PaymentState.OPEN
    else:
        known = {name: value for name, value in seen.items() if value}
        Payment.objects.filter(pk=payment.pk, page_url="").update(**known)
        payment.refresh_from_db()


def _next_action(payment: Payment, *, client_secret: str = "") -> NextAction:
    """On the gateway's page, or else with the secret, which no row keeps: it is read where the payment is."""
    if payment.flow == Flow.HOSTED:
        return NextAction(payment, url=payment.page_url)
    secret = client_secret or gateways.charging(payment.gateway).client_secret(payment)
    return NextAction(payment, client_secret=secret)


def _outcome_of(payment: Payment, refusal: GatewayRefused) -> Outcome:
    """After a refusal the payment has failed; one that the bank declined stands at the gateway all the same, and what
    it says of it there is what counts."""
    reason = str(refusal.params["reason"])
    if not isinstance(refusal, Declined):
        return Outcome(PaymentState.FAILED, failure_code="refused", failure_message=reason)
    if not refusal.reference:
        return Outcome(PaymentState.FAILED, failure_code=refusal.decline_code, failure_message=reason)
    payment.reference = refusal.reference
    return gateways.charging(payment.gateway).retrieve(payment)
