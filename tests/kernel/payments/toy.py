"""A purpose that sells nothing: it proves the payment core without a product, and remembers what it was told."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from comptoir.kernel.accounts.models import User
from comptoir.kernel.ledger import chart
from comptoir.kernel.ledger.posting import balance
from comptoir.kernel.money import Money
from comptoir.kernel.payments import charges, check, reconciliation
from comptoir.kernel.payments.charges import NextAction, ShareOf
from comptoir.kernel.payments.gateways.base import LineItem
from comptoir.kernel.payments.models import Dispute, Flow, Payee, Payment, PaymentMethod, Refund
from comptoir.kernel.payments.purposes import PaymentPurpose
from tests.shop import Shop

PURPOSE = "toy.thing"


def share_of(payee: Payee, gross: int, fee: int) -> list[ShareOf]:
    return [ShareOf(payee, Money(gross, "EUR"), Money(fee, "EUR"))]


@dataclass
class Toy:
    """`told` has what the purpose heard, in order: the fact, and what it is about."""

    shop: Shop
    told: list[tuple[str, str]] = field(default_factory=list)

    def purpose(self) -> PaymentPurpose:
        return PaymentPurpose(
            name=PURPOSE,
            credits=lambda _payment: chart.receivable(),
            on_paid=self._hears("paid"),
            on_failed=self._hears("failed"),
            on_action_required=self._hears("action_required"),
            on_refunded=self._on_refunded,
            on_disputed=self._on_disputed,
            return_path=lambda payment: f"/toy/{payment.subject_id}",
        )

    def _hears(self, fact: str) -> Any:
        def hear(payments: Sequence[Payment]) -> None:
            self.told += [(fact, payment.subject_id) for payment in payments]

        return hear

    def _on_refunded(self, payment: Payment, refund: Refund) -> None:
        self.told.append((f"refund {refund.state}", payment.subject_id))

    def _on_disputed(self, payment: Payment, dispute: Dispute) -> None:
        self.told.append((f"dispute {dispute.state}", payment.subject_id))

    # What a product does

    def start(
        self,
        *,
        flow: Flow = Flow.HOSTED,
        minor: int = 2900,
        subject: str = "1",
        method: PaymentMethod | None = None,
        payer: User | None = None,
        shares: Sequence[ShareOf] = (),
    ) -> NextAction:
        """Written, and sent to the gateway."""
        started = charges.start(
            purpose=PURPOSE,
            subject_id=subject,
            flow=flow,
            payer=payer,
            lines=[LineItem("A thing", Money(minor, "EUR"))],
            shares=shares,
            method=method,
        )
        return charges.submit(started.payment, call=started.call)

    def paid(self, *, minor: int = 2900, shares: Sequence[ShareOf] = (), number: str = "") -> Payment:
        """Paid on the gateway's page, and settled."""
        action = self.start(minor=minor, shares=shares)
        self.shop.sandbox.pay(action.url, number or "4242424242424242", email="paul@example.test")
        self.settle()
        return Payment.objects.get(pk=action.payment.pk)

    def settle(self) -> None:
        """All webhooks have arrived, and the worker has done its part."""
        self.shop.sandbox.wait_until_delivered()
        self.shop.work()

    # What an accountant looks at

    def books(self) -> dict[str, int]:
        """The balance of each account that is about money here, in cents, where there is any."""
        accounts = {
            "gateway": chart.gateway("stripe"),
            "gateway_fees": chart.gateway_fees("stripe"),
            "receivable": chart.receivable(),
            "fees": chart.fees(PURPOSE),
            "disputes": chart.disputes("stripe"),
            "losses": chart.losses("stripe"),
            "suspense": chart.suspense(),
        }
        if payee := Payee.objects.first():
            accounts["payee"] = chart.payee(payee.pk)
        found = {name: balance(account, "EUR").minor for name, account in accounts.items()}
        return {name: minor for name, minor in found.items() if minor}

    def at_the_gateway(self) -> int:
        """What the gateway says that it holds for us, in cents of euros."""
        held = self.shop.sandbox.stripe.v1.balance.retrieve()
        return sum(row.amount for row in [*held.available, *held.pending] if row.currency == "eur")

    def everything_agrees(self) -> None:
        assert self.books().get("gateway", 0) == self.at_the_gateway()
        assert check.run() == []
        assert reconciliation.run() == []
