"""What Stripe tells us: the webhook's signature, what an event is about, and events that did not reach us."""

import json
import re
from collections.abc import Callable, Iterator, Mapping
from datetime import UTC, datetime, timedelta

import stripe

from comptoir.kernel import clock
from comptoir.kernel.payments.gateways import base, errors
from comptoir.kernel.payments.gateways.base import EventSubject
from comptoir.kernel.payments.gateways.stripe.client import StripeConnection
from comptoir.kernel.payments.gateways.stripe.objects import id_of

# https://docs.stripe.com/webhooks/signature: five minutes, and we refuse the future as well as the past.
TOLERANCE = timedelta(seconds=300)
CLIENT_SECRET = re.compile(r'("client_secret"\s*:\s*)"[^"]*"')
EVENT_ID = re.compile(r"[\w.:-]{1,128}", re.ASCII)
EVENT_TYPE = re.compile(r"[\w.:-]{1,96}", re.ASCII)
SIGNED_AT = re.compile(r"(?:^|,)t=(\d{1,12})(?:,|$)")


class StripeEvents(StripeConnection):
    """Webhooks, and the list of events."""

    # https://docs.stripe.com/webhooks/process-undelivered-events: events can be listed for 30 days.
    events_kept_for = timedelta(days=30)

    def verify(self, body: bytes, headers: Mapping[str, str]) -> base.Event:
        """https://docs.stripe.com/webhooks/signature. Any of our secrets may have signed: two, while one is rolled."""
        header = headers.get("Stripe-Signature", "")
        try:
            payload = body.decode()
            signed_at = datetime.fromtimestamp(int(SIGNED_AT.findall(header)[0]), UTC)
        except (ValueError, LookupError, OverflowError, OSError) as error:
            raise errors.BadSignature from error
        if abs(clock.on_the_wall() - signed_at) > TOLERANCE or not any(
            map(self._signed(payload, header), self._secrets)
        ):
            raise errors.BadSignature
        return _event(payload)

    def subject(self, event_type: str, payload: str) -> EventSubject | None:
        event = json.loads(payload)
        thing = (event.get("data") or {}).get("object")
        if not isinstance(thing, dict) or not isinstance(thing.get("id"), str):
            return None  # only what has a name can be read again
        payment_id = (thing.get("metadata") or {}).get("payment", "")
        if event_type.startswith("checkout.session."):
            return EventSubject(
                "payment",
                payment_id=payment_id,
                session=thing["id"],
                reference=id_of(thing.get("payment_intent")),
            )
        if event_type.startswith("payment_intent."):
            return EventSubject("payment", payment_id=payment_id, reference=thing["id"])
        if event_type.startswith(("charge.refund", "refund.")):
            return EventSubject("refund", payment_id=payment_id, reference=id_of(thing.get("payment_intent")))
        if event_type.startswith("charge.dispute."):
            return EventSubject("dispute", reference=id_of(thing.get("payment_intent")))
        if event_type.startswith("payment_method."):
            return EventSubject("method", method=thing["id"])
        if event_type.startswith("account."):
            return EventSubject("account", account=event.get("account") or id_of(thing))
        return None

    def missed_events(self, since: datetime) -> Iterator[base.Event]:
        """https://docs.stripe.com/webhooks/process-undelivered-events. Stripe lists the newest first."""
        listed = self._ask(
            lambda: self._client.v1.events.list(
                {"delivery_success": False, "created": {"gte": int(since.timestamp())}, "limit": 100}
            )
        )
        events = [
            base.Event(event.id, event.type, _without_secrets(str(event)))
            for event in listed.auto_paging_iter()
        ]
        yield from reversed(events)

    def _signed(self, payload: str, header: str) -> Callable[[str], bool]:
        def by(secret: str) -> bool:
            try:
                return stripe.WebhookSignature.verify_header(payload, header, secret, None)
            except stripe.SignatureVerificationError:
                return False

        return by


def _without_secrets(payload: str) -> str:
    """In the text itself: to read and write the whole of it anew would cost each webhook more than storing it does."""
    return CLIENT_SECRET.sub(r'\1""', payload)


def _event(payload: str) -> base.Event:
    """A signature alone does not make an event of a body."""
    try:
        event = json.loads(payload)
        found = base.Event(id=event["id"], type=event["type"], payload=_without_secrets(payload))
        well_named = EVENT_ID.fullmatch(found.id) and EVENT_TYPE.fullmatch(found.type)
    except (ValueError, LookupError, TypeError, RecursionError) as error:
        raise errors.BadSignature from error
    if not well_named:
        raise errors.BadSignature
    return found
