"""What a page of ours needs in order to hold the payment element: its script, our public key, its policy.

It is the element of the default gateway, where new payments are made; a payment that was begun at another, before the
default was changed, is not confirmed by it.
"""

from collections.abc import Callable
from functools import wraps
from typing import Concatenate, ParamSpec
from uuid import UUID

from csp.decorators import csp_update
from django.conf import settings
from django.http import HttpRequest
from django.http.response import HttpResponseBase

from comptoir.kernel.payments import gateways
from comptoir.kernel.payments.gateways.base import Element

P = ParamSpec("P")
View = Callable[Concatenate[HttpRequest, P], HttpResponseBase]


def element() -> Element:
    """The default gateway's. Raises `ElementNotSetUp`, and `NotOffered` where it has none."""
    return gateways.embedding(settings.DEFAULT_GATEWAY).element()


def return_address(payment_id: UUID) -> str:
    """Where the payer's browser comes back to, whatever became of the payment: there we ask."""
    return f"{settings.SITE_URL}/payments/{payment_id}/return"


def holds_element(view: View[P]) -> View[P]:
    """Let this page, and no other, load the element's script, show its frames and ask the default gateway."""

    @wraps(view)
    def with_policy(request: HttpRequest, *args: P.args, **kwargs: P.kwargs) -> HttpResponseBase:
        policy = gateways.embedding(settings.DEFAULT_GATEWAY).element_policy()
        return csp_update(policy)(view)(request, *args, **kwargs)

    return with_policy
