"""The payment element's script, our public key, and what a page that holds it has to allow.

https://docs.stripe.com/payments/payment-element, https://docs.stripe.com/security/guide#content-security-policy
"""

from urllib.parse import urlsplit

from csp.constants import SELF
from django.conf import settings

from comptoir.kernel.payments.gateways.base import Element
from comptoir.kernel.payments.gateways.errors import ElementNotSetUp

SCRIPTS = ("https://js.stripe.com", "https://*.js.stripe.com")
FRAMES = (*SCRIPTS, "https://hooks.stripe.com")


def element() -> Element:
    """Raises `ElementNotSetUp`."""
    if not settings.STRIPE_PUBLISHABLE_KEY:
        raise ElementNotSetUp
    return Element(
        script=settings.STRIPE_JS_URL,
        key=settings.STRIPE_PUBLISHABLE_KEY,
        form="payments/stripe/element.js",
    )


def element_policy() -> dict[str, list[str]]:
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
