"""Deleting mails that nobody needs any more: they hold names, addresses, and what people were told.

What has to be kept of a sale is in its order and in the books.
"""

from datetime import timedelta

from django.db.models import Q

from comptoir.kernel import clock, ids
from comptoir.kernel.jobs import job, periodic
from comptoir.kernel.notifications.models import Mail, MailState

RETENTION = timedelta(days=400)
BATCH_SIZE = 1_000


@periodic(every=timedelta(hours=1))
@job("notifications.prune", max_attempts=3)
def prune() -> None:
    """Delete what was sent 400 days ago and earlier, and what failed for good and was written then: operators have had
    more than a year to send it again. What is still to be sent stays.

    With the row goes its key, long after the job that might have asked for the same mail once more.
    """
    until = clock.now() - RETENTION
    is_finished = Q(state=MailState.SENT, sent_at__lt=until) | Q(state=MailState.FAILED)
    old = Mail.objects.filter(is_finished, pk__lt=ids.first_at(until))
    while batch := list(old.order_by("pk").values_list("pk", flat=True)[:BATCH_SIZE]):
        # Asked once more: an operator may be sending one of them again.
        old.filter(pk__in=batch).delete()
