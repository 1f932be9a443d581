"""Giving the money for a purchase back: the seller's part and our fee go with it, and then the download (K18)."""

from dataclasses import dataclass, replace
from uuid import UUID

from django.db import transaction
from django.db.models import F, Q, QuerySet, Sum
from django.utils.translation import gettext as _

from comptoir.kernel import clock, timeline
from comptoir.kernel.accounts.models import User
from comptoir.kernel.accounts.roles import Role, has_role
from comptoir.kernel.errors import FieldError, Invalid
from comptoir.kernel.money import Money
from comptoir.kernel.notifications import send_mail
from comptoir.kernel.payments import refunds as money_back
from comptoir.kernel.payments.given_back import is_all_gone
from comptoir.kernel.payments.models import Dispute, DisputeState, Payment, Refund, RefundState, Share
from comptoir.kernel.payments.refund_history import RefundTotals, totals
from comptoir.kernel.payments.unwinding import PartOf, fee_part, left_of_share
from comptoir.marketplace.models import Purchase
from comptoir.marketplace.refusals import PurchaseNotFound


@dataclass(frozen=True)
class Refundable:
    """A sale, what of its price can be given back, and what became of the rest."""

    purchase: Purchase
    left: Money
    totals: RefundTotals


def refundable(user: User, purchase_id: UUID) -> Refundable:
    """A sale that this person may refund. Raises `PurchaseNotFound`."""
    purchase = _sale(user, purchase_id, Purchase.objects.all())
    left, price = _left(purchase).gross, purchase.item.price
    made = totals(_made(purchase, _share(purchase)), withdrawn=Money(0, price.currency))
    # What a bank took of an order with several things of one seller is no single one's; here it is what is missing.
    withdrawn = max(
        price - left - made.given_back - made.on_its_way - made.returned, Money(0, price.currency)
    )
    return Refundable(purchase, left, replace(made, withdrawn=withdrawn))


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
        purchase = _sale(user, purchase_id, Purchase.objects.all())
        # Before what is left is read: it changes with every refund and dispute of the payment.
        payment = Payment.objects.select_for_update().get(pk=purchase.item.order.payment_id)
        key = money_back.key_of(f"purchase:{purchase.pk}", request_key)
        if existing := Refund.objects.filter(key=key).first():
            return existing
        left = _left(purchase)
        if left.gross.minor <= 0:
            raise money_back.NothingToRefund
        asked = left.gross if amount is None else Money(amount, left.gross.currency)
        if not 0 < asked.minor <= left.gross.minor:
            raise money_back.RefundTooLarge(left=left.gross)
        fee = fee_part(asked, gross_left=left.gross.minor, fee_left=left.fee.minor)
        return money_back.refund(
            payment,
            amount=asked,
            reason=reason.strip(),
            actor=user,
            key=key,
            parts=[PartOf(left.share, asked, fee)],
            subject_id=purchase.pk,
        )


def made(purchase: Purchase) -> QuerySet[Refund]:
    """The refunds of a purchase, asked for here or made at the gateway."""
    return _made(purchase, _share(purchase))


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
        purchase = bought.select_related("item__order").filter(pk=refund.subject_id).first()
        # What is on its way may still fail.
        pending = Refund.objects.filter(subject_id=refund.subject_id, state=RefundState.PENDING)
        if purchase and _left(purchase).gross.minor <= 0 and not pending.exists():
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


def _sale(user: User, purchase_id: UUID, rows: QuerySet[Purchase]) -> Purchase:
    if not has_role(user, Role.OPERATOR):
        rows = rows.filter(seller_id=user.pk)
    purchase = rows.select_related("item__order").filter(pk=purchase_id).first()
    if purchase is None:
        raise PurchaseNotFound
    return purchase


def _share(purchase: Purchase) -> Share:
    """The seller's part of the payment: of this purchase, and of what else of theirs was in the order."""
    return Share.objects.get(payment=purchase.item.order.payment_id, payee__user_id=purchase.item.seller_id)


def _of(purchase: Purchase, share: Share) -> Q:
    """Those reversals of the share that are of this purchase. A refund made at the gateway names none, nor does a
    dispute: it is of this one where the seller had sold nothing else in the order."""
    of_this = Q(refund__subject_id=str(purchase.pk))
    if share.gross_minor == purchase.item.price_minor:
        of_this |= Q(refund__subject_id="") | Q(refund=None)
    return of_this


def _made(purchase: Purchase, share: Share) -> QuerySet[Refund]:
    reversals = share.reversals.filter(_of(purchase, share)).exclude(refund=None)
    return Refund.objects.filter(reversals__in=reversals).annotate(shown_minor=F("reversals__gross_minor"))


def _left(purchase: Purchase) -> PartOf:
    """What of a purchase has not been given back, nor is on its way: of its price and of our fee; never more than is
    left of its seller's share."""
    share, item = _share(purchase), purchase.item
    taken = share.reversals.filter(_of(purchase, share)).filter(
        Q(refund=None) | ~Q(refund__state=RefundState.FAILED) | Q(refund__bounced=True)
    )
    sums = taken.aggregate(gross=Sum("gross_minor", default=0), fee=Sum("fee_minor", default=0))
    gross, fee = left_of_share(share)
    return PartOf(
        share,
        Money(min(item.price_minor - sums["gross"], gross), item.currency),
        Money(min(item.fee_minor - sums["fee"], fee), item.currency),
    )


def _take_away(purchases: list[Purchase]) -> None:
    for purchase in purchases:
        purchase.refunded_at = clock.now()
        purchase.save(update_fields=["refunded_at"])
        purchase.item.reserves_purchase = False
        purchase.item.save(update_fields=["reserves_purchase"])
        timeline.record("marketplace.purchase", purchase.pk, "refunded")
