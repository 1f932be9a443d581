"""A gateway that took another amount than was asked for: the money is booked where it is, and a person hears of it."""

import pytest

from comptoir.kernel import timeline
from comptoir.kernel.jobs.models import Job
from comptoir.kernel.ledger import chart
from comptoir.kernel.ledger.posting import balance
from comptoir.kernel.money import Money
from comptoir.kernel.payments import check
from comptoir.kernel.payments.gateways.base import Outcome
from comptoir.kernel.payments.models import Payment, PaymentState
from comptoir.kernel.payments.settlement import settle

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("came", [Money(900, "EUR"), Money(1100, "EUR"), Money(1000, "USD")], ids=str)
def test_money_of_another_amount_or_currency_is_kept_in_suspense(came: Money) -> None:
    payment = Payment.objects.create(
        purpose="toy.order", subject_id="1", amount_minor=1000, currency="EUR", gateway="stripe"
    )
    outcome = Outcome(PaymentState.PAID, reference="pi_other", charge="ch_other", amount=came, fee_minor=30)

    for _twice in range(2):
        assert settle(payment.pk, outcome).state == PaymentState.PAID

    fee = Money(30, came.currency)
    assert balance(chart.gateway("stripe"), came.currency) == came - fee
    assert balance(chart.gateway_fees("stripe"), came.currency) == fee
    assert balance(chart.suspense(), came.currency) == came
    assert not Job.objects.filter(name="payments.react").exists()
    noted = timeline.entries_of("payments.payment", payment.pk)
    assert [entry.data["came"] for entry in noted if entry.kind == "unexpected_amount"] == [str(came)]
    named = [line for line in check.run() if str(payment.pk) in line]
    assert any(f"{came} of it are in suspense" in line for line in named)
