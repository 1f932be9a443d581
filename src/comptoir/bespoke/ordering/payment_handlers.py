"""After the gateway has spoken: a paid order goes to its expert, a refunded one is stopped wherever it stands."""

from collections.abc import Sequence
from datetime import date, timedelta

from comptoir.bespoke.models import Order, OrderStatus, PaymentStatus
from comptoir.bespoke.orders import mails, transitions, workload
from comptoir.bespoke.orders import revisions as order_revisions
from comptoir.kernel import timeline
from comptoir.kernel.accounts import entry
from comptoir.kernel.payments.given_back import is_all_gone, refunded_of
from comptoir.kernel.payments.models import (
    Dispute,
    DisputeState,
    Payment,
    PaymentState,
    Refund,
    RefundState,
)


def on_paid(payments: Sequence[Payment]) -> None:
    """Each order is `completed`, has its client and its due date, and both sides hear of it (L4)."""
    for payment in payments:
        _on_paid(payment)


def on_failed(payments: Sequence[Payment]) -> None:
    """A refused card leaves the order waiting for the next one; an intent that is over ends it, and so does a payment
    of another amount than was asked for, once all of it went back."""
    for payment in payments:
        _on_failed(payment)


def on_refunded(payment: Payment, refund: Refund) -> None:
    """All of it given back: the work stops, the level falls, the contents close. A part of it changes none of that."""
    if refund.state != RefundState.SUCCEEDED:
        return
    order = _locked(payment)
    order.refunded_minor = refunded_of([payment.pk]).get(payment.pk, 0)
    order.save(update_fields=["refunded_minor"])
    if order.status != OrderStatus.REFUNDED and is_all_gone(payment):
        _stop(order)
        mails.stopped(order)
    mails.refunded(order, refund)


def on_disputed(payment: Payment, dispute: Dispute) -> None:
    """Nobody works on, or reads, what the client's bank has taken back. While it decides, the work goes on."""
    order = _locked(payment)
    timeline.record(transitions.SUBJECT, order.pk, f"dispute_{dispute.state}", amount=dispute.amount_minor)
    if dispute.state == DisputeState.LOST and order.status != OrderStatus.REFUNDED and is_all_gone(payment):
        _stop(order)
        mails.stopped(order)


def return_path(payment: Payment) -> str:
    return f"/order/{payment.subject_id}"


def _on_paid(payment: Payment) -> None:
    order = _locked(payment)
    if order.payment_status != PaymentStatus.PENDING and order.payment_status != PaymentStatus.FAILED:
        return
    if order.customer is None:
        order.customer = entry.account_for(
            order.customer_email, name=order.customer_name, locale=order.locale
        )
    order.payment_status = PaymentStatus.SUCCEEDED
    order.paid_at = payment.paid_at
    order.due_on = _due_on(order)
    order.save(update_fields=["customer", "payment_status", "paid_at", "due_on"])
    transitions.advance(order, OrderStatus.COMPLETED)
    mails.paid(order)


def _on_failed(payment: Payment) -> None:
    order = _locked(payment)
    # Another payment may have taken the place of one that the gateway never made.
    if order.status != OrderStatus.PENDING or order.payment_id != payment.pk:
        return
    if payment.is_in_suspense:
        if is_all_gone(payment):
            order.payment_status = PaymentStatus.FAILED
            order.save(update_fields=["payment_status"])
            transitions.advance(order, OrderStatus.CANCELLED, because="unexpected_amount")
        return
    order.payment_status = PaymentStatus.FAILED
    order.save(update_fields=["payment_status"])
    timeline.record(transitions.SUBJECT, order.pk, "payment_failed", code=payment.failure_code)
    if payment.state == PaymentState.EXPIRED:
        transitions.advance(order, OrderStatus.CANCELLED)


def _stop(order: Order) -> None:
    order.payment_status = PaymentStatus.REFUNDED
    order.save(update_fields=["payment_status"])
    transitions.advance(order, OrderStatus.REFUNDED)
    order_revisions.close_unanswered(order)


def _due_on(order: Order) -> date:
    """So many days after the expert's next free one."""
    return workload.next_free_on(order.expert) + timedelta(days=order.delivery_days)


def _locked(payment: Payment) -> Order:
    rows = Order.objects.select_for_update(of=("self",)).select_related(
        "customer", "expert__user", "claimed_by__user"
    )
    return rows.get(pk=payment.subject_id)
