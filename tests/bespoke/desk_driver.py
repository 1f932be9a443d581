"""Orders written straight into the tables, for pages of the desk that are not about how one is paid."""

import json
from typing import Any

from django.test import Client

from comptoir.bespoke.assistant import calls as assistant_calls
from comptoir.bespoke.desk import assignments
from comptoir.bespoke.models import Expert, Intake, Offer, Order, OrderStatus, PaymentStatus
from comptoir.bespoke.operations import offers
from comptoir.bespoke.orders import experts, search_index, transitions
from comptoir.bespoke.orders.workload import today
from comptoir.kernel import clock
from comptoir.kernel.accounts.models import User
from tests.bespoke.bespoke_driver import ANSWERS, CONTENT, QUESTIONS

PHONE = "+33 6 12 34 56 78"
_LETTERS = "ABCDEFGHJKLMNPQRSTUVWXYZ"


def expert(user: User, name: str) -> Expert:
    return experts.appoint(user, by=None, name=name, specialties=["tarot"])


def offer() -> Offer:
    return offers.set_offer(
        None,
        level="intuitive",
        service="premium",
        price=7900,
        currency="EUR",
        duration=60,
        delivery_days=7,
        included=["A reading of ten pages"],
        revision_limit=2,
        intake_form=QUESTIONS,
    )


def paid(worker: Expert, client: User, **changes: Any) -> Order:
    """An order that is paid, with its client's answers."""
    sold, number = Offer.objects.first() or offer(), Order.objects.count()
    order = Order.objects.create(
        **{
            "code": f"PAID{_LETTERS[number // 24 % 24]}{_LETTERS[number % 24]}22",
            "status": OrderStatus.PENDING,
            "payment_status": PaymentStatus.SUCCEEDED,
            "offer": sold,
            "level": sold.level,
            "service": sold.service,
            "amount_minor": sold.price_minor,
            "currency": sold.currency,
            "duration_minutes": sold.duration_minutes,
            "delivery_days": sold.delivery_days,
            "revision_limit": sold.revision_limit,
            "intake_form": sold.intake_form,
            "expert": worker,
            "customer": client,
            "customer_email": client.email,
            "customer_name": f"{client.name} Okafor",
            "customer_phone": PHONE,
            "locale": client.locale,
            "paid_at": clock.now(),
            "due_on": today(),
            **changes,
        }
    )
    transitions.begin(order)
    transitions.advance(order, OrderStatus.COMPLETED)
    Intake.objects.create(order=order, answers=json.dumps(ANSWERS), completed_at=clock.now())
    search_index.index(order)
    return order


def asked(order: Order, worker: Expert, prompt: str = "Write a reading.") -> int:
    """Sent to the assistant; returns the revision's number."""
    return assignments.process(worker, order.pk, prompt=prompt, instructions="Be kind.").number


def written(order: Order, worker: Expert, content: str = CONTENT) -> Order:
    """The assistant has answered, and its text waits for the expert's word."""
    assistant_calls.take_answer(order.pk, revision=asked(order, worker), content=content)
    order.refresh_from_db()
    return order


def at(user: User) -> Client:
    """Somebody's browser, signed in."""
    client = Client()
    client.force_login(user)
    return client
