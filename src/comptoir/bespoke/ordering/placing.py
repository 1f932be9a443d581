"""Placing an order: pending first, with what the offer says at this moment, then the intent to pay it."""

import hashlib
import secrets
from dataclasses import dataclass
from uuid import UUID

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db import IntegrityError, transaction
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from comptoir.bespoke.models import Expert, Intake, Offer, Order, OrderStatus, PaymentStatus
from comptoir.bespoke.models.grid import Level, Service, slugify
from comptoir.bespoke.orders import search_index, transitions
from comptoir.bespoke.refusals import (
    BeingPaid,
    ExpertNotAvailable,
    ExpertNotFound,
    NothingToPay,
    OfferNotForSale,
    OrderNotFound,
    UnexpectedAmount,
)
from comptoir.kernel import timeline
from comptoir.kernel.accounts.models import User
from comptoir.kernel.errors import FieldError, Invalid
from comptoir.kernel.ids import new_id
from comptoir.kernel.payments import charges
from comptoir.kernel.payments.gateways.base import LineItem
from comptoir.kernel.payments.models import Flow, Payment, PaymentState

PURPOSE = "bespoke.order"
NAME_LENGTH, PHONE_LENGTH = 120, 40
_CODE_LETTERS = "ABCDEFGHJKLMNPQRSTUVWXYZ23456789"  # none that is mistaken for another
_CODE_LENGTH = 8


@dataclass(frozen=True)
class OrderRequest:
    """What somebody asks for, as they wrote it."""

    level: str
    service: str
    expert_id: UUID
    email: str
    name: str
    phone: str = ""

    def tidy(self) -> "OrderRequest":
        return OrderRequest(
            level=slugify(self.level),
            service=slugify(self.service),
            expert_id=self.expert_id,
            email=self.email.strip().lower(),
            name=" ".join(self.name.split()),
            phone=" ".join(self.phone.split()),
        )


@dataclass(frozen=True)
class Placed:
    """An order that waits for its payment, and the secret with which the client's browser makes it."""

    order: Order
    client_secret: str


def place(request: OrderRequest, *, customer: User | None, request_key: str = "") -> Placed:
    """Order, and open the intent (L2). `customer` is whoever is signed in, if anybody is.

    Somebody who is signed in and asks for the same again before they have paid gets the same order and secret;
    so does anybody who sends the same request with the same `request_key`. Raises `Invalid` and what `refusals`
    names, `GatewayRefused`, or `GatewayUnreachable` (then asking again goes on where it stopped).
    """
    request = request.tidy()
    _refuse_unfit(request)
    offer, expert = _offer(request), _expert(request)
    key = _digest(request_key, request) if request_key and customer is None else None
    order = _existing_order(request, offer, expert, customer=customer, key=key)
    order = order or _new_order(request, offer, expert, customer=customer, key=key)
    return Placed(order, client_secret_of(order))


def pay_again(order: Order) -> Placed:
    """The secret of an order that is not paid yet: to try another card after one was refused (L4). Raises
    `NothingToPay`, and what `client_secret_of` raises."""
    if order.status != OrderStatus.PENDING:
        raise NothingToPay
    return Placed(order, client_secret_of(order))


def client_secret_of(order: Order) -> str:
    """The client secret of the order's payment, of which only the hash is kept here.

    Where the gateway refused to make that payment, it is asked for a new one: what was wrong may be mended. Raises
    `UnexpectedAmount`, `GatewayRefused`, `GatewayUnreachable`, and `WrongState` where there is nothing left to pay.
    """
    payment = payment_of(order)
    if payment.is_in_suspense and order.status == OrderStatus.PENDING:
        raise UnexpectedAmount
    if _was_never_made(payment):
        payment = _start_anew(order)
    client_secret = charges.submit(payment).client_secret
    order.secret_digest = _sha256(client_secret)
    order.save(update_fields=["secret_digest"])
    return client_secret


def payment_of(order: Order) -> Payment:
    assert order.payment_id, "the order comes with its payment"
    return Payment.objects.get(pk=order.payment_id)


def by_secret(order_id: UUID, client_secret: str) -> Order:
    """The order that this client secret belongs to. Raises `OrderNotFound`."""
    order = Order.objects.filter(pk=order_id).select_related("expert", "claimed_by").first()
    given = _sha256(client_secret)
    if order is None or not client_secret or not secrets.compare_digest(order.secret_digest or "", given):
        raise OrderNotFound
    return order


def _refuse_unfit(request: OrderRequest) -> None:
    errors = []
    if request.level not in Level.values:
        errors.append(FieldError("level", _choose(Level.values)))
    if request.service not in Service.values:
        errors.append(FieldError("service", _choose(Service.values)))
    try:
        validate_email(request.email)
    except ValidationError:
        errors.append(FieldError("customerEmail", _("Write an address such as name@example.com.")))
    if not 1 <= len(request.name) <= NAME_LENGTH:
        errors.append(FieldError("customerName", _("Write your name, in 120 characters at most.")))
    if len(request.phone) > PHONE_LENGTH or (request.phone and not any(map(str.isdigit, request.phone))):
        errors.append(FieldError("customerPhone", _("Write a telephone number such as +33 6 12 34 56 78.")))
    if errors:
        raise Invalid(errors=errors)


def _choose(values: list[str]) -> str:
    return _("Choose one of: %(choices)s.") % {"choices": ", ".join(values)}


def _offer(request: OrderRequest) -> Offer:
    offer = Offer.objects.filter(level=request.level, service=request.service, is_active=True).first()
    if offer is None:
        raise OfferNotForSale(level=Level(request.level).label, service=Service(request.service).label)
    return offer


def _expert(request: OrderRequest) -> Expert:
    expert = Expert.objects.select_related("user").filter(pk=request.expert_id).first()
    if expert is None:
        raise ExpertNotFound
    if not expert.is_active or not expert.user.is_active:
        raise ExpertNotAvailable(name=expert.name)
    return expert


def _existing_order(
    request: OrderRequest, offer: Offer, expert: Expert, *, customer: User | None, key: str | None
) -> Order | None:
    """The order that was placed by the same request before, or waits for the same customer's payment."""
    if key is not None:
        return Order.objects.filter(request_key=key).first()
    if customer is None:
        return None
    pending = Order.objects.filter(
        customer=customer, offer=offer, expert=expert, status=OrderStatus.PENDING
    ).first()
    if pending is None:
        return None
    if pending.amount != offer.price:
        # The price has changed since: that order is let go, and a new one asks for the new price.
        _let_go(pending, actor=customer)
        return None
    with transaction.atomic():
        _note_client(pending, request)
        pending.save(update_fields=["customer_email", "customer_name", "customer_phone"])
        search_index.index(pending)
    return pending


def _let_go(order: Order, *, actor: User) -> None:
    """Cancel the order once its payment can no longer be made. Raises `NothingToPay` where it just was,
    `UnexpectedAmount` where another amount came, and `BeingPaid` where the gateway does not cancel it."""
    payment = payment_of(order)
    if not _was_never_made(payment):
        payment = charges.cancel(payment)
        if payment.is_in_suspense:
            raise UnexpectedAmount
        if payment.state in (PaymentState.PROCESSING, PaymentState.PAID):
            raise NothingToPay
        if payment.state != PaymentState.EXPIRED:
            raise BeingPaid
    with transaction.atomic():
        order.refresh_from_db()
        if order.status == OrderStatus.PENDING:
            transitions.advance(order, OrderStatus.CANCELLED, actor=actor, because="price_changed")


def _new_order(
    request: OrderRequest, offer: Offer, expert: Expert, *, customer: User | None, key: str | None
) -> Order:
    try:
        with transaction.atomic():
            return _write(request, offer, expert, customer=customer, key=key)
    except IntegrityError:
        # Somebody pressed twice, and the other one was first.
        order = _existing_order(request, offer, expert, customer=customer, key=key)
        if order is None:
            raise
        return order


def _write(
    request: OrderRequest, offer: Offer, expert: Expert, *, customer: User | None, key: str | None
) -> Order:
    """The order and its payment, with the offer as the database has it, and nobody else's word for it."""
    order = Order(
        id=new_id(),
        code="".join(secrets.choice(_CODE_LETTERS) for _letter in range(_CODE_LENGTH)),
        offer=offer,
        expert=expert,
        customer=customer,
        locale=get_language() or settings.LANGUAGE_CODE,
        request_key=key,
        **_frozen(offer),
    )
    _note_client(order, request)
    order.payment_id = _start_payment(order).pk
    order.save(force_insert=True)
    transitions.begin(order)
    Intake.objects.create(order=order)
    search_index.index(order)
    timeline.record(transitions.SUBJECT, order.pk, "placed", actor=customer, amount=order.amount_minor)
    return order


def _start_payment(order: Order) -> Payment:
    """A payment of what the order costs, in the caller's transaction."""
    started = charges.start(
        purpose=PURPOSE,
        subject_id=order.pk,
        flow=Flow.EMBEDDED,
        payer=order.customer,
        email=order.customer_email,
        lines=[LineItem(f"{order.offer} · {order.expert.name} · {order.code}", order.amount)],
    )
    return started.payment


def _was_never_made(payment: Payment) -> bool:
    """Whether the gateway refused to make it, so that nobody can ever pay it: a card that was refused leaves one."""
    return payment.state == PaymentState.FAILED and not payment.reference


def _start_anew(order: Order) -> Payment:
    """Another payment in place of one that was never made. Of two who ask at once, the second gets the first one's."""
    with transaction.atomic():
        found = Order.objects.select_for_update().get(pk=order.pk)
        if found.status != OrderStatus.PENDING:
            raise NothingToPay
        payment = payment_of(found)
        if _was_never_made(payment):
            payment = _start_payment(found)
            found.payment_id, found.payment_status = payment.pk, PaymentStatus.PENDING
            found.save(update_fields=["payment_id", "payment_status"])
    order.payment_id, order.payment_status = found.payment_id, found.payment_status
    return payment


def _frozen(offer: Offer) -> dict[str, object]:
    """What of the offer the order keeps, whatever becomes of the offer."""
    return {
        "level": offer.level,
        "service": offer.service,
        "amount_minor": offer.price_minor,
        "currency": offer.currency,
        "duration_minutes": offer.duration_minutes,
        "delivery_days": offer.delivery_days,
        "revision_limit": offer.revision_limit,
        "intake_form": offer.intake_form,
    }


def _note_client(order: Order, request: OrderRequest) -> None:
    order.customer_email, order.customer_name, order.customer_phone = (
        request.email,
        request.name,
        request.phone,
    )


def _digest(request_key: str, request: OrderRequest) -> str:
    """The same request again, and only the same: who knows a key but not the request gets nothing of another's."""
    return _sha256("\n".join([request_key, *map(str, vars(request).values())]))


def _sha256(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()
