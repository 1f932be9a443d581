"""What `comptoir doctor` looks at for bespoke orders: the assistant, and experts who are shut out (L18)."""

from collections.abc import Iterator
from urllib.parse import urlsplit

import httpx
from django.conf import settings
from django.db.models import Count, Max, Q
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from comptoir.bespoke.models import OPEN_STATUSES, Expert
from comptoir.kernel import clock

WAIT_SECONDS = 10
SHORTEST_SECRET = 32
NAMED_AT_MOST = 20


def assistant() -> Iterator[str]:
    """That it is set up as it should be, and can be reached."""
    if not settings.ASSISTANT_URL:
        if Expert.objects.filter(is_active=True).exists():
            yield _(
                "ASSISTANT_URL is not set: no order can be sent to the assistant. Give its webhook’s address."
            )
        return
    if not settings.ASSISTANT_SECRETS:
        yield _(
            "ASSISTANT_SECRET is not set: no answer of the assistant could be trusted. Give it the same secret."
        )
    elif any(len(secret) < SHORTEST_SECRET for secret in settings.ASSISTANT_SECRETS):
        yield _(
            "ASSISTANT_SECRET is too short. Take at least %(length)s characters, here and in the assistant."
        ) % {"length": SHORTEST_SECRET}
    if settings.PRODUCTION and urlsplit(settings.ASSISTANT_URL).scheme != "https":
        yield _("ASSISTANT_URL does not begin with https://. What clients write would travel in the open.")
    try:
        # Whatever it answers, it is there: an assistant takes POST alone, and is not to be asked for work.
        httpx.head(settings.ASSISTANT_URL, timeout=WAIT_SECONDS)
    except (httpx.HTTPError, httpx.InvalidURL) as error:
        yield _(
            "The assistant cannot be reached at %(url)s (%(error)s). Check ASSISTANT_URL, and that it runs."
        ) % {
            "url": settings.ASSISTANT_URL,
            "error": str(error) or type(error).__name__,
        }


def experts() -> Iterator[str]:
    """Who is refused at the desk, and why: an account that is deactivated, or a token that has run out."""
    waiting = Q(chosen_orders__status__in=OPEN_STATUSES, chosen_orders__claimed_by=None)
    shut_out = Expert.objects.filter(Q(is_active=False) | Q(user__is_active=False))
    shut_out = shut_out.annotate(waiting=Count("chosen_orders", filter=waiting)).filter(waiting__gt=0)
    for name, count in shut_out.order_by("name").values_list("name", "waiting")[:NAMED_AT_MOST]:
        yield ngettext(
            "The desk refuses %(name)s, who is deactivated; an order that was meant for them waits. Activate them, or "
            "have another take it: %(url)s",
            "The desk refuses %(name)s, who is deactivated; %(count)s orders that were meant for them wait. Activate "
            "them, or have others take these: %(url)s",
            count,
        ) % {"name": name, "count": count, "url": f"{settings.SITE_URL}/desk?whose=free"}
    now = clock.now()
    usable = Q(user__api_tokens__revoked_at=None)
    at_work = Expert.objects.filter(is_active=True, user__is_active=True)
    ran_out = at_work.annotate(last=Max("user__api_tokens__expires_at", filter=usable)).filter(last__lte=now)
    for name, last, email in ran_out.order_by("name").values_list("name", "last", "user__email")[
        :NAMED_AT_MOST
    ]:
        yield _("The API token of %(name)s expired on %(day)s. Make another: comptoir token %(email)s") % {
            "name": name,
            "day": last.date().isoformat(),
            "email": email,
        }
