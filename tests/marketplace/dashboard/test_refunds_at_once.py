"""Refunds of one payment that are asked for, or learnt of, at the same moment: never more than a seller had."""

import threading
import time
from typing import Any

import pytest
from django.db import connection, transaction

from comptoir.kernel.payments import refunds as money_back
from comptoir.kernel.payments.gateways.base import RefundOutcome, RefundsSeen
from comptoir.kernel.payments.models import Payment, RefundState, Share
from comptoir.kernel.payments.unwinding import left_of_share
from comptoir.marketplace.dashboard import refunds
from tests.shop import Shop

pytestmark = pytest.mark.django_db(transaction=True)


def bought(shop: Shop, buyer: Any, *items: str) -> list[str]:
    shop.sandbox.pay(buyer.check_out(*items)["checkoutUrl"])
    shop.webhooks_arrive("checkout.session.completed")
    shop.work()
    found = {row["automationId"]: row["id"] for row in buyer.get("/api/purchases").json()["items"]}
    return [found[item] for item in items]


def made_in_the_dashboard(payment: Payment, minor: int) -> None:
    seen = RefundsSeen([RefundOutcome(RefundState.SUCCEEDED, "re_dashboard", minor)])
    money_back.sync_refunds(payment, seen)


def refunding(by: Any, purchase: str) -> threading.Thread:
    def give() -> None:
        try:
            refunds.refund(by, purchase, reason="At once")  # type: ignore[arg-type]
        except (money_back.NothingToRefund, money_back.RefundTooLarge):
            pass
        finally:
            connection.close()

    return threading.Thread(target=give)


@pytest.mark.parametrize("dashboard_first", [True, False])
def test_a_seller_gives_back_no_more_than_their_share(
    shop: Shop, camille: Any, adrien: Any, bruno: Any, odile: Any, dashboard_first: bool
) -> None:
    seller = shop.seller(camille)
    items = [seller.publish(price=1000), seller.publish(price=2000), shop.seller(adrien).publish(price=7000)]
    small, large, _of_another = bought(shop, shop.person(bruno), *items)
    payment = Payment.objects.get()
    if dashboard_first:
        made_in_the_dashboard(payment, 5000)
    threads = [refunding(odile, small), refunding(odile, large)]

    with transaction.atomic():
        Payment.objects.select_for_update().get(pk=payment.pk)  # an event is being worked off
        for thread in threads:
            thread.start()
        time.sleep(0.5)
        if not dashboard_first:
            made_in_the_dashboard(payment, 5000)
    for thread in threads:
        thread.join()

    left, _fee = left_of_share(Share.objects.get(payee=camille.payee))
    assert left >= 0
