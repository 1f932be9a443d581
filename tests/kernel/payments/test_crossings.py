"""Refunds, disputes and shares that cross each other, and what is done in the gateway's dashboard."""

import importlib
import threading
import time
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.apps import apps
from django.db import connection

from comptoir.kernel import clock
from comptoir.kernel.ledger import chart
from comptoir.kernel.ledger.posting import balance
from comptoir.kernel.money import Money
from comptoir.kernel.payments import check, disputes, reconciliation, refunds
from comptoir.kernel.payments.gateways.base import DisputeOutcome, RefundOutcome, RefundsSeen
from comptoir.kernel.payments.models import (
    Dispute,
    DisputeState,
    Payee,
    Payment,
    Refund,
    RefundState,
    Reversal,
    ReversalState,
    Share,
    ShareState,
)
from comptoir.kernel.payments.payouts.transfers import send_share
from tests.kernel.payments.toy import Toy, share_of

pytestmark = pytest.mark.django_db(transaction=True)


def euros(minor: int) -> Money:
    return Money(minor, "EUR")


def held(toy: Toy, payee: Payee) -> Payment:
    """3000 cents, 2000 of them the payee's: the gateway refuses to send those on."""
    toy.shop.sandbox.post("/_sandbox/faults", {"endpoint": "POST /v1/transfers", "kind": "400", "times": 1})
    payment = toy.paid(minor=3000, shares=share_of(payee, 2000, 300))
    assert Share.objects.get().state == ShareState.HELD
    return payment


def read_refunds(payment: Payment, *states: RefundState, minor: int = 1500) -> None:
    seen = [RefundOutcome(state, f"re_{number}", minor) for number, state in enumerate(states)]
    refunds.sync_refunds(payment, RefundsSeen(seen))


def read_dispute(
    payment: Payment, state: DisputeState, withdrawn: int, movements: int, currency: str = "EUR"
) -> None:
    outcome = DisputeOutcome(
        state=state,
        reference="du_1",
        amount=payment.received,
        withdrawn=Money(withdrawn, currency),
        fee=Money(0, currency),
        movements=movements,
    )
    disputes.sync(payment, outcome)


def still_owed_to_payers() -> int:
    return balance(chart.refunds_to_pay("stripe"), "EUR").minor


# ── Done in the dashboard ──


@pytest.mark.parametrize(
    "how", [{}, {"reverse_transfer": True}], ids=["as the dashboard does it", "without our fee"]
)
def test_what_a_refund_in_the_dashboard_left_with_the_payee_is_fetched(
    toy: Toy, payee: Payee, how: dict[str, bool]
) -> None:
    payment = toy.paid(minor=2900, shares=share_of(payee, 2900, 300))

    toy.shop.sandbox.stripe.v1.refunds.create({"charge": payment.charge, "amount": 1000, **how})
    toy.settle()

    reversal = Reversal.objects.get()
    assert reversal.state == ReversalState.DONE
    assert reversal.fee_minor == (0 if how else 103)
    toy.everything_agrees()


def test_a_second_refund_by_the_name_of_ours_counts_for_itself(toy: Toy) -> None:
    payment = toy.paid()
    ours = refunds.refund(payment, amount=euros(500), reason="less", actor=None, key="a")
    toy.settle()

    toy.shop.sandbox.stripe.v1.refunds.create(
        {
            "charge": payment.charge,
            "amount": 500,
            "metadata": {"payment": str(payment.pk), "refund": str(ours.pk)},
        }
    )
    toy.settle()

    assert Payment.objects.get().refunded_minor == 1000
    toy.everything_agrees()


def test_a_dispute_is_not_lost_while_its_payment_may_not_be_read(toy: Toy) -> None:
    toy.shop.sandbox.post("/_sandbox/webhooks", {"drop": True})
    action = toy.start()
    toy.shop.sandbox.pay(action.url, email="paul@example.test")
    session = toy.shop.sandbox.stripe.v1.checkout.sessions.retrieve(action.payment.session)
    toy.shop.sandbox.post("/_sandbox/webhooks", {"drop": False})
    toy.shop.sandbox.post("/_sandbox/disputes", {"charge": session.payment_intent})
    toy.shop.sandbox.wait_until_delivered()
    fault = {"endpoint": "GET /v1/payment_intents/*", "kind": "400", "times": 99}
    toy.shop.sandbox.post("/_sandbox/faults", fault)
    toy.shop.work()
    assert not Dispute.objects.exists()
    toy.shop.sandbox.http.delete("/_sandbox/faults")

    clock.advance(timedelta(hours=1))
    reconciliation.run()

    assert Dispute.objects.exists()


# ── Shares that were held back ──


def test_a_share_of_which_a_refund_may_still_fail_is_kept(toy: Toy, payee: Payee) -> None:
    payment = held(toy, payee)
    read_refunds(payment, RefundState.PENDING)
    read_refunds(payment, RefundState.PENDING, RefundState.SUCCEEDED)

    read_refunds(payment, RefundState.FAILED, RefundState.SUCCEEDED)

    assert Share.objects.get().state == ShareState.HELD
    assert toy.books()["payee"] == 850
    assert refunds.left_of(Payment.objects.get()) == euros(1500)
    assert check.run() == []


def test_what_a_bounced_refund_took_of_a_share_is_taken_once(toy: Toy, payee: Payee) -> None:
    payment = held(toy, payee)
    read_refunds(payment, RefundState.SUCCEEDED, minor=3000)
    assert Share.objects.get().state == ShareState.CANCELLED
    read_refunds(payment, RefundState.FAILED, minor=3000)
    assert still_owed_to_payers() == 3000

    read_dispute(payment, DisputeState.LOST, 3000, 1)
    toy.shop.work()

    assert {toy.books().get(name, 0) for name in ("payee", "fees", "receivable", "losses")} == {0}
    assert still_owed_to_payers() == 0
    assert check.run() == []


def test_a_lost_dispute_of_what_the_gateway_passed_on_unexpectedly_is_fetched(toy: Toy, payee: Payee) -> None:
    action = toy.start(shares=share_of(payee, 2900, 300))
    Payment.objects.update(amount_minor=2500)
    Share.objects.update(gross_minor=2500)
    toy.shop.sandbox.pay(action.url, email="paul@example.test")
    toy.settle()
    made = toy.shop.sandbox.post("/_sandbox/disputes", {"charge": Payment.objects.get().reference})
    toy.settle()

    toy.shop.sandbox.post(f"/_sandbox/disputes/{made['id']}/close", {"status": "lost"})
    toy.settle()

    assert toy.books().get("payee", 0) == 0
    assert toy.told == [("failed", "1")]
    toy.everything_agrees()


# ── Refunds and disputes that cross ──


def test_what_the_bank_takes_after_a_refund_bounced_is_no_longer_owed(toy: Toy) -> None:
    payment = toy.paid()
    read_refunds(payment, RefundState.SUCCEEDED, minor=2900)
    read_refunds(payment, RefundState.FAILED, minor=2900)

    read_dispute(payment, DisputeState.LOST, 2900, 1)

    assert (toy.books().get("losses", 0), still_owed_to_payers()) == (0, 0)
    assert check.run() == []


def test_a_loss_is_shared_once_the_refund_that_crossed_it_has_failed(toy: Toy, payee: Payee) -> None:
    payment = toy.paid(minor=3000, shares=share_of(payee, 2000, 300))
    read_refunds(payment, RefundState.PENDING)
    read_dispute(payment, DisputeState.LOST, 3000, 1)
    assert toy.books()["losses"] == 1500

    read_refunds(payment, RefundState.FAILED)

    toy.shop.work()
    assert {toy.books().get(name, 0) for name in ("payee", "fees", "receivable", "losses")} == {0}
    assert check.run() == []


def test_what_is_lost_again_in_another_currency_is_taken_from_suspense(toy: Toy) -> None:
    payment = toy.paid()
    read_dispute(payment, DisputeState.LOST, 3200, 1, "USD")
    read_dispute(payment, DisputeState.WON, 0, 2, "USD")
    read_dispute(payment, DisputeState.LOST, 3200, 3, "USD")

    accounts = chart.gateway("stripe"), chart.suspense(), chart.losses("stripe")
    assert [balance(account, "USD").minor for account in accounts] == [-3200, 0, 3200]
    assert check.run() == []


def test_what_a_bank_keeps_of_a_dispute_that_was_won_is_named(toy: Toy) -> None:
    payment = toy.paid()
    read_dispute(payment, DisputeState.NEEDS_RESPONSE, 2900, 1)
    read_dispute(payment, DisputeState.WON, 900, 2)

    assert any("900 of it are still withdrawn" in line for line in check.run())


def test_what_went_back_twice_round_is_told_as_over(toy: Toy) -> None:
    action = toy.start()
    Payment.objects.update(amount_minor=2500)
    toy.shop.sandbox.pay(action.url, email="paul@example.test")
    toy.settle()
    payment = Payment.objects.get(pk=action.payment.pk)
    read_dispute(payment, DisputeState.LOST, 2900, 1)
    read_dispute(payment, DisputeState.WON, 0, 2)
    toy.shop.work()

    read_refunds(payment, RefundState.SUCCEEDED, minor=2900)
    toy.shop.work()

    assert toy.told[-1] == ("failed", "1")
    assert check.run() == []


# ── Rows from before we knew our own part ──


def migrated() -> None:
    importlib.import_module("comptoir.kernel.payments.migrations.0004_own_part").note_own_part(apps, None)


def test_of_earlier_rows_the_own_part_is_no_more_than_there_was(toy: Toy) -> None:
    payment = toy.paid()
    read_refunds(payment, RefundState.SUCCEEDED, minor=2900)
    read_dispute(payment, DisputeState.LOST, 2900, 1)
    Refund.objects.update(own_minor=0)
    Dispute.objects.update(own_minor=0)

    migrated()

    assert (Refund.objects.get().own_minor, Dispute.objects.get().own_minor) == (2900, 0)


def test_of_earlier_rows_what_came_back_is_no_longer_lost(toy: Toy) -> None:
    payment = toy.paid()
    read_dispute(payment, DisputeState.LOST, 2900, 1)
    read_dispute(payment, DisputeState.WON, 0, 2)
    Dispute.objects.update(own_minor=0, lost_minor=2900)

    migrated()
    assert (Dispute.objects.get().own_minor, Dispute.objects.get().lost_minor) == (2900, 0)

    read_dispute(payment, DisputeState.LOST, 2900, 3)
    assert {toy.books().get(name, 0) for name in ("suspense", "disputes", "receivable")} == {0}


# ── Two at once ──


def at_once(*calls: Callable[[], Any], seconds: float = 2) -> list[str]:
    """All of them over and over; what went wrong."""
    problems: list[str] = []
    until = time.monotonic() + seconds

    def repeat(call: Callable[[], Any]) -> None:
        try:
            while time.monotonic() < until and not problems:
                call()
        except Exception as error:
            problems.append(f"{type(error).__name__}: {error}")
        finally:
            connection.close()

    threads = [threading.Thread(target=repeat, args=(call,)) for call in calls]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return problems


def test_the_reaction_to_a_refund_and_another_event_of_it_do_not_wait_for_each_other(toy: Toy) -> None:
    payment = toy.paid()
    read_refunds(payment, RefundState.SUCCEEDED, minor=500)
    asked = Refund.objects.get()

    assert not at_once(
        lambda: read_refunds(payment, RefundState.SUCCEEDED, minor=500),
        lambda: refunds.react_to_refund(refund_id=str(asked.pk), state="succeeded"),
    )


def test_a_share_of_which_nothing_is_to_be_sent_is_left_alone(toy: Toy, payee: Payee) -> None:
    payment = held(toy, payee)
    read_refunds(payment, RefundState.SUCCEEDED, minor=3000)

    send_share(share_id=str(Share.objects.get().pk))

    assert Share.objects.get().state == ShareState.CANCELLED
