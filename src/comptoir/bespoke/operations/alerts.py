"""Telling the operator what passes a threshold: once when it is reached, and again only after it has cleared."""

from collections.abc import Callable
from datetime import timedelta

import httpx
from django.conf import settings
from django.db import transaction
from django.db.models import Min

from comptoir.bespoke.models import (
    AlertRule,
    Measure,
    Order,
    OrderStatus,
    Revision,
    RevisionState,
)
from comptoir.bespoke.operations import metrics
from comptoir.bespoke.orders import mails
from comptoir.kernel import clock, timeline
from comptoir.kernel.jobs import enqueue, job, periodic
from comptoir.kernel.jobs.models import Job, JobState
from comptoir.kernel.network import assert_no_transaction
from comptoir.kernel.notifications import send_mail

SUBJECT = "bespoke.alert"
FIGURES_PATH = "/desk/figures"
LATELY = timedelta(hours=24)
ANSWERS_WITHIN_SECONDS = 10


@periodic(every=timedelta(minutes=1))
@job("bespoke.watch")
def watch() -> None:
    """Look at every rule. Each thing that is watched is counted once, however many rules watch it."""
    rules = list(AlertRule.objects.filter(is_active=True))
    values = {measure: COUNTS[Measure(measure)]() for measure in {rule.measure for rule in rules}}
    for rule in rules:
        if values[rule.measure] >= rule.threshold:
            _fire(rule, values[rule.measure])
        else:
            _clear(rule)


@job("bespoke.post_alert", max_attempts=6)
def post_alert(*, url: str, body: dict[str, object]) -> None:
    """To the operator's webhook: a sentence as `text`, which chat programs show, and the figures beside it."""
    assert_no_transaction()
    httpx.post(url, json=body, timeout=ANSWERS_WITHIN_SECONDS).raise_for_status()


def _fire(rule: AlertRule, value: int) -> None:
    """One UPDATE that finds the rule quiet decides who tells."""
    now = clock.now()
    with transaction.atomic():
        if not AlertRule.objects.filter(pk=rule.pk, firing_since=None).update(firing_since=now):
            return
        timeline.record(SUBJECT, rule.pk, "reached", value=value, threshold=rule.threshold)
        key = f"bespoke.alert:{rule.pk}:{now:%Y%m%dT%H%M%S%f}"
        if rule.mail_to:
            send_mail(
                "bespoke_alert",
                to=rule.mail_to,
                key=key,
                locale=_language_of(rule.mail_to),
                measure=rule.get_measure_display(),
                value=value,
                threshold=rule.threshold,
                path=FIGURES_PATH,
            )
        if rule.webhook_url:
            body = {
                "text": f"{settings.SITE_NAME}: {rule.get_measure_display()}: {value}",
                "measure": rule.measure,
                "value": value,
                "threshold": rule.threshold,
                "since": now.isoformat(),
                "url": f"{settings.SITE_URL}{FIGURES_PATH}",
            }
            enqueue(post_alert, key=key, url=rule.webhook_url, body=body)


def _clear(rule: AlertRule) -> None:
    with transaction.atomic():
        if AlertRule.objects.filter(pk=rule.pk, firing_since__isnull=False).update(firing_since=None):
            timeline.record(SUBJECT, rule.pk, "cleared")


def _language_of(address: str) -> str:
    """An operator reads their own language; a shared mailbox the house's."""
    known = next((user for user in mails.operators() if user.email == address.lower()), None)
    return known.locale if known else settings.LANGUAGE_CODE


def _unclaimed() -> int:
    return Order.objects.filter(status=OrderStatus.COMPLETED, claimed_by=None).count()


def _validation_hours() -> int:
    waiting = Order.objects.filter(status=OrderStatus.AWAITING_VALIDATION)
    since = waiting.aggregate(at=Min("status_at"))["at"]
    return int((clock.now() - since) / timedelta(hours=1)) if since else 0


def _assistant_failures() -> int:
    return Revision.objects.filter(failed_at__gte=clock.now() - LATELY).count()


def _rejections() -> int:
    return Revision.objects.filter(state=RevisionState.REJECTED, decided_at__gte=clock.now() - LATELY).count()


def _dead_jobs() -> int:
    return Job.objects.filter(state=JobState.DEAD).count()


COUNTS: dict[Measure, Callable[[], int]] = {
    Measure.UNCLAIMED: _unclaimed,
    Measure.OVERDUE: metrics.overdue,
    Measure.VALIDATION_HOURS: _validation_hours,
    Measure.ASSISTANT_FAILURES: _assistant_failures,
    Measure.REJECTIONS: _rejections,
    Measure.DEAD_JOBS: _dead_jobs,
}
