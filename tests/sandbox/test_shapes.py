"""Everything the sandbox answers and sends has the shape that Stripe publishes; left out where that is not at hand.

The other tests of this folder hold each answer against the same description; these make sure that no call of the
purchase is forgotten, and look at the webhooks too.
"""

import json
from typing import Any

import pytest

from sandbox.stripe.api.derive_schema import SchemaDerivation
from sandbox.stripe.api.schema import SCHEMA
from tests.sandbox import shop
from tests.sandbox.contract import DESCRIPTION, Contract
from tests.sandbox.receiver import Receiver
from tests.sandbox_process import SandboxProcess

CALLS_OF_A_PURCHASE = {
    "POST /v1/accounts",
    "GET /v1/accounts/{id}",
    "POST /v1/account_links",
    "POST /v1/accounts/{id}/login_links",
    "POST /v1/checkout/sessions",
    "GET /v1/checkout/sessions/{id}",
    "GET /v1/checkout/sessions/{id}/line_items",
    "GET /v1/payment_intents/{id}",
    "GET /v1/charges/{id}",
    "POST /v1/transfers",
    "POST /v1/transfers/{id}/reversals",
    "POST /v1/refunds",
    "GET /v1/balance",
    "GET /v1/balance_transactions",
    "GET /v1/application_fees",
    "GET /v1/events",
    "GET /v1/events/{id}",
}


def test_the_schema_is_the_one_that_follows_from_the_description() -> None:
    derived = SchemaDerivation(json.loads(DESCRIPTION.read_text())).schema()
    assert derived == SCHEMA


def buy_from_one_seller(sandbox: SandboxProcess, api: Any, *, number: str = "4242424242424242") -> Any:
    seller = sandbox.onboarded_account()
    api.accounts.login_links.create(seller.id)
    created = api.checkout.sessions.create(shop.session(1999, **shop.destination(seller.id, fee=300)))
    sandbox.pay(created.url, number, email="buyer@example.com")
    api.checkout.sessions.line_items.list(created.id)
    return api.checkout.sessions.retrieve(
        created.id, {"expand": ["line_items", "payment_intent.latest_charge"]}
    )


def test_every_call_of_a_purchase_is_answered_in_stripes_shape(
    sandbox: SandboxProcess, api: Any, contract: Contract
) -> None:
    contract.seen.clear()
    bought = buy_from_one_seller(sandbox, api)
    charge = bought.payment_intent.latest_charge.id
    expand = ["balance_transaction", "transfer.destination_payment", "application_fee", "refunds", "customer"]
    api.charges.retrieve(charge, {"expand": expand})
    api.payment_intents.retrieve(bought.payment_intent.id, {"expand": ["latest_charge.balance_transaction"]})
    api.refunds.create(
        {"charge": charge, "amount": 999, "reverse_transfer": True, "refund_application_fee": True}
    )
    second = sandbox.onboarded_account("second@example.com")
    both = api.checkout.sessions.create(
        shop.session(1999, 3001, payment_intent_data={"transfer_group": "order_7"})
    )
    sandbox.pay(both.url, email="buyer@example.com")
    intent = api.payment_intents.retrieve(api.checkout.sessions.retrieve(both.id).payment_intent)
    transfer = api.transfers.create(
        {
            "amount": 1699,
            "currency": "eur",
            "destination": second.id,
            "source_transaction": intent.latest_charge,
        }
    )
    api.transfers.reversals.create(transfer.id, {"amount": 100})
    api.balance.retrieve()
    api.balance.retrieve({}, {"stripe_account": second.id})
    api.balance_transactions.list({"expand": ["data.source"]})
    api.application_fees.list({"expand": ["data.charge", "data.originating_transaction"]})
    for event in api.events.list({"limit": 100}).data:
        api.events.retrieve(event.id)
    assert contract.seen >= CALLS_OF_A_PURCHASE


@pytest.mark.parametrize("number", ["4000000000009995", "4000002500003155", "4242424242424242"])
def test_every_webhook_of_a_purchase_has_stripes_shape(
    sandbox: SandboxProcess, api: Any, contract: Contract, receiver: Receiver, number: str
) -> None:
    buy_from_one_seller(sandbox, api, number=number)
    sandbox.wait_until_delivered()
    assert "account.updated" in receiver.types
    for event in receiver.events:
        contract.check_event(event)


def test_webhooks_of_refunds_disputes_cards_and_delayed_payments_have_stripes_shape(
    sandbox: SandboxProcess, api: Any, contract: Contract, receiver: Receiver
) -> None:
    bought = buy_from_one_seller(sandbox, api)
    refund = {"payment_intent": bought.payment_intent.id, "amount": 1, "reverse_transfer": True}
    api.refunds.create({**refund, "refund_application_fee": True})
    disputed = api.checkout.sessions.create(shop.session(5000, customer_creation="always"))
    sandbox.pay(disputed.url, email="buyer@example.com")
    intent = api.checkout.sessions.retrieve(disputed.id).payment_intent
    dispute = sandbox.post("/_sandbox/disputes", {"charge": intent})
    api.disputes.update(dispute["id"], {"evidence": {"uncategorized_text": "winning_evidence"}})
    for method in ("delayed", "delayed_failing"):
        delayed = api.checkout.sessions.create(shop.session(7000))
        sandbox.pay(delayed.url, method=method, email="buyer@example.com")
    sandbox.post("/_sandbox/clock", {"advance": 4 * 86_400})
    customer = api.customers.create({"email": "keeper@example.com", "metadata": {"a": "1"}})
    method = api.payment_methods.attach("pm_card_visa", {"customer": customer.id})
    setup = {"customer": customer.id, "payment_method": method.id, "confirm": True, "return_url": shop.RETURN}
    api.setup_intents.create(setup)
    api.payment_methods.detach(method.id)
    sandbox.wait_until_delivered()
    assert {"charge.dispute.funds_reinstated", "checkout.session.async_payment_failed"} <= set(receiver.types)
    for event in receiver.events:
        contract.check_event(event)
