"""A payment is posted in the books of the workspace that is paid, and in no other's."""

from typing import Any
from uuid import uuid4

import pytest

from comptoir.kernel.accounts.models import Workspace
from comptoir.kernel.accounts.workspaces import house, open_workspace
from comptoir.kernel.ledger import chart
from comptoir.kernel.ledger import check as books
from comptoir.kernel.ledger.posting import balance
from comptoir.kernel.money import Money
from comptoir.kernel.payments.gateways.base import Outcome
from comptoir.kernel.payments.models import Payee, Payment, PaymentState
from comptoir.kernel.payments.payouts.accounts import onboarding_url
from comptoir.kernel.payments.settlement import settle
from comptoir.marketplace.selling.publishing import seller_of

REVENUE = chart.revenue("marketplace.order")


def paid(workspace: Workspace | None = None) -> Payment:
    of = {"workspace": workspace} if workspace else {}
    payment = Payment.objects.create(
        purpose="marketplace.order", subject_id=uuid4(), amount_minor=500, currency="EUR", **of
    )
    return settle(payment.pk, Outcome(PaymentState.PAID, amount=payment.amount, fee_minor=40))


def test_what_is_paid_to_a_workspace_is_in_its_books_alone(camille: Any) -> None:
    studio = open_workspace(camille)

    paid(studio)

    assert balance(REVENUE, "EUR", workspace_id=studio.pk) == Money(500, "EUR")
    assert balance(chart.gateway("stripe"), "EUR", workspace_id=studio.pk) == Money(460, "EUR")
    assert balance(REVENUE, "EUR") == Money(0, "EUR")
    assert books.run() == []


def test_a_payment_is_the_houses_where_no_other_workspace_is_named(db: None) -> None:
    assert paid().workspace == house()
    assert balance(REVENUE, "EUR") == Money(500, "EUR")


@pytest.mark.django_db(transaction=True)
def test_whoever_sets_up_payments_is_paid_for_a_workspace_of_their_own(shop: Any, camille: Any) -> None:
    onboarding_url(camille, return_path="/stripe/return", refresh_path="/sell")

    payee = Payee.objects.get(user=camille)
    assert payee.workspace == open_workspace(camille) == seller_of(camille).workspace
