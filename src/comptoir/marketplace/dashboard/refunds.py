"""Giving the money for a purchase back: the seller's part and our fee go with it, and then the download (K18)."""

from dataclasses import dataclass
from uuid import UUID

from django.db import transaction
from django.db.models import QuerySet, Sum
from django.utils.translation import gettext as _

from comptoir.kernel import clock, timeline
from comptoir.kernel.accounts.models import User
from comptoir.kernel.accounts.roles import Role, has_role
from comptoir.kernel.errors import FieldError, Invalid
from comptoir.kernel.money import Money
from comptoir.kernel.notifications import send_mail
from comptoir.kernel.payments import refunds as money_back
from comptoir.kernel.payments.given_back import MADE, is_all_gone
from comptoir.kernel.payments.models import Dispute, DisputeState, Payment, Refund, RefundState, Share
from comptoir.kernel.payments.unwinding import PartOf, fee_part
from comptoir.marketplace.models import Purchase
from comptoir.marketplace.refusals import PurchaseNotFound


@dataclass(frozen=True)
class Refundable:
    """A sale, and what of its price has been given back or is on its way."""

    purchase: Purchase
    refunded_so_far: Money

    @property
    def left(self) -> Money:
        return self.purchase.item.price - self.refunded_so_far


def refundable(user: User, purchase_id: UUID) -> Refundable:
    """A sale that this person may refund. Raises `PurchaseNotFound`."""
    purchase = _sale(user, purchase_id, Purchase.objects.all())
    return Refundable(purchase, refunded_so_far(purchase).gross)


def refund(
    user: User, purchase_id: UUID, *, amount: int | None = None, reason: str, request_key: str = ""
) -> Refund:
    """Give back the price of one purchase, or `amount` of it in minor units; for operators, and for its seller.

    The download is taken away once nothing of the price is left. The same `request_key` again gives the refund
    that stands. Raises `PurchaseNotFound` for anybody else's,
    `Invalid`, `NothingToRefund` or `RefundTooLarge`.
    """
    if not reason.strip():
        raise Invalid(errors=[FieldError("reason", _("Say why: the buyer will read it."))])
    with transaction.atomic():
        purchase = _sale(user, purchase_id, Purchase.objects.select_for_update(of=("self",)))
        key = money_back.key_of(f"purchase:{purchase.pk}", request_key)
        if existing := Refund.objects.filter(key=key).first():
            return existing
        item, before = purchase.item, refunded_so_far(purchase)
        left = item.price - before.gross
        if left.minor <= 0:
            raise money_back.NothingToRefund
        asked = left if amount is None else Money(amount, item.currency)
        if not 0 < asked.minor <= left.minor:
            raise money_back.RefundTooLarge(left=left)
        fee = fee_part(asked, gross_left=left.minor, fee_left=(item.fee - before.fee).minor)
        return money_back.refund(
            Payment.objects.get(pk=item.order.payment_id),
            amount=asked,
            reason=reason.strip(),
            actor=user,
            key=key,
            parts=[PartOf(before.share, asked, fee)],
            subject_id=purchase.pk,
        )


def refunded_so_far(purchase: Purchase) -> PartOf:
    """What of a purchase has been given back, or is on its way: of its price and of our fee."""
    refunds = Refund.objects.filter(subject_id=str(purchase.pk)).exclude(
        state=RefundState.FAILED, bounced=False
    )
    sums = refunds.aggregate(gross=Sum("amount_minor", default=0), fee=Sum("reversals__fee_minor", default=0))
    currency = purchase.item.currency
    share = Share.objects.get(payment=purchase.item.order.payment_id, payee__user_id=purchase.item.seller_id)
    return PartOf(share, Money(sums["gross"], currency), Money(sums["fee"], currency))


def on_refunded(payment: Payment, refund: Refund) -> None:
    """What is wholly given back is no longer theirs, and may be bought again. The buyer is told of every refund."""
    if refund.state != RefundState.SUCCEEDED:
        return
    bought = Purchase.objects.filter(item__order__payment_id=payment.pk, refunded_at=None).select_related(
        "item"
    )
    if is_all_gone(payment):
        _take_away(list(bought))
    elif refund.subject_id:
        purchase = bought.filter(pk=refund.subject_id).first()
        if purchase and _given_back(purchase) >= purchase.item.price_minor:
            _take_away([purchase])
    if payment.payer:
        send_mail(
            "refund",
            to=payment.payer,
            key=f"marketplace.refund:{refund.pk}",
            amount=refund.amount,
            reason=refund.reason,
            order_path=f"/orders/{payment.subject_id}",
        )


def on_disputed(payment: Payment, dispute: Dispute) -> None:
    """What the buyer's bank has taken back is no longer theirs, once nothing of the payment is left."""
    timeline.record(
        "marketplace.order", payment.subject_id, f"dispute_{dispute.state}", amount=dispute.amount_minor
    )
    if dispute.state == DisputeState.LOST and is_all_gone(payment):
        bought = Purchase.objects.filter(item__order__payment_id=payment.pk, refunded_at=None)
        _take_away(list(bought.select_related("item")))


def _given_back(purchase: Purchase) -> int:
    """What of its price the buyer has back, in minor units. What is on its way may still fail."""
    made = Refund.objects.filter(MADE, subject_id=str(purchase.pk))
    return int(made.aggregate(sum=Sum("amount_minor", default=0))["sum"])


def _sale(user: User, purchase_id: UUID, rows: QuerySet[Purchase]) -> Purchase:
    if not has_role(user, Role.OPERATOR):
        rows = rows.filter(seller_id=user.pk)
    purchase = rows.select_related("item__order").filter(pk=purchase_id).first()
    if purchase is None:
        raise PurchaseNotFound
    return purchase


def _take_away(purchases: list[Purchase]) -> None:
    for purchase in purchases:
        purchase.refunded_at = clock.now()
        purchase.save(update_fields=["refunded_at"])
        purchase.item.reserves_purchase = False
        purchase.item.save(update_fields=["reserves_purchase"])
        timeline.record("marketplace.purchase", purchase.pk, "refunded")
