"""One bespoke order with its revision, and the experts of a site of some size: what `desk` multiplies. Runs as a program.

It prints the ids of the experts, and the cookie with which the first of them reads their queue.
"""

import json

from comptoir.config.setup_django import setup_django

setup_django()

from django.conf import settings  # noqa: E402
from django.test import Client  # noqa: E402

from comptoir.bespoke.models import Order, Revision  # noqa: E402
from comptoir.bespoke.operations import offers  # noqa: E402
from comptoir.bespoke.orders import experts, search_index, transitions  # noqa: E402
from comptoir.kernel import clock  # noqa: E402
from comptoir.kernel.accounts.models import User  # noqa: E402

EXPERTS = 20


def main() -> None:
    people = [
        User.objects.create_user(f"expert{n}@bench.test", verified=True, name="Émile Roux")
        for n in range(EXPERTS)
    ]
    appointed = [experts.appoint(user, by=None, name=str(user), specialties=["tarot"]) for user in people]
    offer = offers.set_offer(
        None, level="simple", service="basic", price=2900, currency="EUR", duration=60, delivery_days=7
    )
    order = Order.objects.create(
        code="BENCHES2",
        offer=offer,
        level=offer.level,
        service=offer.service,
        amount_minor=offer.price_minor,
        currency=offer.currency,
        duration_minutes=offer.duration_minutes,
        delivery_days=offer.delivery_days,
        revision_limit=offer.revision_limit,
        expert=appointed[0],
        customer_email="paul@bench.test",
        customer_name="Paul Okafor",
        customer_phone="+33 6 12 34 56 78",
        locale="en",
        paid_at=clock.now(),
    )
    transitions.begin(order)
    search_index.index(order)
    text = "The moon is kind to you this week. " * 200
    Revision.objects.create(
        order=order, number=1, author="assistant", state="submitted", expert=appointed[0], content=text
    )
    client = Client()
    client.force_login(people[0])
    session = client.cookies[settings.SESSION_COOKIE_NAME]
    print(
        json.dumps(
            {"experts": [str(one.pk) for one in appointed], "cookie": f"{session.key}={session.value}"}
        )
    )


if __name__ == "__main__":
    main()
