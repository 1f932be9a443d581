"""What a page of ours needs in order to hold the gateway's payment element: its script, our public key, its policy.

https://docs.stripe.com/payments/payment-element, https://docs.stripe.com/security/guide#content-security-policy
"""

from collections.abc import Callable
from dataclasses import dataclass
from functools import wraps
from typing import Concatenate, ParamSpec
from urllib.parse import urlsplit
from uuid import UUID

from csp.constants import SELF
from csp.decorators import csp_update
from django.conf import settings
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.utils.translation import gettext_lazy as _

from comptoir.kernel.errors import Refusal

P = ParamSpec("P")
View = Callable[Concatenate[HttpRequest, P], HttpResponseBase]

SCRIPTS = ("https://js.stripe.com", "https://*.js.stripe.com")
FRAMES = (*SCRIPTS, "https://hooks.stripe.com")


class ElementNotSetUp(Refusal):
    code = "payments_not_set_up"
    status = 503
    message = _("Payments are not set up yet. Nothing was charged; please come back a little later.")


@dataclass(frozen=True)
class Element:
    """`script` is where the element comes from, `key` says whose it is: both may be seen by anybody."""

    script: str
    key: str


def element() -> Element:
    """Raises `ElementNotSetUp`."""
    if not settings.STRIPE_PUBLISHABLE_KEY:
        raise ElementNotSetUp
    return Element(settings.STRIPE_JS_URL, settings.STRIPE_PUBLISHABLE_KEY)


def return_address(payment_id: UUID) -> str:
    """Where the payer's browser comes back to, whatever became of the payment: there we ask."""
    return f"{settings.SITE_URL}/payments/{payment_id}/return"


def holds_element(view: View[P]) -> View[P]:
    """Let this page, and no other, load the element's script, show its frames and ask its gateway."""

    @wraps(view)
    def with_policy(request: HttpRequest, *args: P.args, **kwargs: P.kwargs) -> HttpResponseBase:
        return csp_update(_policy())(view)(request, *args, **kwargs)

    return with_policy


def _policy() -> dict[str, list[str]]:
    script, api = _origin(settings.STRIPE_JS_URL), _origin(settings.STRIPE_API_BASE)
    return {
        "script-src": _each(*SCRIPTS, script),
        "frame-src": _each(*FRAMES, script, api),
        "connect-src": _each(SELF, *SCRIPTS, script, api),
    }


def _origin(url: str) -> str:
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.netloc}"


def _each(*sources: str) -> list[str]:
    return list(dict.fromkeys(sources))
