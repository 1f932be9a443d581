"""Customers at Stripe, and the payment methods that are attached to them, to be charged later."""

from typing import Any

from comptoir.kernel.payments.gateways.base import MethodSeen
from comptoir.kernel.payments.gateways.stripe.client import StripeConnection
from comptoir.kernel.payments.gateways.stripe.objects import method_seen
from comptoir.kernel.payments.models import Customer, PaymentMethod


class StripeVault(StripeConnection):
    """Customers and payment methods. https://docs.stripe.com/payments/save-and-reuse"""

    def customer_request(self, customer: Customer) -> dict[str, Any]:
        request = {"email": customer.email, "metadata": {"customer": str(customer.id)}}
        return request | ({"name": customer.name} if customer.name else {})

    def attach_request(self, reference: str, *, customer: str) -> dict[str, Any]:
        """`method` is part of the address, not of the body."""
        return {"method": reference, "customer": customer}

    def detach_request(self, method: PaymentMethod) -> dict[str, Any]:
        """`method` is part of the address, not of the body."""
        return {"method": method.reference}

    def read_method(self, reference: str) -> MethodSeen:
        return method_seen(self._ask(lambda: self._client.v1.payment_methods.retrieve(reference)).to_dict())
