"""The demo's bespoke orders: a grid, two experts, contents for each level, and orders at every stage of their way."""

import json
from dataclasses import dataclass
from typing import Any

from comptoir.bespoke.assistant import calls as assistant_calls
from comptoir.bespoke.desk import assignments, validation
from comptoir.bespoke.models import Expert, LevelContent, Offer, Order, PromptTemplate, Revision
from comptoir.bespoke.models.grid import Level, Service
from comptoir.bespoke.operations import level_contents, offers
from comptoir.bespoke.ordering import placing
from comptoir.bespoke.orders import experts, intake
from comptoir.bespoke.sanctuary import acceptance, profiles
from comptoir.demo.bespoke_texts import EXPERTS, INCLUDED, LEVELS, PROMPTS, QUESTIONS, ShownExpert
from comptoir.demo.events import Event
from comptoir.demo.portraits import PORTRAITS
from comptoir.demo.sandbox import Sandbox
from comptoir.demo.uploads import upload
from comptoir.demo.writing import written
from comptoir.kernel.accounts.models import User
from comptoir.kernel.jobs import drain
from comptoir.kernel.payments import charges
from comptoir.kernel.payments.models import Payment

OPENED_DAYS_AGO = 40.0
PRICES = {"simple": 2900, "intuitive": 5900, "alchimique": 9900, "integrale": 17900}
SERVICES = {"basic": (0, 30, 10), "premium": (2000, 60, 7), "vip": (9000, 90, 3)}


@dataclass(frozen=True)
class Ordered:
    """An order of so many days ago, and how far it has come: paid, waiting, delivered or accepted."""

    days_ago: float
    client: str
    level: str
    service: str
    expert: str
    stage: str
    question: str
    rating: int | None = None


ORDERS = (
    Ordered(24.6, "buyer2", "intuitive", "premium", "expert", "accepted", "Dois-je quitter Nantes ?", 5),
    Ordered(18.2, "member", "simple", "basic", "expert2", "accepted", "Que faire de cet été ?", 4),
    Ordered(
        12.4, "client", "intuitive", "premium", "expert", "delivered", "Is this the year to open the bakery?"
    ),
    Ordered(4.1, "client", "simple", "premium", "expert", "waiting", "Whom should I ask for help?"),
    Ordered(2.2, "freelance", "alchimique", "vip", "expert", "waiting", "What keeps me from finishing?"),
    Ordered(0.8, "buyer", "intuitive", "basic", "expert", "paid", "Should I call my brother?"),
    Ordered(0.3, "buyer2", "integrale", "vip", "expert2", "paid", "Par où commencer ?"),
)


def history() -> list[Event[Any]]:
    """Everything, in the order of time."""
    cells = [(level, service) for level in Level.values for service in Service.values]
    return [
        *(Event(OPENED_DAYS_AGO, expert, _expert_exists, _appoint) for expert in EXPERTS),
        *(Event(OPENED_DAYS_AGO, expert, _is_seen, _show_portrait) for expert in EXPERTS),
        *(Event(OPENED_DAYS_AGO, cell, _is_offered, _offer) for cell in cells),
        *(Event(OPENED_DAYS_AGO, level, _has_contents, _add_contents) for level in LEVELS),
        Event(OPENED_DAYS_AGO, PROMPTS, lambda _: PromptTemplate.objects.exists(), _prepare_prompts),
        *(Event(order.days_ago, order, _is_ordered, _order) for order in ORDERS),
    ]


def _user(login: str) -> User:
    return User.objects.get(email=f"{login}@demo.test")


# ── What is offered ─────────────────────────────────────────────────────────────────────────────────────


def _expert_exists(shown: ShownExpert) -> bool:
    return Expert.objects.filter(user__email=f"{shown.login}@demo.test").exists()


def _appoint(shown: ShownExpert, _sandbox: Sandbox) -> None:
    experts.appoint(
        _user(shown.login),
        by=None,
        name=shown.name,
        about=shown.about,
        specialties=shown.specialties,
        weekly_capacity=shown.weekly_capacity,
    )


def _is_seen(shown: ShownExpert) -> bool:
    return Expert.objects.filter(user__email=f"{shown.login}@demo.test", portrait__isnull=False).exists()


def _show_portrait(shown: ShownExpert, _sandbox: Sandbox) -> None:
    user = _user(shown.login)
    key = upload(user, "previewImage", f"{shown.login}.webp", "image/webp", PORTRAITS[shown.login]())
    experts.show_portrait(Expert.objects.get(user=user), key=key, by=user)


def _is_offered(cell: tuple[str, str]) -> bool:
    return Offer.objects.filter(level=cell[0], service=cell[1]).exists()


def _offer(cell: tuple[str, str], _sandbox: Sandbox) -> None:
    level, service = cell
    more, minutes, days = SERVICES[service]
    offers.set_offer(
        None,
        level=level,
        service=service,
        price=PRICES[level] + more,
        currency="EUR",
        duration=minutes,
        delivery_days=days,
        included=[*INCLUDED[level], *INCLUDED[service]],
        revision_limit={"basic": 1, "premium": 2, "vip": 4}[service],
        intake_form=QUESTIONS,
    )


def _has_contents(level: str) -> bool:
    return LevelContent.objects.filter(level=level).exists()


def _add_contents(level: str, _sandbox: Sandbox) -> None:
    for title, summary, body in LEVELS[level]:
        level_contents.save(None, level=level, title=title, summary=summary, body=body)


def _prepare_prompts(prompts: Any, _sandbox: Sandbox) -> None:
    for title, prompt, instructions in prompts:
        PromptTemplate.objects.create(title=title, prompt=prompt, instructions=instructions)


# ── Orders ──────────────────────────────────────────────────────────────────────────────────────────────


def _existing_orders(wanted: Ordered) -> Any:
    return Order.objects.filter(
        customer__email=f"{wanted.client}@demo.test",
        level=wanted.level,
        service=wanted.service,
        paid_at__isnull=False,
    )


def _is_ordered(wanted: Ordered) -> bool:
    return _existing_orders(wanted).exists()


def _order(wanted: Ordered, sandbox: Sandbox) -> None:
    """Ordered, paid on the sandbox's page, and brought to its status, by the functions of production."""
    client, expert = _user(wanted.client), Expert.objects.get(user=_user(wanted.expert))
    request = placing.OrderRequest(wanted.level, wanted.service, expert.pk, client.email, client.name)
    placed = placing.place(request, customer=client)
    sandbox.pay_intent(placed.client_secret, name=client.name)
    payment = Payment.objects.get(subject_id=str(placed.order.pk))
    charges.refresh(payment)
    drain()
    order = _existing_orders(wanted).get()
    intake.answer(order, {"question": wanted.question}, actor=client)
    if profiles.profile_of(client) is None:
        profiles.save_profile(client, name=client.name, about=wanted.question)
    if wanted.stage != "paid":
        _write(order, expert)
    if wanted.stage in ("delivered", "accepted"):
        validation.validate(expert, order.pk, validation.Decision("approve"))
    if wanted.stage == "accepted":
        acceptance.accept(client, order.pk, rating=wanted.rating)


def _write(order: Order, expert: Expert) -> None:
    """As the assistant would have, which is not running yet."""
    _title, prompt, instructions = PROMPTS[0]
    revision = assignments.process(expert, order.pk, prompt=prompt, instructions=instructions)
    question = json.loads(
        json.dumps(assistant_calls.question(Revision.objects.select_related("order").get(pk=revision.pk)))
    )
    assistant_calls.take_answer(order.pk, revision=revision.number, content=written(question))
