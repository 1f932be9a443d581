"""Charges at Stripe: Checkout, PaymentIntents, refunds and disputes."""

import json
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

import structlog

from comptoir.kernel import clock
from comptoir.kernel.money import Money
from comptoir.kernel.payments.gateways import base
from comptoir.kernel.payments.gateways.base import Details, Outcome, Started
from comptoir.kernel.payments.gateways.errors import GatewayRefused, MissingAtGateway
from comptoir.kernel.payments.gateways.stripe.client import StripeConnection
from comptoir.kernel.payments.gateways.stripe.element import element, element_policy
from comptoir.kernel.payments.gateways.stripe.objects import (
    dispute_outcome,
    id_of,
    intent_outcome,
    metadata_of,
    refund_outcome,
    session_outcome,
    transfer_group,
    transfers_itself,
    without_secrets,
)
from comptoir.kernel.payments.models import Flow, Payment, PaymentState, Refund

log = structlog.get_logger(__name__)

# Long enough to think it over; short enough that the same request can be sent again within Stripe's 24 hours.
PAGE_OPEN_FOR = timedelta(hours=3)
# By how much the gateway's clock may be behind ours.
CLOCKS_DIFFER = timedelta(minutes=5)
PAID_CHARGE = "latest_charge.balance_transaction"
# In minor units: https://docs.stripe.com/currencies#minimum-and-maximum-charge-amounts
LOWEST_MINOR = {"EUR": 50, "USD": 50, "GBP": 30, "CHF": 50, "CAD": 50, "JPY": 50}
LOWEST_OF_OTHERS_MINOR = 100


class StripeCharging(StripeConnection):
    """Charges, refunds and disputes."""

    def lowest_amount(self, currency: str) -> Money:
        return Money(LOWEST_MINOR.get(currency, LOWEST_OF_OTHERS_MINOR), currency)

    def element(self) -> base.Element:
        return element()

    def element_policy(self) -> dict[str, list[str]]:
        return element_policy()

    def payment_request(self, payment: Payment, details: Details) -> tuple[str, dict[str, Any]]:
        if payment.flow == Flow.HOSTED:
            return "session", _session_request(payment, details)
        return "intent", _intent_request(payment, details)

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

    def started(self, answer: Mapping[str, Any]) -> Started:
        if answer["object"] == "payment_intent":
            return Started(reference=answer["id"], client_secret=answer["client_secret"] or "")
        return Started(
            session=answer["id"],
            reference=id_of(answer.get("payment_intent")),
            page_url=answer["url"] or "",
            expires_at=datetime.fromtimestamp(answer["expires_at"], UTC),
        )

    def find_started(self, payment: Payment) -> Mapping[str, Any] | None:
        """A page or an intent that we never heard of was never shown to anyone, and ends unpaid. A charge off session
        takes money by itself: it is looked for among the customer's intents, which Stripe lists the newest first."""
        if payment.flow != Flow.OFF_SESSION:
            return None
        assert payment.method, "an off-session payment names the method that is charged"
        customer = payment.method.customer.references.get(gateway=self.name).reference
        since = int((payment.created_at - CLOCKS_DIFFER).timestamp())
        listed = self._ask(
            lambda: self._client.v1.payment_intents.list(
                {"customer": customer, "created": {"gte": since}, "limit": 100}
            )
        )
        found = self._ask(lambda: list(listed.auto_paging_iter()))
        ours = (intent for intent in found if metadata_of(intent).get("payment") == str(payment.id))
        return next((without_secrets(intent.to_dict()) for intent in ours), None)

    def retrieve(self, payment: Payment) -> Outcome:
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

    def payment_id_of(self, reference: str) -> str:
        try:
            intent = self._ask(lambda: self._client.v1.payment_intents.retrieve(reference))
        except MissingAtGateway:
            return ""  # of an account that is connected to ours
        return metadata_of(intent).get("payment", "")

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

    def disputes(self, payment: Payment) -> list[base.DisputeOutcome]:
        listed = self._ask(lambda: self._client.v1.disputes.list({"charge": payment.charge, "limit": 100}))
        found = self._ask(lambda: [dispute.to_dict() for dispute in listed.auto_paging_iter()])
        return [dispute_outcome(dispute) for dispute in sorted(found, key=lambda dispute: dispute["created"])]

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
        except GatewayRefused:
            # Stripe cancels only what is not paid, processing or cancelled already. Reading it says which it is.
            log.info("payment_not_cancelable", payment=str(payment.id))
        return self.retrieve(payment)


def _session_request(payment: Payment, details: Details) -> dict[str, Any]:
    """https://docs.stripe.com/api/checkout/sessions/create"""
    metadata = _metadata(payment)
    intent: dict[str, Any] = {"metadata": metadata}
    if transfers_itself(payment, details.shares):
        intent["transfer_data"] = {"destination": details.shares[0].payee.account}
        intent["application_fee_amount"] = details.shares[0].fee_minor
    elif details.shares:
        intent["transfer_group"] = transfer_group(payment)
    request = {
        "mode": "payment",
        "line_items": [_line_item(line) for line in details.lines],
        "payment_intent_data": intent,
        "metadata": metadata,
        "client_reference_id": str(payment.id),
        "success_url": details.success_url,
        "cancel_url": details.cancel_url,
        "expires_at": int((clock.now() + PAGE_OPEN_FOR).timestamp()),
    }
    if details.email:
        request["customer_email"] = details.email
    if payment.payer:
        request["locale"] = payment.payer.locale or "auto"
    return request


def _intent_request(payment: Payment, details: Details) -> dict[str, Any]:
    """https://docs.stripe.com/api/payment_intents/create"""
    request: dict[str, Any] = {
        "amount": payment.amount_minor,
        "currency": payment.currency.lower(),
        "automatic_payment_methods": {"enabled": True},
        "description": details.description,
        "metadata": _metadata(payment),
    }
    if details.email:
        request["receipt_email"] = details.email
    if transfers_itself(payment, details.shares):
        request["transfer_data"] = {"destination": details.shares[0].payee.account}
        request["application_fee_amount"] = details.shares[0].fee_minor
    elif details.shares:
        request["transfer_group"] = transfer_group(payment)
    if payment.flow == Flow.OFF_SESSION:
        assert payment.method, "an off-session payment names the method that is charged"
        request |= {
            "customer": details.customer,
            "payment_method": payment.method.reference,
            "confirm": True,
            "off_session": True,
            "return_url": details.success_url,
        }
    return request


def _metadata(payment: Payment) -> dict[str, str]:
    return {"payment": str(payment.id), "purpose": payment.purpose}


def _line_item(line: base.LineItem) -> dict[str, Any]:
    return {
        "quantity": 1,
        "price_data": {
            "currency": line.amount.currency.lower(),
            "unit_amount": line.amount.minor,
            "product_data": {"name": line.name},
        },
    }
