"""Back from the gateway's page, for a payment whose product was taken off the list meanwhile."""

from typing import Any

import pytest
from django.test import Client

from comptoir.kernel.payments import check, installed_purposes
from comptoir.kernel.payments.models import Flow, Payment, PaymentState
from tests.kernel.payments.toy import PURPOSE, Toy
from tests.sandbox_process import visible_text

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def without_its_product(toy: Toy) -> Any:
    """From `start` on, the product is there no more."""

    def taken_off() -> None:
        installed_purposes.unregister(PURPOSE)

    yield taken_off
    installed_purposes.register(toy.purpose())


def back(payment: Payment, language: str = "en") -> str:
    answer = Client(headers={"accept-language": language}).get(f"/payments/{payment.pk}/return")
    assert answer.status_code == 200
    return visible_text(answer.content.decode())


def test_who_has_paid_is_told_that_it_arrived(toy: Toy, without_its_product: Any) -> None:
    action = toy.start()
    without_its_product()
    toy.shop.sandbox.pay(action.url, email="paul@example.test")

    assert "Your payment of €29.00 has arrived." in back(action.payment)
    assert "Votre paiement de 29,00" in back(action.payment, "fr")
    assert Payment.objects.get().state == PaymentState.PAID
    assert check.run() == []


@pytest.mark.parametrize(
    ("state", "told"),
    [
        (PaymentState.OPEN, "Your payment has not arrived yet, as far as we know."),
        (PaymentState.PROCESSING, "Your payment is being confirmed."),
        (PaymentState.FAILED, "Your payment did not go through, and nothing was charged."),
        (PaymentState.EXPIRED, "Your payment did not go through, and nothing was charged."),
    ],
)
def test_who_has_not_is_told_so(toy: Toy, without_its_product: Any, state: PaymentState, told: str) -> None:
    payment = toy.start(flow=Flow.EMBEDDED).payment
    without_its_product()
    Payment.objects.update(state=state, session="", reference="")
    assert told in back(payment)
