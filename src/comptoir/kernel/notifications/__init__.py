"""Mail to people: a row in the caller's transaction, sent by a worker, one for each key and never two.

    send_mail("order_paid", to=order.buyer, key=f"order_paid:{order.pk}", order=order.number, total=order.total)

The template is `templates/mail/order_paid.txt` in the caller's room, whose first line is the subject, and
beside it `order_paid.mjml`, which extends `mail/layout.mjml`. Both are rendered at once, in the recipient's
language, so that what is sent is what was true then. Links are written `{{ site_url }}{{ path }}`.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from comptoir.kernel.notifications.queue import MailRequest, resend, send_mail, send_mails

__all__ = ["MailRequest", "resend", "send_mail", "send_mails"]


def __getattr__(name: str) -> Any:
    # Loaded on demand: it needs the models, which may not be imported yet when Django loads this package.
    if name not in __all__:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f"{__name__}.queue"), name)
