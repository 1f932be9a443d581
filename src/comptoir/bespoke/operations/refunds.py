"""Giving the money for an order back. What follows from it is `payment_handlers.on_refunded`, whoever asked for it."""

from dataclasses import dataclass
from uuid import UUID

from django.db.models import F, QuerySet
from django.utils.translation import gettext as _

from comptoir.bespoke.models import Order
from comptoir.bespoke.refusals import OrderNotFound
from comptoir.kernel.accounts.models import User
from comptoir.kernel.accounts.roles import Role, has_role
from comptoir.kernel.errors import FieldError, Forbidden, Invalid
from comptoir.kernel.money import Money
from comptoir.kernel.payments import refunds as money_back
from comptoir.kernel.payments.models import Payment, Refund
from comptoir.kernel.payments.refund_history import RefundTotals, totals


@dataclass(frozen=True)
class Refundable:
    """An order, what of its price can be given back, and what became of the rest."""

    order: Order
    left: Money
    totals: RefundTotals


def refundable(operator: User, order_id: UUID) -> Refundable:
    """For operators alone. Raises `Forbidden` or `OrderNotFound`."""
    if not has_role(operator, Role.OPERATOR):
        raise Forbidden
    order = (
        Order.objects.select_related("expert", "claimed_by")
        .filter(pk=order_id, paid_at__isnull=False)
        .first()
    )
    if order is None:
        raise OrderNotFound
    payment = _payment_of(order)
    withdrawn = Money(payment.disputed_minor, order.currency)
    return Refundable(order, money_back.left_of(payment), totals(made(order), withdrawn=withdrawn))


def refund(
    operator: User, order_id: UUID, *, amount: int | None = None, reason: str, request_key: str = ""
) -> Refund:
    """Give back all that is left of an order's price, or `amount` of it in minor units.

    The same `request_key` again gives the refund that stands. Raises `Forbidden`, `OrderNotFound`, `Invalid`,
    `NothingToRefund` or `RefundTooLarge`.
    """
    order = refundable(operator, order_id).order
    if not reason.strip():
        raise Invalid(errors=[FieldError("reason", _("Say why: the client will read it."))])
    return money_back.refund(
        _payment_of(order),
        amount=None if amount is None else Money(amount, order.currency),
        reason=reason.strip(),
        actor=operator,
        key=money_back.key_of(f"bespoke.order:{order.pk}", request_key),
        subject_id=order.pk,
    )


def made(order: Order) -> QuerySet[Refund]:
    """The refunds of an order, asked for here or made at the gateway."""
    return Refund.objects.filter(payment=order.payment_id).annotate(shown_minor=F("amount_minor"))


def _payment_of(order: Order) -> Payment:
    assert order.payment_id, "the order comes with its payment"
    return Payment.objects.get(pk=order.payment_id)
