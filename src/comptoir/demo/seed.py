"""Seeding the demo: whatever of its people, listings and sales is missing is made as people would make it.

It is done before the shop opens. The sandbox's clock begins six weeks back and is led up to today, event by event,
with ours beside it; its webhooks are held meanwhile, and find everything settled when the shop hears them.
"""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

from django.db.models import QuerySet
from django.utils.translation import gettext as _

from comptoir.demo import bespoke, listings
from comptoir.demo.cast import PASSWORD, PEOPLE, SALES, Person, Sale
from comptoir.demo.events import Event
from comptoir.demo.listings import Listing
from comptoir.demo.sandbox import Sandbox
from comptoir.demo.uploads import upload
from comptoir.kernel import clock
from comptoir.kernel.accounts.models import User
from comptoir.kernel.accounts.roles import grant
from comptoir.kernel.jobs import drain
from comptoir.kernel.payments import charges
from comptoir.kernel.payments.models import Payment
from comptoir.kernel.payments.payouts import accounts as payout_accounts
from comptoir.marketplace.checkout import placing
from comptoir.marketplace.models import Purchase, Version
from comptoir.marketplace.selling import publishing

HISTORY = timedelta(days=42)
# The first sale comes after the last listing.
LISTED_FROM_DAYS, LISTED_TO_DAYS = 41.0, 28.0

Say = Callable[[str], None]


def seed(sandbox_url: str, *, say: Say) -> None:
    """Bring in whatever is missing. What is there is left as people have made it."""
    missing = [event for event in _history() if not event.has_happened(event.thing)]
    if not missing:
        return
    say(_("Adding sample data: people, listings, six weeks of sales…"))
    today = clock.now()
    with Sandbox(sandbox_url) as sandbox:
        sandbox.hold_webhooks()
        sandbox.begin(HISTORY)
        for event in missing:
            with clock.frozen(sandbox.advance_to(today - timedelta(days=event.days_ago))):
                event.happen(event.thing, sandbox)
                drain()
        sandbox.advance_to(clock.now())


def _history() -> list[Event[Any]]:
    """Everything, in the order of time."""
    # Neither by seller nor by language, and the same every time.
    in_order = sorted(listings.load(), key=lambda listing: listing.slug[::-1])
    step = (LISTED_FROM_DAYS - LISTED_TO_DAYS) / max(len(in_order), 1)
    sellers = [person for person in PEOPLE if person.onboarded]
    events: list[Event[Any]] = [
        *(Event(HISTORY.days, person, _user_exists, _create_user) for person in PEOPLE),
        *(Event(LISTED_FROM_DAYS, person, _is_seller, _set_up) for person in sellers),
        *(
            Event(LISTED_FROM_DAYS - step * i, listing, _is_published, _publish)
            for i, listing in enumerate(in_order)
        ),
        *(Event(sale.days_ago, sale, _is_sold, _sell) for sale in SALES),
        *bespoke.history(),
    ]
    return sorted(events, key=lambda event: -event.days_ago)


# ── People ──────────────────────────────────────────────────────────────────────────────────────────────


def _user(login: str) -> User:
    return User.objects.get(email=f"{login}@demo.test")


def _user_exists(person: Person) -> bool:
    return User.objects.filter(email=person.email).exists()


def _create_user(person: Person, _sandbox: Sandbox) -> None:
    user = User.objects.create_user(
        person.email, PASSWORD, verified=True, name=person.name, locale=person.locale
    )
    if person.role:
        grant(user, person.role, by=None)


def _is_seller(person: Person) -> bool:
    user = User.objects.filter(email=person.email).first()
    return user is not None and publishing.may_sell(user)


def _set_up(person: Person, sandbox: Sandbox) -> None:
    """By the gateway's own page, as every seller."""
    user = _user(person.login)
    publishing.present_shop(user, name=person.name, about=person.about)
    url = payout_accounts.onboarding_url(user, return_path="/stripe/return", refresh_path="/sell")
    sandbox.onboard(url, name=person.name)
    payee = payout_accounts.payee_of(user)
    assert payee and payout_accounts.refresh(payee).onboarding_complete, f"{person.email} was not set up"


# ── Listings ────────────────────────────────────────────────────────────────────────────────────────────


def _is_published(listing: Listing) -> bool:
    """By the name of its file, which stays when people change the rest, or take it down."""
    return Version.objects.filter(
        file__filename=listing.workflow_filename,
        automation__seller__user__email=f"{listing.seller}@demo.test",
    ).exists()


def _publish(listing: Listing, _sandbox: Sandbox) -> None:
    user = _user(listing.seller)
    publishing.publish(
        user,
        title=listing.title,
        description=listing.description,
        price=listing.price_minor,
        currency=listing.currency,
        category=listing.category,
        platform=listing.platform,
        tags=list(listing.tags),
        version=listing.version,
        file_key=upload(
            user, "automationFile", listing.workflow_filename, "application/json", listing.workflow
        ),
        preview_image_key=upload(user, "previewImage", f"{listing.slug}.webp", "image/webp", listing.preview),
    )


# ── Sales ───────────────────────────────────────────────────────────────────────────────────────────────


def _is_sold(sale: Sale) -> bool:
    return _purchases(sale).exists()


def _purchases(sale: Sale) -> QuerySet[Purchase]:
    return Purchase.objects.filter(
        buyer__email=f"{sale.buyer}@demo.test",
        automation__versions__file__filename__in=[f"{slug}.json" for slug in sale.slugs],
    )


def _sell(sale: Sale, sandbox: Sandbox) -> None:
    """Ordered, paid on the hosted page, settled by asking the gateway: as when the buyer comes back from there."""
    buyer = _user(sale.buyer)
    wanted = [Version.objects.get(file__filename=f"{slug}.json").automation_id for slug in sale.slugs]
    ordered = placing.check_out(buyer, wanted)
    sandbox.pay(ordered.url, name=buyer.name)
    payment = Payment.objects.get(subject_id=str(ordered.order.pk))
    charges.refresh(payment)
    drain()
    assert _purchases(sale).count() == len(sale.slugs), f"{sale} was not delivered"
