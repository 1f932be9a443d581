"""Which thresholds the operator is told of: set, changed and deleted, and how each stands now."""

from dataclasses import dataclass

from django.db import transaction
from django.utils.translation import gettext as _

from comptoir.bespoke.models import AlertRule, Measure
from comptoir.bespoke.operations.alerts import COUNTS, SUBJECT
from comptoir.bespoke.refusals import AlertNotFound
from comptoir.kernel import timeline
from comptoir.kernel.accounts.models import User
from comptoir.kernel.errors import FieldError, Invalid


@dataclass(frozen=True)
class WatchedMeasure:
    """Something that can be watched: its value at this moment, and the rules about it."""

    measure: Measure
    value: int
    rules: list[AlertRule]


def watched_measures() -> list[WatchedMeasure]:
    """Everything that can be watched, in one query more than there are such things."""
    rules = list(AlertRule.objects.order_by("threshold", "pk"))
    return [
        WatchedMeasure(measure, count(), [rule for rule in rules if rule.measure == measure])
        for measure, count in COUNTS.items()
    ]


def rule(rule_id: int) -> AlertRule:
    """Raises `AlertNotFound`."""
    found = AlertRule.objects.filter(pk=rule_id).first()
    if found is None:
        raise AlertNotFound
    return found


def save(
    operator: User,
    *,
    measure: str,
    threshold: int,
    mail_to: str,
    webhook_url: str,
    is_active: bool,
    rule_id: int | None = None,
) -> AlertRule:
    """A new rule, or another form of one. Changed, it is told anew when it is reached. Raises `Invalid`."""
    if not mail_to and not webhook_url:
        raise Invalid(errors=[FieldError("mailTo", _("Say who is told: an address, a webhook, or both."))])
    with transaction.atomic():
        kept = rule(rule_id) if rule_id else AlertRule()
        kept.measure, kept.threshold, kept.is_active = measure, threshold, is_active
        kept.mail_to, kept.webhook_url, kept.firing_since = mail_to, webhook_url, None
        kept.save()
        timeline.record(SUBJECT, kept.pk, "set", actor=operator, threshold=threshold, on=is_active)
    return kept


def delete(operator: User, rule_id: int) -> None:
    """Raises `AlertNotFound`."""
    with transaction.atomic():
        deleted = rule(rule_id)
        timeline.record(SUBJECT, deleted.pk, "thrown_away", actor=operator, measure=deleted.measure)
        deleted.delete()
