"""Refunds and disputes as they are read at the gateway, in any order and number: the books end as they should."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import pytest
from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from comptoir.kernel.accounts.workspaces import open_workspace
from comptoir.kernel.errors import Refusal
from comptoir.kernel.ledger import chart
from comptoir.kernel.ledger.posting import balance
from comptoir.kernel.money import Money
from comptoir.kernel.payments import check, disputes, refunds
from comptoir.kernel.payments.gateways.base import DisputeOutcome, Outcome, RefundOutcome, RefundsSeen
from comptoir.kernel.payments.models import (
    DisputeState,
    Payee,
    Payment,
    PaymentState,
    Refund,
    RefundState,
    Reversal,
    Share,
)
from comptoir.kernel.payments.settlement import settle
from tests.kernel.payments.toy import PURPOSE, Toy

pytestmark = pytest.mark.django_db(transaction=True)

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


def test_what_is_withdrawn_after_the_decision_is_told_too(toy: Toy) -> None:
    payment = paid_in_the_books()
    disputes.sync(payment, replace(LOST, withdrawn=Money(0, "EUR"), fee=Money(0, "EUR"), movements=0))
    disputes.sync(payment, LOST)
    toy.shop.work()

    assert toy.told == [("paid", "1"), ("dispute lost", "1"), ("dispute lost", "1")]
    assert toy.books() == {"gateway": -2000, "gateway_fees": 2000}


def test_where_nothing_came_the_product_hears_that_it_failed(toy: Toy) -> None:
    action = toy.start()
    settle(action.payment.pk, Outcome(PaymentState.PAID, amount=Money(0, "EUR"), fee_minor=0))
    toy.shop.work()

    assert toy.told == [("failed", "1")]
    assert check.run() == []


def test_more_than_is_left_of_a_payment_is_our_own_loss(toy: Toy) -> None:
    payment = paid_in_the_books()
    disputes.sync(
        payment, replace(LOST, amount=Money(3100, "EUR"), withdrawn=Money(3100, "EUR"), fee=Money(0, "EUR"))
    )

    assert toy.books() == {"gateway": -200, "losses": 200}
    assert check.run() == []


def test_what_is_withdrawn_in_another_currency_is_booked_in_it(toy: Toy) -> None:
    payment = paid_in_the_books()
    disputes.sync(payment, replace(LOST, withdrawn=Money(3100, "USD"), fee=Money(1500, "USD")))

    assert balance(chart.gateway("stripe"), "USD") == Money(-4600, "USD")
    assert balance(chart.losses("stripe"), "USD") == Money(3100, "USD")
    assert toy.books() == {"gateway": 2900, "receivable": -2900}


def test_a_refund_of_more_than_is_left_is_our_own_loss(toy: Toy) -> None:
    payment = paid_in_the_books()
    disputes.sync(payment, LOST)

    read_refunds(payment, RefundOutcome(RefundState.SUCCEEDED, "re_1", 900))

    assert toy.books() == {"gateway": -2900, "gateway_fees": 2000, "losses": 900}
    assert check.run() == []


def test_a_refund_that_failed_at_the_gateway_sets_nothing_aside(toy: Toy) -> None:
    payment = paid_in_the_books()
    read_refunds(payment, RefundOutcome(RefundState.SUCCEEDED, "re_1", 2900))

    read_refunds(
        payment, RefundOutcome(RefundState.FAILED, "re_2", 2900, failure_message="lost_or_stolen_card")
    )

    assert toy.books() == {}
    assert Payment.objects.get().refunded_minor == 2900
    assert check.run() == []


def test_what_others_write_beside_their_refunds_is_no_name_of_ours(toy: Toy) -> None:
    payment = paid_in_the_books()

    read_refunds(payment, RefundOutcome(RefundState.SUCCEEDED, "re_1", 900, refund_id="order 7"))

    assert toy.books() == {"gateway": 2000, "receivable": -2000}


def test_while_the_bank_decides_about_a_part_the_payees_give_their_part_of_the_rest(
    toy: Toy, two_payees: Sequence[Payee]
) -> None:
    payment = shared_in_the_books(two_payees)
    disputes.sync(payment, replace(WITHDRAWN, withdrawn=Money(1500, "EUR")))

    read_refunds(payment, RefundOutcome(RefundState.SUCCEEDED, "re_1", 600))

    assert [*Reversal.objects.order_by("gross_minor").values_list("gross_minor", flat=True)] == [100, 300]
    assert Refund.objects.get().own_minor == 200


def read_refunds(payment: Payment, *outcomes: RefundOutcome, fee_returned: int = 0) -> None:
    refunds.sync_refunds(payment, RefundsSeen(outcomes, fee_returned))


# ── A gateway at which anything may happen ──


@pytest.fixture
def two_payees(camille: Any, adrien: Any) -> Sequence[Payee]:
    return [
        Payee.objects.create(user=user, workspace=open_workspace(user), account=f"acct_{user.pk}")
        for user in (camille, adrien)
    ]


def shared_in_the_books(payees: Sequence[Payee]) -> Payment:
    """3000 cents: half of it the first one's, a sixth the second one's, a third our own."""
    payment = Payment.objects.create(
        purpose=PURPOSE, subject_id="1", amount_minor=3000, currency="EUR", gateway="stripe"
    )
    for payee, gross in zip(payees, (1500, 500), strict=True):
        Share.objects.create(payment=payment, payee=payee, gross_minor=gross, fee_minor=gross // 7)
    outcome = Outcome(
        PaymentState.PAID, reference=f"pi_{payment.pk}", charge="ch", amount=payment.amount, fee_minor=70
    )
    return settle(payment.pk, outcome)


@dataclass
class GatewaySide:
    """What happens there, and all that was ever to be read of it."""

    payment: Payment
    disputes: list[DisputeOutcome] = field(default_factory=list)
    refunds: list[RefundOutcome] = field(default_factory=list)
    readings: list[tuple[list[DisputeOutcome], list[RefundOutcome]]] = field(default_factory=list)

    def happens(self, what: str, minor: int) -> None:
        getattr(self, what)(minor)
        self.readings.append(([*self.disputes], [*self.refunds]))

    def opened(self, minor: int) -> None:
        self.disputes.append(
            DisputeOutcome(
                DisputeState.NEEDS_RESPONSE,
                f"du_{len(self.disputes)}",
                Money(minor, "EUR"),
                withdrawn=Money(minor, "EUR"),
                fee=Money(2000, "EUR"),
                movements=1,
            )
        )

    def lost(self, _minor: int) -> None:
        self._decided(DisputeState.LOST)

    def won(self, _minor: int) -> None:
        self._decided(DisputeState.WON)

    def _decided(self, state: DisputeState) -> None:
        if self.disputes and self.disputes[-1].state != state:
            last = self.disputes[-1]
            withdrawn = Money(0, "EUR") if state == DisputeState.WON else last.amount
            moved = withdrawn != last.withdrawn
            self.disputes[-1] = replace(
                last, state=state, withdrawn=withdrawn, movements=last.movements + moved
            )

    def refunded(self, minor: int) -> None:
        if left := self.left_to_refund:
            made = RefundOutcome(RefundState.PENDING, f"re_{len(self.refunds)}", min(minor, left))
            self.refunds.append(made)

    def asked(self, minor: int) -> None:
        """By us, whom our own books may refuse it, or the gateway."""
        try:
            ours = refunds.refund(
                self.payment, amount=Money(minor, "EUR"), reason="r", actor=None, key=f"{len(self.refunds)}"
            )
        except Refusal:
            return
        state = RefundState.PENDING if minor <= self.left_to_refund else RefundState.FAILED
        self.refunds.append(RefundOutcome(state, f"re_{len(self.refunds)}", minor, refund_id=str(ours.pk)))

    def succeeded(self, _minor: int) -> None:
        self._ended(RefundState.PENDING, RefundState.SUCCEEDED)

    def failed(self, _minor: int) -> None:
        self._ended(RefundState.PENDING, RefundState.FAILED)

    def bounced(self, _minor: int) -> None:
        self._ended(RefundState.SUCCEEDED, RefundState.FAILED)

    def _ended(self, before: RefundState, after: RefundState) -> None:
        for i, each in enumerate(self.refunds):
            if each.state == before:
                self.refunds[i] = replace(each, state=after)
                return

    def is_read(self, reading: int) -> None:
        seen_disputes, seen_refunds = self.readings[reading % len(self.readings)]
        for outcome in seen_disputes:
            disputes.sync(self.payment, outcome)
        read_refunds(self.payment, *seen_refunds)

    @property
    def left_to_refund(self) -> int:
        return 3000 - sum(each.amount_minor for each in self.refunds if each.state != RefundState.FAILED)

    @property
    def holds(self) -> int:
        """For us, in cents."""
        gone = sum(each.withdrawn.minor + each.fee.minor for each in self.disputes)
        given = sum(each.amount_minor for each in self.refunds if each.state == RefundState.SUCCEEDED)
        return 3000 - 70 - gone - given


@given(
    steps=st.lists(
        st.tuples(
            st.sampled_from(
                ["opened", "lost", "won", "lost", "refunded", "asked", "succeeded", "failed", "bounced"]
            ),
            st.integers(1, 3000),
            st.none() | st.integers(0, 20),
        ),
        min_size=1,
        max_size=12,
    )
)
@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_whatever_happens_the_books_say_what_the_gateway_holds(
    toy: Toy, two_payees: Sequence[Payee], steps: list[tuple[str, int, int | None]]
) -> None:
    with transaction.atomic():
        there = GatewaySide(shared_in_the_books(two_payees))
        for what, minor, reading in steps:
            there.happens(what, minor)
            if reading is not None:
                there.is_read(reading)
        there.is_read(-1)

        books = toy.books()
        assert books.get("gateway", 0) == there.holds
        undecided = [each for each in there.disputes if each.state == DisputeState.NEEDS_RESPONSE]
        assert books.get("disputes", 0) == sum(each.withdrawn.minor for each in undecided)
        assert [line for line in check.run() if "suspense" not in line] == []
        for share in Share.objects.all():
            counted = share.reversals.exclude(state="cancelled")
            assert sum(each.gross_minor for each in counted) <= share.gross_minor
            assert sum(each.fee_minor for each in counted) <= share.fee_minor
        transaction.set_rollback(True)
