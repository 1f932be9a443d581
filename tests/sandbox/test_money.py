"""Money: what a sale leaves in each balance, and how it is taken apart again."""

from typing import Any

import pytest
import stripe

from tests.sandbox import shop
from tests.sandbox.receiver import Receiver
from tests.sandbox_process import SandboxProcess


def sold(sandbox: SandboxProcess, api: Any, *amounts: int, **params: Any) -> Any:
    """The charge of a paid Checkout session."""
    session = api.checkout.sessions.create(shop.session(*amounts, **params))
    assert sandbox.pay(session.url, email="buyer@example.com").status_code == 303
    expand = ["payment_intent.latest_charge.balance_transaction"]
    return api.checkout.sessions.retrieve(session.id, {"expand": expand}).payment_intent.latest_charge


@pytest.mark.parametrize(("amount", "fee"), [(1999, 55), (5000, 100), (100, 27), (50, 26), (33, None)])
def test_stripe_keeps_one_and_a_half_per_cent_and_25(
    sandbox: SandboxProcess, api: Any, amount: int, fee: int | None
) -> None:
    if fee is None:
        with pytest.raises(stripe.InvalidRequestError, match=r"at least €0\.50"):
            sold(sandbox, api, amount)
        return
    booked = sold(sandbox, api, amount).balance_transaction
    assert (booked.amount, booked.fee, booked.net) == (amount, fee, amount - fee)
    assert shop.balance(api) == amount - fee


def test_one_seller_gets_the_sale_less_the_fee(sandbox: SandboxProcess, api: Any) -> None:
    seller = sandbox.onboarded_account()
    charge = sold(sandbox, api, 1999, **shop.destination(seller.id, fee=300))
    assert shop.balance(api, seller.id) == 1699
    assert shop.balance(api) == 300 - 55
    fee = api.application_fees.retrieve(charge.application_fee)
    assert (fee.amount, fee.account, fee.originating_transaction) == (300, seller.id, charge.id)
    transfer = api.transfers.retrieve(charge.transfer)
    assert (transfer.amount, transfer.source_transaction) == (1999, charge.id)
    payment = api.charges.retrieve(transfer.destination_payment, {}, {"stripe_account": seller.id})
    assert (payment.amount, payment.source_transfer) == (1999, transfer.id)


def test_two_sellers_share_one_charge_and_no_cent_is_lost(sandbox: SandboxProcess, api: Any) -> None:
    first, second = sandbox.onboarded_account(), sandbox.onboarded_account("second@example.com")
    charge = sold(sandbox, api, 1999, 3001, payment_intent_data={"transfer_group": "order_7"})
    for account, amount in ((first, 1699), (second, 2551)):
        transfer = {"amount": amount, "currency": "eur", "destination": account.id}
        api.transfers.create({**transfer, "source_transaction": charge.id, "transfer_group": "order_7"})
    assert (shop.balance(api, first.id), shop.balance(api, second.id)) == (1699, 2551)
    assert shop.balance(api) == 300 + 450 - 100
    assert sum(one.amount for one in api.transfers.list({"transfer_group": "order_7"}).data) == 4250
    with pytest.raises(stripe.InvalidRequestError) as refusal:
        api.transfers.create({**transfer, "amount": 751, "source_transaction": charge.id})
    assert refusal.value.param == "amount"


def test_a_transfer_without_source_needs_funds(sandbox: SandboxProcess, api: Any) -> None:
    seller = sandbox.onboarded_account()
    with pytest.raises(stripe.InvalidRequestError) as refusal:
        api.transfers.create({"amount": 100, "currency": "eur", "destination": seller.id})
    assert refusal.value.code == "balance_insufficient"


def test_a_reversal_needs_what_the_seller_still_has(sandbox: SandboxProcess, api: Any) -> None:
    seller = sandbox.onboarded_account()
    charge = sold(sandbox, api, 5000)
    transfer = api.transfers.create(
        {"amount": 4250, "currency": "eur", "destination": seller.id, "source_transaction": charge.id}
    )
    api.payouts.create({"amount": 4000, "currency": "eur"}, {"stripe_account": seller.id})
    with pytest.raises(stripe.InvalidRequestError) as refusal:
        api.transfers.reversals.create(transfer.id, {"amount": 251})
    assert refusal.value.code == "balance_insufficient"
    api.transfers.reversals.create(transfer.id, {"amount": 250})
    reversed_ = api.transfers.retrieve(transfer.id)
    assert (reversed_.amount_reversed, reversed_.reversed) == (250, False)
    assert [one.amount for one in reversed_.reversals.data] == [250]
    assert shop.balance(api, seller.id) == 0


@pytest.mark.parametrize("parts", [[1999], [1000, 999], [1, 1, 1997], [333] * 6 + [1]])
def test_refunds_unwind_transfer_and_fee_in_proportion_to_the_cent(
    sandbox: SandboxProcess, api: Any, receiver: Receiver, parts: list[int]
) -> None:
    seller = sandbox.onboarded_account()
    charge = sold(sandbox, api, 1999, **shop.destination(seller.id, fee=300))
    refunded = 0
    for part in parts:
        params = {
            "charge": charge.id,
            "amount": part,
            "reverse_transfer": True,
            "refund_application_fee": True,
        }
        api.refunds.create(params)
        refunded += part
        fee_left = 300 - api.application_fees.retrieve(charge.application_fee).amount_refunded
        assert abs(fee_left - 300 * (1999 - refunded) / 1999) <= 0.5
        assert shop.balance(api, seller.id) == (1999 - refunded) - fee_left
    assert (shop.balance(api, seller.id), shop.balance(api)) == (0, -55)
    after = api.charges.retrieve(charge.id, {"expand": ["refunds"]})
    assert (after.refunded, after.amount_refunded, len(after.refunds.data)) == (True, 1999, len(parts))
    receiver.wait_for(lambda receiver: receiver.types.count("charge.refunded") == len(parts))
    assert {"application_fee.refunded", "transfer.reversed", "refund.created"} <= set(receiver.types)


def test_a_refund_that_asks_for_nothing_back_is_the_platforms_own(sandbox: SandboxProcess, api: Any) -> None:
    seller = sandbox.onboarded_account()
    charge = sold(sandbox, api, 1999, **shop.destination(seller.id, fee=300))
    api.refunds.create({"charge": charge.id})
    assert (shop.balance(api, seller.id), shop.balance(api)) == (1699, 300 - 55 - 1999)


def test_a_seller_who_has_spent_it_owes_the_refund(sandbox: SandboxProcess, api: Any) -> None:
    seller = sandbox.onboarded_account()
    charge = sold(sandbox, api, 1999, **shop.destination(seller.id, fee=300))
    api.payouts.create({"amount": 1699, "currency": "eur"}, {"stripe_account": seller.id})
    api.refunds.create({"charge": charge.id, "reverse_transfer": True, "refund_application_fee": True})
    assert shop.balance(api, seller.id) == -1699


@pytest.mark.parametrize(
    ("params", "code", "message"),
    [
        ({"amount": 2000}, None, r"€20.00.* is greater than charge amount \(€19.99\)"),
        ({"amount": 0}, "parameter_invalid_integer", "Invalid positive integer"),
        ({"reverse_transfer": True}, None, "no transfer"),
        ({"refund_application_fee": True}, None, "no application fee"),
    ],
)
def test_a_refund_that_makes_no_sense_is_refused(
    sandbox: SandboxProcess, api: Any, params: dict[str, Any], code: str | None, message: str
) -> None:
    charge = sold(sandbox, api, 1999)
    with pytest.raises(stripe.InvalidRequestError, match=message) as refusal:
        api.refunds.create({"charge": charge.id, **params})
    assert refusal.value.code == code
    assert shop.balance(api) == 1999 - 55


def test_nothing_is_refunded_twice(sandbox: SandboxProcess, api: Any) -> None:
    charge = sold(sandbox, api, 1999)
    api.refunds.create({"payment_intent": charge.payment_intent, "amount": 1500})
    with pytest.raises(stripe.InvalidRequestError, match="unrefunded amount"):
        api.refunds.create({"payment_intent": charge.payment_intent, "amount": 500})
    api.refunds.create({"payment_intent": charge.payment_intent})
    with pytest.raises(stripe.InvalidRequestError) as refusal:
        api.refunds.create({"payment_intent": charge.payment_intent})
    assert refusal.value.code == "charge_already_refunded"


def test_a_direct_charge_belongs_to_the_seller_and_its_fee_to_the_platform(
    sandbox: SandboxProcess, api: Any
) -> None:
    seller = sandbox.onboarded_account()
    own = {"stripe_account": seller.id}
    payment = {
        "amount": 5000,
        "currency": "eur",
        "application_fee_amount": 750,
        "payment_method": "pm_card_visa",
        "confirm": True,
        "return_url": shop.RETURN,
    }
    intent = api.payment_intents.create(payment, own)
    assert (shop.balance(api, seller.id), shop.balance(api)) == (5000 - 100 - 750, 750)
    assert api.payment_intents.list().data == []
    api.refunds.create({"payment_intent": intent.id, "amount": 2500, "refund_application_fee": True}, own)
    assert (shop.balance(api, seller.id), shop.balance(api)) == (5000 - 100 - 750 - 2500 + 375, 375)


def test_a_dispute_takes_the_money_and_evidence_may_bring_it_back(sandbox: SandboxProcess, api: Any) -> None:
    won, lost = sold(sandbox, api, 5000), sold(sandbox, api, 5000)
    disputes = [sandbox.post("/_sandbox/disputes", {"charge": charge.id})["id"] for charge in (won, lost)]
    assert shop.balance(api) == 2 * (4900 - 5000 - 2000)
    assert api.charges.retrieve(won.id).disputed is True
    with pytest.raises(stripe.InvalidRequestError) as refusal:
        api.refunds.create({"charge": won.id})
    assert refusal.value.code == "charge_disputed"
    evidence = {"evidence": {"uncategorized_text": "winning_evidence"}}
    assert api.disputes.update(disputes[0], evidence).status == "won"
    assert api.disputes.close(disputes[1]).status == "lost"
    assert shop.balance(api) == 4900 + (4900 - 5000 - 2000)


def test_an_unanswered_dispute_is_lost(sandbox: SandboxProcess, api: Any) -> None:
    charge = sold(sandbox, api, 5000)
    dispute = sandbox.post("/_sandbox/disputes", {"charge": charge.payment_intent})["id"]
    sandbox.post("/_sandbox/clock", {"advance": 10 * 86_400})
    assert api.disputes.retrieve(dispute).status == "lost"


def test_the_card_that_disputes_by_itself(sandbox: SandboxProcess, api: Any) -> None:
    session = api.checkout.sessions.create(shop.session(5000))
    sandbox.pay(session.url, "4000000000000259", email="buyer@example.com")
    (dispute,) = api.disputes.list().data
    assert (dispute.amount, dispute.status, dispute.reason) == (5000, "needs_response", "fraudulent")
