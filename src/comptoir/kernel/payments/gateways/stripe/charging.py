"""Charges at Stripe: Checkout, PaymentIntents and refunds."""

import json
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

import structlog

from comptoir.kernel import clock
from comptoir.kernel.money import Money
from comptoir.kernel.payments.gateways import base
from comptoir.kernel.payments.gateways.base import Outcome, Page
from comptoir.kernel.payments.gateways.stripe.client import StripeConnection
from comptoir.kernel.payments.gateways.stripe.element import element, element_policy
from comptoir.kernel.payments.gateways.stripe.objects import (
    id_of,
    intent_outcome,
    refund_outcome,
    session_outcome,
    transfer_group,
    without_secrets,
)
from comptoir.kernel.payments.models import Payment, PaymentState, Refund, Share

log = structlog.get_logger(__name__)

# Long enough to think it over; short enough that the same request can be sent again within Stripe's 24 hours.
PAGE_OPEN_FOR = timedelta(hours=3)
PAID_CHARGE = "latest_charge.balance_transaction"
# In minor units: https://docs.stripe.com/currencies#minimum-and-maximum-charge-amounts
LOWEST_MINOR = {"EUR": 50, "USD": 50, "GBP": 30, "CHF": 50, "CAD": 50, "JPY": 50}
LOWEST_OF_OTHERS_MINOR = 100


class StripeCharging(StripeConnection):
    """Charges and refunds."""

    def lowest_amount(self, currency: str) -> Money:
        return Money(LOWEST_MINOR.get(currency, LOWEST_OF_OTHERS_MINOR), currency)

    def element(self) -> base.Element:
        return element()

    def element_policy(self) -> dict[str, list[str]]:
        return element_policy()

    def page_request(
        self,
        payment: Payment,
        *,
        lines: Sequence[base.LineItem],
        shares: Sequence[Share],
        success_url: str,
        cancel_url: str,
    ) -> dict[str, Any]:
        metadata = {"payment": str(payment.id), "purpose": payment.purpose}
        intent: dict[str, Any] = {"metadata": metadata}
        if self.transfers_itself(payment, shares):
            intent["transfer_data"] = {"destination": shares[0].payee.account}
            intent["application_fee_amount"] = shares[0].fee_minor
        elif shares:
            intent["transfer_group"] = transfer_group(payment)
        request = {
            "mode": "payment",
            "line_items": [_line_item(line) for line in lines],
            "payment_intent_data": intent,
            "metadata": metadata,
            "client_reference_id": str(payment.id),
            "success_url": success_url,
            "cancel_url": cancel_url,
            "expires_at": int((clock.now() + PAGE_OPEN_FOR).timestamp()),
        }
        if payment.payer:
            request |= {"customer_email": payment.payer.email, "locale": payment.payer.locale or "auto"}
        return request

    def intent_request(self, payment: Payment, *, email: str, description: str) -> dict[str, Any]:
        return {
            "amount": payment.amount_minor,
            "currency": payment.currency.lower(),
            "automatic_payment_methods": {"enabled": True},
            "receipt_email": email,
            "description": description,
            "metadata": {"payment": str(payment.id), "purpose": payment.purpose},
        }

    def refund_request(self, refund: Refund, *, takes_back: bool) -> dict[str, Any]:
        """Both said explicitly, whatever Stripe's default: https://docs.stripe.com/connect/destination-charges"""
        request: dict[str, Any] = {
            "charge": refund.payment.charge,
            "amount": refund.amount_minor,
            "metadata": {"payment": str(refund.payment_id), "refund": str(refund.id)},
        }
        if takes_back:
            request |= {"reverse_transfer": True, "refund_application_fee": True}
        return request

    def page(self, answer: Mapping[str, Any]) -> Page:
        return Page(
            session=answer["id"],
            url=answer["url"] or "",
            expires_at=datetime.fromtimestamp(answer["expires_at"], UTC),
            reference=id_of(answer.get("payment_intent")),
        )

    def transfers_itself(self, payment: Payment, shares: Sequence[Share]) -> bool:
        """A destination charge, when one seller has the whole of it; otherwise separate charges and transfers.
        https://docs.stripe.com/connect/charges"""
        return len(shares) == 1 and shares[0].gross_minor == payment.amount_minor

    def look(self, payment: Payment) -> Outcome:
        if payment.session:
            session = self._ask(
                lambda: self._client.v1.checkout.sessions.retrieve(
                    payment.session, {"expand": [f"payment_intent.{PAID_CHARGE}"]}
                )
            )
            return session_outcome(json.loads(str(session)))
        if payment.reference:
            intent = self._ask(
                lambda: self._client.v1.payment_intents.retrieve(payment.reference, {"expand": [PAID_CHARGE]})
            )
            return intent_outcome(json.loads(str(intent)))
        return Outcome(PaymentState.CREATED)

    def refunds(self, payment: Payment) -> base.RefundsSeen:
        listed = self._ask(lambda: self._client.v1.refunds.list({"charge": payment.charge, "limit": 100}))
        found = self._ask(lambda: [refund.to_dict() for refund in listed.auto_paging_iter()])
        outcomes = [refund_outcome(refund) for refund in found]
        charge = self._ask(
            lambda: self._client.v1.charges.retrieve(payment.charge, {"expand": ["application_fee"]})
        )
        fee = charge.to_dict().get("application_fee")
        returned = fee["amount_refunded"] if isinstance(fee, Mapping) else 0
        return base.RefundsSeen(sorted(outcomes, key=lambda outcome: outcome.reference), returned)

    def without_secrets(self, answer: Mapping[str, Any]) -> dict[str, Any]:
        return dict(without_secrets(answer))

    def client_secret(self, payment: Payment) -> str:
        intent = self._ask(lambda: self._client.v1.payment_intents.retrieve(payment.reference))
        return intent.client_secret or ""

    def cancel(self, payment: Payment) -> Outcome:
        try:
            if payment.session:
                self._ask(lambda: self._client.v1.checkout.sessions.expire(payment.session))
            else:
                self._ask(lambda: self._client.v1.payment_intents.cancel(payment.reference))
        except base.GatewayRefused:
            # Stripe cancels only what is not paid, processing or cancelled already. Reading it says which it is.
            log.info("payment_not_cancelable", payment=str(payment.id))
        return self.look(payment)


def _line_item(line: base.LineItem) -> dict[str, Any]:
    return {
        "quantity": 1,
        "price_data": {
            "currency": line.amount.currency.lower(),
            "unit_amount": line.amount.minor,
            "product_data": {"name": line.name},
        },
    }
