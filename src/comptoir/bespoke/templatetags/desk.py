"""What the desk's templates say of time and of states."""

from datetime import timedelta
from typing import Any

from babel.dates import format_timedelta
from django import template
from django.utils.translation import get_language, ngettext, to_locale
from django.utils.translation import gettext as _

from comptoir.bespoke.models import Order, OrderStatus
from comptoir.bespoke.orders import workload
from comptoir.kernel import clock

register = template.Library()

_TONES = {
    OrderStatus.COMPLETED: "wait",
    OrderStatus.AWAITING_VALIDATION: "wait",
    OrderStatus.REJECTED: "bad",
    OrderStatus.DELIVERED: "good",
}


@register.filter
def tone(status: str) -> str:
    """The colour of a state's badge. Its word says the same."""
    return _TONES.get(OrderStatus(status), "")


@register.filter
def due_words(order: Order) -> str:
    """How long there is until an order is due: `today`, `in 3 days`, `2 days late`."""
    assert order.due_on, "a paid order has its day"
    days = (order.due_on - workload.today()).days
    if days < 0:
        return ngettext("%(n)s day late", "%(n)s days late", -days) % {"n": -days}
    if days == 0:
        return _("today")
    return _("tomorrow") if days == 1 else _("in %(n)s days") % {"n": days}


@register.filter
def since(moment: Any) -> str:
    """How long ago, in its largest unit: `3 days`."""
    return lasting(int((clock.now() - moment).total_seconds()))


@register.filter
def lasting(seconds: int) -> str:
    """A stretch of time in its largest unit: `40 minutes`, `2 hours`. None at all is a dash."""
    if seconds <= 0:
        return "—"
    return format_timedelta(
        timedelta(seconds=seconds), threshold=1.2, locale=to_locale(get_language() or "en")
    )


@register.filter
def hundredths(part: int, whole: int) -> int:
    """How much of a bar is filled, of 100."""
    return min(100, 100 * part // whole) if whole else 0
