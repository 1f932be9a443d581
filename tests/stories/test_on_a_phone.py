"""Long names on a narrow screen: nothing has to be scrolled sideways, and nothing is cut off where nobody finds it."""

from collections.abc import Callable
from typing import Any

import pytest
from django.contrib.admin.utils import quote

from comptoir.bespoke.orders import experts
from comptoir.kernel.payments.models import Dispute, InboxEvent, Payee, Payment, Refund
from tests.accessibility import PHONE, assert_fits_a_phone
from tests.marketplace.sample_listings import can_be_paid
from tests.stories.visitor import Visitor

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

LONG_ADDRESS = f"{'marieantoinettedelatourdupingouvernet'.ljust(60, 'x')}@example.test"


def test_a_message_with_a_long_address_stays_within_the_page(visitor: Visitor, buyer: Any) -> None:
    visitor.sign_in(buyer)
    visitor.go("/accounts/email/")
    visitor.page.locator("input[type=email]").fill(LONG_ADDRESS)
    visitor.page.locator("button[name=action_add]").click()
    visitor.sees(LONG_ADDRESS, within=".toasts")
    assert_fits_a_phone(visitor.page)


@pytest.mark.parametrize("path", ["/dashboard/orders", "/desk"])
def test_every_tab_is_in_sight(visitor: Visitor, odile: Any, path: str) -> None:
    """Those of an operator who works on orders too are the most."""
    odile.locale = visitor.language
    odile.save()
    experts.appoint(odile, by=odile, name="Odile")
    visitor.sign_in(odile)
    visitor.page.set_viewport_size(PHONE)
    visitor.go(path)
    ends = "tabs => tabs.map((one) => one.getBoundingClientRect().right)"
    tabs = visitor.page.locator(".tabs a").evaluate_all(ends)
    assert len(tabs) >= 4 and max(tabs) <= PHONE["width"]
    assert_fits_a_phone(visitor.page)


def test_the_operators_desk_breaks_long_names(
    arrive: Callable[..., Visitor], odile: Any, camille: Any, bruno: Any
) -> None:
    event = InboxEvent.objects.create(
        id=f"stripe:evt_{'1TzVq9' * 6}", type="checkout.session.async_payment_succeeded", payload="{}"
    )
    camille.name, camille.email = "Marie-Antoinette de la Tour du Pin", LONG_ADDRESS
    camille.save()
    payee = Payee.objects.get(user=can_be_paid(camille, account=f"acct_{'1TzVq9' * 5}"))
    payment = Payment.objects.create(
        purpose="marketplace.order", subject_id="1", payer=bruno, amount_minor=2900, currency="EUR",
        state="paid", gateway="stripe", reference=f"pi_{'1TzVq9' * 5}", charge=f"ch_{'1TzVq9' * 5}",
    )  # fmt: skip
    of_it: dict[str, Any] = {"payment": payment, "gateway": "stripe", "reference": f"x_{'1TzVq9' * 6}"}
    refund = Refund.objects.create(**of_it, key="k", amount_minor=500, reason="Late")
    dispute = Dispute.objects.create(**of_it, amount_minor=500, currency="EUR")
    operator = arrive("en")
    operator.sign_in(odile)
    for row in (event, payee, payment, refund, dispute):
        operator.go(f"/admin/payments/{row._meta.model_name}/{quote(row.pk)}/change/")
        assert_fits_a_phone(operator.page)
        operator.go(f"/admin/payments/{row._meta.model_name}/")
        assert_fits_a_phone(operator.page)
