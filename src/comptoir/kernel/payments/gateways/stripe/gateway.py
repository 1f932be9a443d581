"""Stripe, as the core sees it: all that it can do in one."""

import json
from collections.abc import Callable
from typing import Any

from comptoir.kernel.payments.gateways import base
from comptoir.kernel.payments.gateways.stripe.charging import StripeCharging
from comptoir.kernel.payments.gateways.stripe.diagnosis import StripeDiagnosis
from comptoir.kernel.payments.gateways.stripe.events import StripeEvents
from comptoir.kernel.payments.gateways.stripe.payouts import StripePayouts
from comptoir.kernel.payments.gateways.stripe.vault import StripeVault


class StripeGateway(StripeCharging, StripeVault, StripePayouts, StripeEvents, StripeDiagnosis):
    """Checkout, PaymentIntents, saved methods, Connect Express, separate transfers and destination charges."""

    def send(self, operation: str, params: base.Request, *, key: str) -> dict[str, Any]:
        v1 = self._client.v1
        create: dict[str, Callable[..., Any]] = {
            "session": v1.checkout.sessions.create,
            "intent": v1.payment_intents.create,
            "customer": v1.customers.create,
            "attach": lambda body, options: v1.payment_methods.attach(body.pop("method"), body, options),
            "detach": lambda body, options: v1.payment_methods.detach(body.pop("method"), body, options),
            "transfer": v1.transfers.create,
            "account": v1.accounts.create,
            "refund": v1.refunds.create,
            "reversal": lambda body, options: v1.transfers.reversals.create(
                body.pop("transfer"), body, options
            ),
        }
        created = self._ask(lambda: create[operation](dict(params), {"idempotency_key": key}))
        return json.loads(str(created))
