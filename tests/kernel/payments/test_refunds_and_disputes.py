"""What is given back or taken back is unwound in proportion, and the books equal the gateway: told by the toy."""

from datetime import timedelta

import pytest

from comptoir.kernel import clock
from comptoir.kernel.money import Money
from comptoir.kernel.payments import check, reconciliation, refunds
from comptoir.kernel.payments.models import (
    Dispute,
    DisputeState,
    InboxEvent,
    Payee,
    Payment,
    RefundState,
    Reversal,
    ReversalState,
    Share,
)
from tests.kernel.payments.toy import Toy, share_of

pytestmark = pytest.mark.django_db(transaction=True)


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
    fee = payment.gateway_fee_minor or 0
    assert toy.books() == {"gateway": -fee, "gateway_fees": fee}
    assert toy.told == [("failed", "1")]
    toy.everything_agrees()


def test_what_the_gateway_passed_on_of_a_payment_in_suspense_is_owed_and_comes_back(
    toy: Toy, payee: Payee
) -> None:
    action = toy.start(shares=share_of(payee, 2900, 300))
    Payment.objects.update(amount_minor=2500)
    Share.objects.update(gross_minor=2500)
    toy.shop.sandbox.pay(action.url, email="paul@example.test")
    toy.settle()
    payment = Payment.objects.get()
    fee = payment.gateway_fee_minor or 0
    assert toy.books() == {"gateway": 300 - fee, "gateway_fees": fee, "suspense": 2900, "payee": -2600}
    assert toy.books()["gateway"] == toy.at_the_gateway()

    for minor in (1000, 1900):
        refunds.refund(payment, amount=Money(minor, "EUR"), reason="other", actor=None, key=str(minor))
        toy.settle()

    assert toy.books() == {"gateway": -fee, "gateway_fees": fee}
    assert toy.told == [("failed", "1")]
    toy.everything_agrees()


@pytest.mark.parametrize("what", ["refund", "dispute"])
def test_what_is_told_of_a_payment_before_it_is_settled_is_not_lost(toy: Toy, what: str) -> None:
    """On the gateway's page it is known by our own name alone, until it was read."""
    toy.shop.sandbox.post("/_sandbox/webhooks", {"drop": True})
    action = toy.start()
    toy.shop.sandbox.pay(action.url, email="paul@example.test")
    session = toy.shop.sandbox.stripe.v1.checkout.sessions.retrieve(action.payment.session)
    assert not Payment.objects.get().reference
    toy.shop.sandbox.post("/_sandbox/webhooks", {"drop": False})

    if what == "refund":
        toy.shop.sandbox.stripe.v1.refunds.create({"payment_intent": session.payment_intent})
    else:
        toy.shop.sandbox.post("/_sandbox/disputes", {"charge": session.payment_intent})
    toy.settle()

    assert toy.told[0] == ("paid", "1")
    assert toy.told[1] in (("refund succeeded", "1"), ("dispute needs_response", "1"))
    reconciliation.run()  # reads of what else was dropped
    toy.everything_agrees()


def test_what_is_told_of_the_payments_of_others_is_ignored(toy: Toy) -> None:
    theirs = toy.shop.sandbox.stripe.v1.payment_intents.create(
        {
            "amount": 900,
            "currency": "eur",
            "confirm": True,
            "payment_method": "pm_card_visa",
            "return_url": "https://x.test",
        }
    )
    toy.shop.sandbox.stripe.v1.refunds.create({"payment_intent": theirs.id})
    toy.shop.sandbox.post(
        "/_sandbox/events",
        {"type": "charge.refunded", "data": {"id": "ch_gone", "payment_intent": "pi_gone"}},
    )
    toy.settle()

    assert {*InboxEvent.objects.values_list("state", flat=True)} == {"ignored"}


def test_two_refunds_that_are_read_together_each_give_their_part_of_the_fee(toy: Toy, payee: Payee) -> None:
    payment = toy.paid(minor=2900, shares=share_of(payee, 2900, 301))
    toy.shop.sandbox.post("/_sandbox/webhooks", {"drop": True})
    for minor in (1000, 700):
        made_there(toy, payment, minor)

    refunds.refresh(payment)

    fees = Reversal.objects.order_by("gross_minor").values_list("gross_minor", "fee_minor")
    reconciliation.run()  # reads of what was dropped
    toy.shop.sandbox.post("/_sandbox/webhooks", {"drop": False})
    assert [*fees] == [(700, 72), (1000, 104)] or [*fees] == [(700, 73), (1000, 103)]
    toy.everything_agrees()
    refunds.refund(Payment.objects.get(), reason="the rest", actor=None, key="a")
    toy.settle()
    toy.shop.work()
    assert sum(Reversal.objects.values_list("fee_minor", flat=True)) == 301
    toy.everything_agrees()


def made_there(toy: Toy, payment: Payment, minor: int) -> None:
    """A refund that somebody makes in the gateway's dashboard."""
    toy.shop.sandbox.stripe.v1.refunds.create(
        {"charge": payment.charge, "amount": minor, "reverse_transfer": True, "refund_application_fee": True}
    )


def test_a_lost_dispute_of_which_the_bank_thinks_better_is_given_back_once(toy: Toy, payee: Payee) -> None:
    """Lost, won after all, and lost again: each time the books say what the gateway holds."""
    payment = toy.paid(minor=3000, shares=share_of(payee, 2000, 300))
    dispute = dispute_opened(toy, payment)
    for status in ("lost", "won", "lost"):
        toy.shop.sandbox.post(f"/_sandbox/disputes/{dispute.reference}/close", {"status": status})
        toy.settle()
        dispute.refresh_from_db()
        assert dispute.state == status
        assert toy.books()["gateway"] == toy.at_the_gateway()
        in_suspense = 3000 if status == "won" else 0
        assert toy.books().get("suspense", 0) == in_suspense
        assert bool(check.run()) == bool(in_suspense)

    assert Reversal.objects.get().gross_minor == 2000
    toy.everything_agrees()
