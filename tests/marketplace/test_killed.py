"""The process is killed (SIGKILL) at every moment of a purchase that leaves a trace, and started again."""

import itertools
from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any

import pytest
import stripe
from django.conf import settings as django_settings
from django.db import connection

from comptoir.kernel import clock
from comptoir.kernel.accounts.tokens import issue_token
from comptoir.kernel.jobs import drain
from comptoir.kernel.notifications.models import Mail
from comptoir.kernel.payments import check, reconciliation
from comptoir.kernel.payments.models import Payment
from comptoir.marketplace.models import Order, Purchase
from tests import cast
from tests.crash_worker_process import CrashWorker
from tests.shop import Shop

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def items(shop: Shop, camille: Any, adrien: Any) -> list[str]:
    """From two sellers, so that there are transfers to be killed in, too."""
    sellers = shop.seller(camille), shop.seller(adrien)
    shop.sandbox.post("/_sandbox/webhooks", {"hold": True})
    return [sellers[0].publish(price=1999), sellers[1].publish(price=3001)]


class Scene:
    """One purchase by a new buyer, in a shop where others have bought before."""

    def __init__(self, shop: Shop, crash_worker: CrashWorker, items: list[str], *, number: int) -> None:
        clock.reset()
        self.shop, self.crash_worker, self.items = shop, crash_worker, items
        self.buyer = shop.person(cast.person(f"Buyer{number}"))

    def check_out(self) -> str:
        return self.buyer.check_out(*self.items)["checkoutUrl"]

    def pay(self) -> None:
        assert self.shop.sandbox.pay(self.check_out()).status_code == 303

    def payment(self) -> Payment:
        return Payment.objects.get(payer=self.buyer.user)

    def event(self) -> dict[str, str]:
        """The webhook of this purchase, as Stripe would send it now."""
        events = self.shop.sandbox.stripe.v1.events.list({"type": "checkout.session.completed", "limit": 100})
        event = next(e for e in events.data if e.data.object.metadata["payment"] == str(self.payment().pk))
        secret = django_settings.STRIPE_WEBHOOK_SECRETS[0]
        header = stripe.WebhookSignature.generate_signature_header(str(event), secret)
        return {"body": str(event), "signature": header}

    def start_again(self) -> None:
        """What a fresh process does: abandoned jobs once their leases have run out, and reconciliation."""
        clock.advance(timedelta(minutes=30))
        drain()
        reconciliation.run()
        drain()

    def ends_well(self) -> None:
        """One purchase of each thing, one mail, one charge, one transfer to each seller, books in order."""
        bought = Purchase.objects.filter(buyer=self.buyer.user).values_list("automation_id", flat=True)
        assert sorted(map(str, bought)) == sorted(self.items)
        mail = Mail.objects.get(recipient=self.buyer.user)
        assert mail.state == "sent"
        group = f"payment_{self.payment().pk}"
        transfers = self.shop.sandbox.stripe.v1.transfers.list({"transfer_group": group}).data
        assert sorted(t.amount for t in transfers) == [1699, 2551]
        charges = self.shop.sandbox.stripe.v1.charges.list({"transfer_group": group}).data
        assert [charge.amount for charge in charges if charge.paid] == [5000]
        assert check.run() == []


Moments = Callable[[Callable[[Scene, int], bool], Callable[[Scene], None]], int]


def moments() -> Iterator[int]:
    """Every one on PostgreSQL; on SQLite, every other: the code that runs there is the same."""
    return itertools.count(1, 2 if connection.vendor == "sqlite" else 1)


@pytest.fixture
def at_every_moment(shop: Shop, crash_worker: CrashWorker, items: list[str]) -> Moments:
    """Play a scene, killed at its first moment, then its second, … until it is no longer killed; how often it was."""

    def play(scene_until_killed: Callable[[Scene, int], bool], afterwards: Callable[[Scene], None]) -> int:
        for moment in moments():
            scene = Scene(shop, crash_worker, items, number=moment)
            killed = scene_until_killed(scene, moment)
            afterwards(scene)
            scene.ends_well()
            if not killed:
                return moment - 1
        raise AssertionError

    return play


def test_killed_while_the_order_is_placed(at_every_moment: Moments) -> None:
    """The buyer asks again, and gets the one order there is."""

    def place(scene: Scene, moment: int) -> bool:
        token = issue_token(scene.buyer.user, name="crash worker")
        return scene.crash_worker.does("check_out", kill_at=moment, token=token, items=scene.items)

    def go_on(scene: Scene) -> None:
        scene.start_again()
        clock.reset()
        scene.pay()
        assert Order.objects.filter(buyer=scene.buyer.user).count() == 1
        drain()
        scene.start_again()

    assert at_every_moment(place, go_on) >= 5


@pytest.mark.req("K15")
def test_killed_while_the_webhook_is_taken_in(at_every_moment: Moments) -> None:
    """The gateway was not told yes, so it sends the event again."""

    def take_in(scene: Scene, moment: int) -> bool:
        scene.pay()
        return scene.crash_worker.does("webhook", kill_at=moment, **scene.event())

    def go_on(scene: Scene) -> None:
        assert not scene.crash_worker.does("webhook", kill_at=0, **scene.event())
        drain()
        assert Purchase.objects.filter(buyer=scene.buyer.user).count() == 2

    assert at_every_moment(take_in, go_on) >= 1


@pytest.mark.req("K15")
def test_killed_while_the_work_is_done(at_every_moment: Moments) -> None:
    """Settling, the product's reaction, the transfers, the mails: whoever comes next takes them up."""

    def work(scene: Scene, moment: int) -> bool:
        scene.shop.sandbox.post("/_sandbox/webhooks", {"hold": False})
        scene.pay()
        scene.shop.sandbox.wait_until_delivered()
        return scene.crash_worker.does("work", kill_at=moment)

    assert at_every_moment(work, Scene.start_again) >= 20


def test_killed_while_the_buyer_comes_back(at_every_moment: Moments) -> None:
    """No webhook ever arrives, and the process dies on the return page."""

    def come_back(scene: Scene, moment: int) -> bool:
        scene.pay()
        return scene.crash_worker.does("come_back", kill_at=moment, payment=str(scene.payment().pk))

    assert at_every_moment(come_back, Scene.start_again) >= 5
