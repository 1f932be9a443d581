"""`comptoir ledger check` and `comptoir reconcile`."""

import os
import subprocess
import sys

import pytest

from comptoir.kernel import clock
from comptoir.kernel.payments.models import Payment, PaymentState


def test_sound_books(comptoir, db) -> None:
    outcome = comptoir("ledger", "check")
    assert outcome.exit_code == 0
    assert outcome.stdout == "The books are in order.\n"


def test_a_payment_without_its_money_is_named(comptoir, bruno) -> None:
    payment = Payment.objects.create(
        purpose="marketplace.order",
        subject_id="1",
        payer=bruno,
        amount_minor=1999,
        currency="EUR",
        state=PaymentState.PAID,
        paid_at=clock.now(),
    )

    outcome = comptoir("ledger", "check")

    assert outcome.exit_code == 1
    assert str(payment.id) in outcome.stdout
    assert "1999" in outcome.stdout


@pytest.mark.django_db(transaction=True)
def test_nothing_to_reconcile(comptoir, shop) -> None:
    outcome = comptoir("reconcile", "--since", "2026-01-01")
    assert outcome.exit_code == 0, outcome.output
    assert outcome.stdout == "Nothing had to be changed.\n"


@pytest.mark.once
@pytest.mark.parametrize("command", [["ledger", "check"], ["token", "buyer@demo.test"]])
def test_without_its_database_a_command_says_so_in_a_sentence(tmp_path, command) -> None:
    outcome = subprocess.run(
        [sys.executable, "-m", "comptoir.cli", *command],
        env=os.environ | {"DATABASE_URL": f"sqlite:///{tmp_path}/none/books.sqlite3"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert outcome.returncode == 1
    assert outcome.stderr.startswith("The database cannot be used")
    assert len(outcome.stderr.splitlines()) == 1
