"""Whatever is bought, split, refunded, reversed, disputed and paid out: no cent appears and none disappears."""

from typing import Any

import stripe
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from tests.sandbox import shop
from tests.sandbox_process import SandboxProcess

AMOUNTS = st.integers(min_value=50, max_value=100_000)
SHARES = st.integers(min_value=0, max_value=100)
WHICH = st.integers(min_value=0, max_value=10_000)


class Money(RuleBasedStateMachine):
    """Cards and banks stand outside; what they gave, less what they got, is in the balances or was Stripe's fee."""

    sandbox: SandboxProcess

    @initialize()
    def begin(self) -> None:
        self.sandbox.reset()
        self.api = self.sandbox.stripe.v1
        self.sellers = [
            self.sandbox.onboarded_account(f"seller{number}@example.com").id for number in range(2)
        ]
        self.charges: list[str] = []
        self.transfers: list[str] = []

    def attempt(self, act: Any) -> Any:
        """A refusal is an answer too: then nothing may have moved."""
        try:
            return act()
        except stripe.InvalidRequestError:
            return None

    def pay(self, params: dict[str, Any]) -> None:
        payment = {
            "currency": "eur",
            "payment_method": "pm_card_visa",
            "confirm": True,
            "return_url": shop.RETURN,
        }
        intent = self.attempt(lambda: self.api.payment_intents.create({**payment, **params}))
        if intent:
            self.charges.append(intent.latest_charge)

    @rule(amount=AMOUNTS)
    def sell_for_the_platform(self, amount: int) -> None:
        self.pay({"amount": amount})

    @rule(amount=AMOUNTS, share=SHARES, which=WHICH)
    def sell_for_one_seller(self, amount: int, share: int, which: int) -> None:
        destination = self.sellers[which % 2]
        fee = amount * share // 100
        self.pay(
            {"amount": amount, "application_fee_amount": fee, "transfer_data": {"destination": destination}}
        )

    @rule(amount=AMOUNTS)
    def decline(self, amount: int) -> None:
        try:
            self.pay({"amount": amount, "payment_method": "pm_card_chargeDeclined"})
        except stripe.CardError:
            return
        raise AssertionError("The card was not declined.")

    @precondition(lambda self: self.charges)
    @rule(which=WHICH, share=SHARES, seller=WHICH)
    def transfer(self, which: int, share: int, seller: int) -> None:
        charge = self.api.charges.retrieve(self.charges[which % len(self.charges)])
        params = {"currency": "eur", "destination": self.sellers[seller % 2], "source_transaction": charge.id}
        made = self.attempt(
            lambda: self.api.transfers.create({**params, "amount": charge.amount * share // 100})
        )
        if made:
            self.transfers.append(made.id)

    @precondition(lambda self: self.charges)
    @rule(which=WHICH, amount=AMOUNTS, seller=st.booleans(), fee=st.booleans())
    def refund(self, which: int, amount: int, seller: bool, fee: bool) -> None:
        params = {"charge": self.charges[which % len(self.charges)], "amount": amount}
        self.attempt(
            lambda: self.api.refunds.create(
                {**params, "reverse_transfer": seller, "refund_application_fee": fee}
            )
        )

    @precondition(lambda self: self.transfers)
    @rule(which=WHICH, amount=AMOUNTS)
    def reverse(self, which: int, amount: int) -> None:
        transfer = self.transfers[which % len(self.transfers)]
        self.attempt(lambda: self.api.transfers.reversals.create(transfer, {"amount": amount}))

    @precondition(lambda self: self.charges)
    @rule(which=WHICH, text=st.sampled_from(["winning_evidence", "losing_evidence"]))
    def dispute(self, which: int, text: str) -> None:
        params = {"charge": self.charges[which % len(self.charges)]}
        answer = self.sandbox.http.post("/_sandbox/disputes", json=params)
        if answer.status_code == 200:
            self.api.disputes.update(answer.json()["id"], {"evidence": {"uncategorized_text": text}})

    @rule(which=WHICH, amount=AMOUNTS)
    def pay_out(self, which: int, amount: int) -> None:
        own = {"stripe_account": self.sellers[which % 2]}
        self.attempt(lambda: self.api.payouts.create({"amount": amount, "currency": "eur"}, own))

    @invariant()
    def no_cent_appears_or_disappears(self) -> None:
        if not hasattr(self, "sellers"):
            return
        accounts = [None, *self.sellers]
        booked = [one for account in accounts for one in self.transactions(account)]
        outside = {"charge", "refund", "adjustment", "payout"}
        came_in = sum(one.amount for one in booked if one.type in outside)
        for_stripe = sum(
            part.amount for one in booked for part in one.fee_details if part.type == "stripe_fee"
        )
        assert sum(shop.balance(self.api, account) for account in accounts) == came_in - for_stripe
        for account in accounts:
            assert shop.balance(self.api, account) == sum(one.net for one in self.transactions(account))

    @invariant()
    def what_is_shown_agrees_with_what_moved(self) -> None:
        for charge_id in getattr(self, "charges", [])[-1:]:
            charge = self.api.charges.retrieve(charge_id, {"expand": ["refunds"]})
            assert charge.amount_refunded <= charge.amount
            assert charge.refunded == (charge.amount_refunded == charge.amount)

    def transactions(self, account: str | None) -> list[Any]:
        options = {"stripe_account": account} if account else {}
        return list(self.api.balance_transactions.list({"limit": 100}, options).auto_paging_iter())


def test_no_cent_appears_or_disappears(sandbox: SandboxProcess) -> None:
    machine = type("MoneyHere", (Money,), {"sandbox": sandbox})
    run = settings(
        max_examples=8,
        stateful_step_count=12,
        deadline=None,
        derandomize=True,
        database=None,
        phases=(Phase.generate,),
        suppress_health_check=list(HealthCheck),
    )
    case = machine.TestCase  # type: ignore[attr-defined]
    case.settings = run
    case("runTest").runTest()
