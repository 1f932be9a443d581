"""What is given back or taken back is unwound in proportion, and the books equal the gateway: told by the toy."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from comptoir.kernel import clock
from comptoir.kernel.accounts.workspaces import open_workspace
from comptoir.kernel.ledger import chart
from comptoir.kernel.ledger.posting import balance
from comptoir.kernel.money import Money
from comptoir.kernel.payments import check, disputes, reconciliation, refunds
from comptoir.kernel.payments.charges import ShareOf
from comptoir.kernel.payments.gateways.base import DisputeOutcome, Outcome
from comptoir.kernel.payments.models import (
    Dispute,
    DisputeState,
    Payee,
    Payment,
    PaymentState,
    RefundState,
    Reversal,
    ReversalState,
)
from comptoir.kernel.payments.settlement import settle
from tests.kernel.payments.toy import PURPOSE, Toy

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def payee(sandbox: Any, camille: Any) -> Payee:
    return Payee.objects.create(
        user=camille,
        workspace=open_workspace(camille),
        account=sandbox.onboarded_account(email=camille.email).id,
        charges_enabled=True,
        payouts_enabled=True,
        details_submitted=True,
    )


def share_of(payee: Payee, gross: int, fee: int) -> list[ShareOf]:
    return [ShareOf(payee, Money(gross, "EUR"), Money(fee, "EUR"))]


def dispute_opened(toy: Toy, payment: Payment, minor: int | None = None) -> Dispute:
    made = toy.shop.sandbox.post(
        "/_sandbox/disputes", {"charge": payment.reference} | ({"amount": minor} if minor else {})
    )
    toy.settle()
    return Dispute.objects.get(reference=made["id"])


def decide(toy: Toy, dispute: Dispute, evidence: str) -> Dispute:
    toy.shop.sandbox.stripe.v1.disputes.update(
        dispute.reference, {"evidence": {"uncategorized_text": evidence}}
    )
    toy.settle()
    dispute.refresh_from_db()
    return dispute


def test_a_refund_takes_back_from_the_account_that_was_credited(toy: Toy) -> None:
    payment = toy.paid()
    fee = payment.gateway_fee_minor or 0

    refunds.refund(payment, amount=Money(1000, "EUR"), reason="less", actor=None, key="a")
    toy.settle()
    assert toy.told == [("paid", "1"), ("refund succeeded", "1")]
    assert toy.books() == {"gateway": 1900 - fee, "gateway_fees": fee, "receivable": -1900}

    refunds.refund(Payment.objects.get(), reason="all", actor=None, key="b")
    toy.settle()
    assert toy.books() == {"gateway": -fee, "gateway_fees": fee}
    with pytest.raises(refunds.NothingToRefund):
        refunds.refund(Payment.objects.get(), reason="more", actor=None, key="c")
    toy.everything_agrees()


@pytest.mark.parametrize("whole", [True, False], ids=["a destination charge", "a separate transfer"])
def test_a_payees_part_goes_out_and_comes_back(toy: Toy, payee: Payee, whole: bool) -> None:
    payment = toy.paid(minor=2900, shares=share_of(payee, 2900 if whole else 2000, 300))
    assert toy.books().get("payee", 0) == 0  # it was sent on

    refunds.refund(payment, reason="all", actor=None, key="a")
    toy.settle()

    reversal = Reversal.objects.get()
    assert reversal.state == ReversalState.DONE
    books = toy.books()
    assert {books.get(name, 0) for name in ("payee", "fees", "receivable")} == {0}
    toy.everything_agrees()


def test_while_the_bank_decides_its_money_stands_in_an_account_of_its_own(toy: Toy) -> None:
    payment = toy.paid()
    fee = payment.gateway_fee_minor or 0

    dispute = dispute_opened(toy, payment)

    assert (dispute.state, dispute.amount, dispute.reason) == (
        DisputeState.NEEDS_RESPONSE,
        Money(2900, "EUR"),
        "fraudulent",
    )
    assert dispute.evidence_due_at
    assert dispute.evidence_due_at > clock.now()
    assert toy.told == [("paid", "1"), ("dispute needs_response", "1")]
    assert toy.books() == {
        "gateway": -fee - 2000,
        "gateway_fees": fee + 2000,
        "disputes": 2900,
        "receivable": -2900,
    }
    with pytest.raises(refunds.PaymentDisputed):
        refunds.refund(payment, reason="too late", actor=None, key="a")
    toy.everything_agrees()


def test_what_is_won_comes_back_with_the_fee(toy: Toy) -> None:
    payment = toy.paid()
    fee = payment.gateway_fee_minor or 0
    dispute = decide(toy, dispute_opened(toy, payment), "winning_evidence")

    assert (dispute.state, dispute.withdrawn_minor, dispute.fee_minor) == (DisputeState.WON, 0, 0)
    assert dispute.closed_at
    assert toy.told[-1] == ("dispute won", "1")
    assert toy.books() == {"gateway": 2900 - fee, "gateway_fees": fee, "receivable": -2900}
    assert refunds.left_of(Payment.objects.get()) == Money(2900, "EUR")
    toy.everything_agrees()


def test_what_is_lost_is_taken_from_those_who_had_it(toy: Toy, payee: Payee) -> None:
    payment = toy.paid(minor=3000, shares=share_of(payee, 2000, 300))
    fee = payment.gateway_fee_minor or 0

    dispute = decide(toy, dispute_opened(toy, payment, 1500), "losing_evidence")

    assert (dispute.state, dispute.lost_minor) == (DisputeState.LOST, 1500)
    reversal = Reversal.objects.get(dispute=dispute)
    assert (reversal.state, reversal.gross_minor, reversal.fee_minor) == (ReversalState.DONE, 1000, 150)
    assert toy.books() == {
        "gateway": 1500 - 850 - fee - 2000,
        "gateway_fees": fee + 2000,
        "fees": 150,
        "receivable": -500,
    }
    assert toy.told[-1] == ("dispute lost", "1")
    assert refunds.left_of(Payment.objects.get()) == Money(1500, "EUR")
    toy.everything_agrees()


def test_of_what_a_lost_dispute_left_the_rest_can_be_given_back(toy: Toy, payee: Payee) -> None:
    """The gateway refuses, since its charge stays marked as disputed; the books are as they were, and say so."""
    payment = toy.paid(minor=3000, shares=share_of(payee, 2000, 300))
    decide(toy, dispute_opened(toy, payment, 1500), "losing_evidence")
    before = toy.books()

    made = refunds.refund(Payment.objects.get(), reason="the rest", actor=None, key="a")
    toy.settle()

    made.refresh_from_db()
    assert (made.state, made.amount) == (RefundState.FAILED, Money(1500, "EUR"))
    assert toy.books() == before
    toy.everything_agrees()


def test_a_dispute_of_which_no_event_arrived_is_found_by_asking(toy: Toy) -> None:
    payment = toy.paid()
    dispute = dispute_opened(toy, payment)
    toy.shop.sandbox.post("/_sandbox/webhooks", {"drop": True})
    toy.shop.sandbox.stripe.v1.disputes.update(
        dispute.reference, {"evidence": {"uncategorized_text": "losing_evidence"}}
    )
    clock.advance(timedelta(days=2))

    assert any(str(dispute.pk) in line and "lost" in line for line in reconciliation.run())
    toy.shop.work()
    assert toy.told[-1] == ("dispute lost", "1")


# ── Whatever is read, in whatever order ──


def paid_in_the_books() -> Payment:
    payment = Payment.objects.create(
        purpose=PURPOSE, subject_id="1", amount_minor=2900, currency="EUR", gateway="stripe"
    )
    outcome = Outcome(
        PaymentState.PAID, reference=f"pi_{payment.pk}", charge="ch", amount=payment.amount, fee_minor=0
    )
    return settle(payment.pk, outcome)


def read(state: DisputeState, withdrawn: int, fee: int, movements: int) -> DisputeOutcome:
    return DisputeOutcome(
        state=state,
        reference="du_1",
        amount=Money(2900, "EUR"),
        withdrawn=Money(withdrawn, "EUR"),
        fee=Money(fee, "EUR"),
        movements=movements,
    )


OPENED = read(DisputeState.NEEDS_RESPONSE, 0, 0, 0)
WITHDRAWN = read(DisputeState.NEEDS_RESPONSE, 2900, 2000, 1)
ANSWERED = replace(WITHDRAWN, state=DisputeState.UNDER_REVIEW)
WON = read(DisputeState.WON, 0, 0, 2)
LOST = replace(WITHDRAWN, state=DisputeState.LOST)


@pytest.mark.parametrize(
    ("ended", "expected"),
    [
        (WON, {"gateway": 2900, "receivable": -2900}),
        (LOST, {"gateway": -2000, "gateway_fees": 2000}),
    ],
    ids=["won", "lost"],
)
@given(before=st.lists(st.sampled_from([OPENED, WITHDRAWN, ANSWERED])), after=st.data())
@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_readings_in_any_order_and_number_end_in_the_same_books(
    toy: Toy, ended: DisputeOutcome, expected: dict[str, int], before: list[DisputeOutcome], after: Any
) -> None:
    from django.db import transaction

    late = after.draw(st.lists(st.sampled_from([OPENED, WITHDRAWN, ANSWERED, ended]), max_size=3))
    with transaction.atomic():
        payment = paid_in_the_books()
        for outcome in [*before, ended, *late]:
            dispute = disputes.sync(payment, outcome)
        assert dispute.state == ended.state
        assert toy.books() == expected
        assert check.run() == []
        transaction.set_rollback(True)


def test_what_comes_back_after_it_was_lost_is_in_suspense(toy: Toy) -> None:
    payment = paid_in_the_books()
    disputes.sync(payment, LOST)

    dispute = disputes.sync(payment, WON)

    assert dispute.state == DisputeState.WON
    assert toy.books() == {"gateway": 2900, "suspense": 2900}


def test_more_than_is_left_of_a_payment_is_our_own_loss(toy: Toy) -> None:
    payment = paid_in_the_books()
    disputes.sync(
        payment, replace(LOST, amount=Money(3100, "EUR"), withdrawn=Money(3100, "EUR"), fee=Money(0, "EUR"))
    )

    assert toy.books() == {"gateway": -200, "dispute_losses": 200}
    assert check.run() == []


def test_what_is_withdrawn_in_another_currency_is_booked_in_it(toy: Toy) -> None:
    payment = paid_in_the_books()
    disputes.sync(payment, replace(LOST, withdrawn=Money(3100, "USD"), fee=Money(1500, "USD")))

    assert balance(chart.gateway("stripe"), "USD") == Money(-4600, "USD")
    assert balance(chart.dispute_losses("stripe"), "USD") == Money(3100, "USD")
    assert toy.books() == {"gateway": 2900, "receivable": -2900}


def test_what_is_in_suspense_is_given_back_from_there(toy: Toy) -> None:
    action = toy.start()
    # The gateway took another amount than we asked for.
    payment = Payment.objects.get(pk=action.payment.pk)
    Payment.objects.filter(pk=payment.pk).update(amount_minor=2500)
    toy.shop.sandbox.pay(action.url, email="paul@example.test")
    toy.settle()
    payment.refresh_from_db()
    assert (payment.is_in_suspense, payment.received) == (True, Money(2900, "EUR"))
    assert toy.books()["suspense"] == 2900
    assert [line for line in check.run() if str(payment.pk) in line]

    made = refunds.refund(payment, reason="not what was asked", actor=None, key="a")
    toy.settle()

    made.refresh_from_db()
    assert (made.state, made.amount) == (RefundState.SUCCEEDED, Money(2900, "EUR"))
    assert "suspense" not in toy.books()
    assert toy.told == []
    assert check.run() == []
