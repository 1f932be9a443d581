"""The process is killed (SIGKILL) at every moment of a bespoke order that leaves a trace, and started again."""

import json
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from comptoir.bespoke.assistant import signing
from comptoir.bespoke.models import Order, Revision
from comptoir.kernel import clock
from comptoir.kernel.accounts.tokens import issue_token
from comptoir.kernel.jobs import drain
from comptoir.kernel.notifications.models import Mail
from comptoir.kernel.payments import check, reconciliation
from tests import cast
from tests.bespoke.bespoke_driver import SECRET, BespokeDriver
from tests.crash_worker_process import CrashWorker
from tests.marketplace.test_killed import moments

pytestmark = pytest.mark.django_db(transaction=True)

# Back-off and leases have run out by then; an answer is not yet missed.
LATER = timedelta(minutes=20)


class Scene:
    """One order by a new client, in a house where others have ordered before."""

    def __init__(self, bespoke: BespokeDriver, crash_worker: CrashWorker, *, number: int) -> None:
        clock.reset()
        self.bespoke, self.crash_worker = bespoke, crash_worker
        self.client = bespoke.person(cast.person(f"Client{number}"))

    @property
    def order(self) -> Order:
        return Order.objects.get(customer=self.client.user)

    def dies_in(self, path: str, body: dict[str, Any], *, who: Any, moment: int) -> bool:
        token = issue_token(who, name="crash worker")
        headers = {"Authorization": f"Bearer {token}"}
        return self.crash_worker.does(
            "send", kill_at=moment, path=path, body=json.dumps(body), headers=headers
        )

    def start_again(self) -> None:
        clock.advance(LATER)
        drain()
        reconciliation.run()
        drain()

    def mails(self, template: str) -> int:
        return Mail.objects.filter(template=template, key__contains=str(self.order.pk), state="sent").count()

    def asked(self) -> list[int]:
        return [
            one["revision"] for one in self.bespoke.assistant.asked if one["orderId"] == str(self.order.pk)
        ]


Play = Callable[[Callable[[Scene, int], bool], Callable[[Scene], None]], int]


@pytest.fixture
def at_every_moment(bespoke: BespokeDriver, crash_worker: CrashWorker) -> Play:
    """Play a scene, killed at its first moment, then its second, … until it is no longer killed; how often it was."""

    def play(until_killed: Callable[[Scene, int], bool], afterwards: Callable[[Scene], None]) -> int:
        for moment in moments():
            scene = Scene(bespoke, crash_worker, number=moment)
            killed = until_killed(scene, moment)
            afterwards(scene)
            assert check.run() == []
            if not killed:
                return moment - 1
        raise AssertionError

    return play


@pytest.mark.req("L2", "L4")
def test_killed_while_the_order_is_placed(at_every_moment: Play) -> None:
    """The client asks again, and gets the one order there is."""

    def place(scene: Scene, moment: int) -> bool:
        path = "/api/payments/create-payment-intent"
        return scene.dies_in(path, scene.bespoke.wish(), who=scene.client.user, moment=moment)

    def go_on(scene: Scene) -> None:
        scene.start_again()
        clock.reset()
        scene.bespoke.confirm(scene.bespoke.order(scene.client))
        scene.bespoke.settled()
        assert scene.order.status == "completed"
        paid = scene.bespoke.shop.sandbox.stripe.v1.charges.list({"limit": 100}).data
        assert len([charge for charge in paid if charge.paid]) == Order.objects.count()

    assert at_every_moment(place, go_on) >= 3


@pytest.mark.req("L4", "L15")
def test_killed_while_the_payment_is_worked_off(at_every_moment: Play) -> None:
    def work(scene: Scene, moment: int) -> bool:
        scene.bespoke.confirm(scene.bespoke.order(scene.client))
        scene.bespoke.shop.sandbox.wait_until_delivered()
        return scene.crash_worker.does("work", kill_at=moment)

    def go_on(scene: Scene) -> None:
        scene.start_again()
        assert (scene.order.status, scene.order.payment_status) == ("completed", "succeeded")
        assert (scene.mails("bespoke_paid"), scene.mails("bespoke_new")) == (1, 1)

    assert at_every_moment(work, go_on) >= 8


@pytest.mark.req("L6", "L15")
@pytest.mark.parametrize("where", ["in the expert's click", "in the worker"])
def test_killed_while_the_assistant_is_asked(at_every_moment: Play, where: str) -> None:
    """It is asked at least once, and its answer is taken once."""

    def send(scene: Scene, moment: int) -> bool:
        order_id = scene.bespoke.paid_order(scene.client)
        if where == "in the worker":
            scene.bespoke.process(order_id)
            return scene.crash_worker.does("work", kill_at=moment)
        asked = {"orderId": order_id, "expertPrompt": "Write."}
        emile = scene.bespoke.experts["emile"].user
        return scene.dies_in("/api/expert/process-order", asked, who=emile, moment=moment)

    def go_on(scene: Scene) -> None:
        if scene.order.status == "completed":
            assert scene.bespoke.process(str(scene.order.pk)).status_code == 200
        scene.start_again()
        assert set(scene.asked()) == {1}
        clock.reset()
        answers = [scene.bespoke.call_back(str(scene.order.pk), 1).status_code for _time in range(2)]
        assert answers == [200, 409]
        assert scene.order.status == "awaiting_validation"

    assert at_every_moment(send, go_on) >= (3 if where == "in the worker" else 1)


@pytest.mark.req("L7", "L15")
def test_killed_while_the_answer_is_taken_in(at_every_moment: Play) -> None:
    """The assistant was not told yes, so it sends its answer again."""

    def answer(scene: Scene, moment: int) -> bool:
        order_id = scene.bespoke.paid_order(scene.client)
        scene.bespoke.process(order_id)
        scene.bespoke.work()
        body = json.dumps({"orderId": order_id, "revision": 1, "content": "A text."})
        headers = signing.headers(body.encode(), secret=SECRET)
        path = "/api/webhooks/assistant"
        return scene.crash_worker.does("send", kill_at=moment, path=path, body=body, headers=headers)

    def go_on(scene: Scene) -> None:
        assert scene.bespoke.call_back(str(scene.order.pk), 1, "A text.").status_code in (200, 409)
        scene.start_again()
        assert scene.order.status == "awaiting_validation"
        assert Revision.objects.get(order=scene.order).content == "A text."
        assert scene.mails("bespoke_answer") == 1

    assert at_every_moment(answer, go_on) >= 1


@pytest.mark.req("L9", "L11")
def test_killed_while_the_content_is_approved(at_every_moment: Play) -> None:
    def approve(scene: Scene, moment: int) -> bool:
        said = {
            "orderId": scene.bespoke.written_order(scene.client),
            "action": "approve",
            "content": "Mended.",
        }
        emile = scene.bespoke.experts["emile"].user
        return scene.dies_in("/api/expert/validate-content", said, who=emile, moment=moment)

    def go_on(scene: Scene) -> None:
        again = scene.bespoke.validate(str(scene.order.pk), "approve", content="Mended.")
        assert again.status_code in (200, 409)
        scene.start_again()
        states = list(scene.order.revisions.order_by("number").values_list("state", flat=True))
        assert (scene.order.status, states) == ("delivered", ["superseded", "approved"])
        assert scene.mails("bespoke_delivered") == 1

    assert at_every_moment(approve, go_on) >= 1
