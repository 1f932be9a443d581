"""The connection to Stripe, by its official SDK, and its errors in our own words."""

import logging
from collections.abc import Callable, Sequence
from datetime import timedelta
from functools import cached_property
from typing import Self, TypeVar

import httpx
import stripe
import structlog
from django.conf import settings

from comptoir.kernel.network import assert_no_transaction
from comptoir.kernel.payments.gateways import errors
from comptoir.kernel.payments.gateways.stripe.objects import AUTHENTICATION_REQUIRED

log = structlog.get_logger(__name__)
# The SDK tells of every request it makes, with its address.
logging.getLogger("stripe").setLevel(logging.WARNING)
T = TypeVar("T")

# For one try of two: somebody may be waiting at the checkout. To give up early loses nothing, since the request is
# stored, and is sent again with the key it had.
PATIENCE = httpx.Timeout(10, connect=3)

# https://docs.stripe.com/error-codes
RESOURCE_MISSING = "resource_missing"


class StripeConnection:
    """What all that Stripe can do shares: the name, the keys and the client."""

    name = "stripe"
    label = "Stripe"
    # https://docs.stripe.com/api/idempotent_requests: keys may be forgotten after 24 hours.
    key_kept_for = timedelta(hours=23)
    # Some hundred readings a second are answered: https://docs.stripe.com/rate-limits
    reads_at_once = 4

    def __init__(self, *, key: str, secrets: Sequence[str], api_base: str) -> None:
        self._key, self._secrets, self._api_base = key, secrets, api_base

    @classmethod
    def from_settings(cls) -> Self:
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

    def _ask(self, request: Callable[[], T]) -> T:
        """Send, and say in the house's words what went wrong. https://docs.stripe.com/error-low-level"""
        assert_no_transaction()
        try:
            return request()
        except stripe.CardError as error:
            raise _declined(error) from error
        except (stripe.InvalidRequestError, stripe.PermissionError) as error:
            kind = errors.MissingAtGateway if error.code == RESOURCE_MISSING else errors.GatewayRefused
            raise kind(reason=error.user_message or str(error)) from error
        except stripe.AuthenticationError as error:
            log.error("stripe_key_refused", reason=str(error))
            raise errors.GatewayUnreachable from error
        except stripe.StripeError as error:
            log.warning("stripe_did_not_answer", kind=type(error).__name__, status=error.http_status)
            if (error.http_status or 0) >= 500:
                raise errors.GatewayFailed from error
            raise errors.GatewayUnreachable from error


def _declined(error: stripe.CardError) -> errors.Declined:
    """https://docs.stripe.com/declines/codes: the bank's reason, or Stripe's where the bank gives none."""
    details = error.error
    intent = details.payment_intent if details else None
    code = (details.decline_code if details else None) or error.code or "card_declined"
    return errors.Declined(
        reason=error.user_message or str(error),
        decline_code=code,
        reference=intent.id if intent else "",
        requires_action=AUTHENTICATION_REQUIRED in (code, error.code),
    )
