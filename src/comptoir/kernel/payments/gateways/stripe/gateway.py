"""Stripe, by its official SDK: Checkout, Connect Express, separate transfers and destination charges."""

import json
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from functools import cached_property
from typing import Any, TypeVar

import httpx
import stripe
import structlog
from django.conf import settings

from comptoir.kernel import clock
from comptoir.kernel.money import Money
from comptoir.kernel.network import assert_no_transaction
from comptoir.kernel.payments.gateways import base
from comptoir.kernel.payments.gateways.base import Outcome, Page, Touched
from comptoir.kernel.payments.gateways.stripe.objects import (
    id_of,
    intent_outcome,
    metadata_of,
    refund_outcome,
    session_outcome,
)
from comptoir.kernel.payments.models import Payment, PaymentState, Refund, Reversal, Share

log = structlog.get_logger(__name__)
T = TypeVar("T")

# https://docs.stripe.com/webhooks/signature: five minutes, and we refuse the future as well as the past.
TOLERANCE = timedelta(seconds=300)
# Long enough to think it over; short enough that the same request can be sent again within Stripe's 24 hours.
PAGE_OPEN_FOR = timedelta(hours=3)
EVENT_ID = re.compile(r"[\w.:-]{1,128}", re.ASCII)
EVENT_TYPE = re.compile(r"[\w.:-]{1,96}", re.ASCII)
SIGNED_AT = re.compile(r"(?:^|,)t=(\d{1,12})(?:,|$)")
# For one try of two: somebody may be waiting at the checkout. To give up early loses nothing, since the request is
# stored, and is sent again with the key it had.
PATIENCE = httpx.Timeout(10, connect=3)
PAID_CHARGE = "latest_charge.balance_transaction"


class StripeGateway:
    name = "stripe"

    def __init__(self, *, key: str, secrets: Sequence[str], api_base: str) -> None:
        self._key, self._secrets, self._api_base = key, secrets, api_base

    @classmethod
    def from_settings(cls) -> "StripeGateway":
        return cls(
            key=settings.STRIPE_SECRET_KEY,
            secrets=settings.STRIPE_WEBHOOK_SECRETS,
            api_base=settings.STRIPE_API_BASE,
        )

    @cached_property
    def _client(self) -> stripe.StripeClient:
        return stripe.StripeClient(
            self._key,
            base_addresses={"api": self._api_base},
            max_network_retries=1,
            http_client=stripe.HTTPXClient(timeout=PATIENCE, allow_sync_methods=True),
        )

    # ── What we ask ─────────────────────────────────────────────────────────────────────────────────────

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
            intent["transfer_group"] = _transfer_group(payment)
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

    def reversal_request(self, reversal: Reversal) -> dict[str, Any]:
        """`transfer` is part of the address, not of the body."""
        return {
            "transfer": reversal.share.transfer,
            "amount": reversal.net_minor,
            "metadata": {"refund": str(reversal.refund_id), "reversal": str(reversal.id)},
        }

    def transfer_request(self, share: Share) -> dict[str, Any]:
        return {
            "amount": share.net_minor,
            "currency": share.payment.currency.lower(),
            "destination": share.payee.account,
            "source_transaction": share.payment.charge,
            "transfer_group": _transfer_group(share.payment),
            "metadata": {"payment": str(share.payment_id), "share": str(share.id)},
        }

    def account_request(self, payee_id: str, email: str) -> dict[str, Any]:
        return {
            "type": "express",
            "email": email,
            "capabilities": {"card_payments": {"requested": True}, "transfers": {"requested": True}},
            "metadata": {"payee": payee_id},
        }

    def send(self, operation: str, params: base.Request, *, key: str) -> dict[str, Any]:
        v1 = self._client.v1
        create: dict[str, Callable[..., Any]] = {
            "page": v1.checkout.sessions.create,
            "intent": v1.payment_intents.create,
            "transfer": v1.transfers.create,
            "account": v1.accounts.create,
            "refund": v1.refunds.create,
            "reversal": lambda body, options: v1.transfers.reversals.create(
                body.pop("transfer"), body, options
            ),
        }
        created = self._ask(lambda: create[operation](dict(params), {"idempotency_key": key}))
        return json.loads(str(created))

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

    # ── What we read ────────────────────────────────────────────────────────────────────────────────────

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

    def close_page(self, payment: Payment) -> Outcome:
        try:
            self._ask(lambda: self._client.v1.checkout.sessions.expire(payment.session))
        except base.GatewayRefused:
            # Stripe expires open sessions only: this one is complete, or expired already. Reading it says which.
            log.info("page_not_open", payment=str(payment.id))
        return self.look(payment)

    def find_transfer(self, share: Share) -> str:
        made = self._ask(
            lambda: self._client.v1.transfers.list(
                {
                    "transfer_group": _transfer_group(share.payment),
                    "destination": share.payee.account or "",
                    "limit": 100,
                }
            )
        )
        for transfer in made.auto_paging_iter():
            if metadata_of(transfer).get("share") == str(share.id):
                return transfer.id
        return ""

    def find_reversal(self, reversal: Reversal) -> str:
        made = self._ask(
            lambda: self._client.v1.transfers.reversals.list(reversal.share.transfer, {"limit": 100})
        )
        for one in self._ask(lambda: list(made.auto_paging_iter())):
            if metadata_of(one).get("reversal") == str(reversal.id):
                return one.id
        return ""

    def onboarding_url(self, account: str, *, return_url: str, refresh_url: str) -> str:
        link = self._ask(
            lambda: self._client.v1.account_links.create(
                {
                    "account": account,
                    "type": "account_onboarding",
                    "return_url": return_url,
                    "refresh_url": refresh_url,
                }
            )
        )
        return link.url

    def payee_desk_url(self, account: str) -> str:
        return self._ask(lambda: self._client.v1.accounts.login_links.create(account)).url

    def read_account(self, account: str) -> base.PayeeStanding:
        found = self._ask(lambda: self._client.v1.accounts.retrieve(account))
        return base.PayeeStanding(
            account=found.id,
            charges_enabled=bool(found.charges_enabled),
            payouts_enabled=bool(found.payouts_enabled),
            details_submitted=bool(found.details_submitted),
            requirements=list(found.requirements.currently_due or []) if found.requirements else [],
        )

    def balances(self, account: str) -> base.Balances:
        found = self._ask(lambda: self._client.v1.balance.retrieve(options={"stripe_account": account}))
        return base.Balances(
            available=[Money(row.amount, row.currency.upper()) for row in found.available],
            pending=[Money(row.amount, row.currency.upper()) for row in found.pending],
        )

    # ── What we are told ────────────────────────────────────────────────────────────────────────────────

    def verify(self, body: bytes, headers: Mapping[str, str]) -> base.Event:
        """https://docs.stripe.com/webhooks/signature. Any of our secrets may have signed: two, while one is rolled."""
        header = headers.get("Stripe-Signature", "")
        try:
            payload = body.decode()
            signed_at = datetime.fromtimestamp(int(SIGNED_AT.findall(header)[0]), UTC)
        except (ValueError, LookupError, OverflowError, OSError) as error:
            raise base.BadSignature from error
        if abs(clock.on_the_wall() - signed_at) > TOLERANCE or not any(
            map(self._signed(payload, header), self._secrets)
        ):
            raise base.BadSignature
        return _event(payload)

    def touched(self, event_type: str, payload: str) -> Touched | None:
        event = json.loads(payload)
        thing = (event.get("data") or {}).get("object")
        if not isinstance(thing, dict) or not isinstance(thing.get("id"), str):
            return None  # only what has a name can be read again
        payment_id = (thing.get("metadata") or {}).get("payment", "")
        if event_type.startswith("checkout.session."):
            return Touched(
                payment_id=payment_id, session=thing["id"], reference=id_of(thing.get("payment_intent"))
            )
        if event_type.startswith("payment_intent."):
            return Touched(payment_id=payment_id, reference=thing["id"])
        if event_type.startswith(("charge.refund", "refund.")):
            return Touched(payment_id=payment_id, reference=id_of(thing.get("payment_intent")), refunded=True)
        if event_type.startswith("account."):
            return Touched(account=event.get("account") or id_of(thing))
        return None

    def missed_events(self, since: datetime) -> Iterator[base.Event]:
        """https://docs.stripe.com/webhooks/process-undelivered-events. Stripe lists the newest first."""
        listed = self._ask(
            lambda: self._client.v1.events.list(
                {"delivery_success": False, "created": {"gte": int(since.timestamp())}, "limit": 100}
            )
        )
        events = [base.Event(event.id, event.type, str(event)) for event in listed.auto_paging_iter()]
        yield from reversed(events)

    # ── Below ───────────────────────────────────────────────────────────────────────────────────────────

    def _signed(self, payload: str, header: str) -> Callable[[str], bool]:
        def by(secret: str) -> bool:
            try:
                return stripe.WebhookSignature.verify_header(payload, header, secret, None)
            except stripe.SignatureVerificationError:
                return False

        return by

    def _ask(self, request: Callable[[], T]) -> T:
        """Send, and say in the house's words what went wrong. https://docs.stripe.com/error-low-level"""
        assert_no_transaction()
        try:
            return request()
        except (stripe.InvalidRequestError, stripe.CardError, stripe.PermissionError) as error:
            raise base.GatewayRefused(reason=error.user_message or str(error)) from error
        except stripe.AuthenticationError as error:
            log.error("stripe_key_refused", reason=str(error))
            raise base.GatewayUnreachable from error
        except stripe.StripeError as error:
            log.warning("stripe_did_not_answer", kind=type(error).__name__, status=error.http_status)
            if (error.http_status or 0) >= 500:
                raise base.GatewayFailed from error
            raise base.GatewayUnreachable from error


def _line_item(line: base.LineItem) -> dict[str, Any]:
    return {
        "quantity": 1,
        "price_data": {
            "currency": line.amount.currency.lower(),
            "unit_amount": line.amount.minor,
            "product_data": {"name": line.name},
        },
    }


def _transfer_group(payment: Payment) -> str:
    return f"payment_{payment.id}"


def _event(payload: str) -> base.Event:
    """A signature alone does not make an event of a body."""
    try:
        event = json.loads(payload)
        found = base.Event(id=event["id"], type=event["type"], payload=payload)
        well_named = EVENT_ID.fullmatch(found.id) and EVENT_TYPE.fullmatch(found.type)
    except (ValueError, LookupError, TypeError, RecursionError) as error:
        raise base.BadSignature from error
    if not well_named:
        raise base.BadSignature
    return found
