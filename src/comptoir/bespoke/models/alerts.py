"""What the operator is to be told of, and from which number on."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _


class Measure(models.TextChoices):
    """What an alert can watch. Each is a whole number."""

    UNCLAIMED = "unclaimed_orders", _("Paid orders that nobody has claimed")
    OVERDUE = "overdue_orders", _("Orders past their due date")
    VALIDATION_HOURS = "validation_hours", _("Hours that the oldest content has waited for validation")
    ASSISTANT_FAILURES = "assistant_failures", _("Failures of the assistant in the last 24 hours")
    REJECTIONS = "rejections", _("Contents sent back in the last 24 hours")
    DEAD_JOBS = "dead_jobs", _("Jobs that have failed for good")


class AlertRule(models.Model):
    """A threshold that the operator sets. It is told once when it is reached, and again only after it has cleared."""

    measure = models.CharField(_("what is watched"), max_length=24, choices=Measure)
    threshold = models.PositiveIntegerField(_("told from"))
    mail_to = models.EmailField(_("mail to"), blank=True)
    webhook_url = models.URLField(_("webhook"), max_length=500, blank=True)
    is_active = models.BooleanField(_("on"), default=True)
    firing_since = models.DateTimeField(_("firing since"), null=True, blank=True, editable=False)

    class Meta:
        verbose_name = _("alert")
        verbose_name_plural = _("alerts")
        constraints = [
            models.CheckConstraint(condition=Q(threshold__gt=0), name="alert_threshold_positive"),
            models.CheckConstraint(
                condition=~Q(mail_to="", webhook_url=""), name="alert_is_told_to_somebody"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_measure_display()} ≥ {self.threshold}"
