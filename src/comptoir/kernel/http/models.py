"""The answers that are kept so that a repeated request gets the same one."""

from django.conf import settings
from django.db import models

from comptoir.kernel import clock


class IdempotentState(models.TextChoices):
    IN_FLIGHT = "in_flight"
    DONE = "done"


class IdempotentRequest(models.Model):
    """One operation under one key of one person. `claimed_at` tells which run of it holds the row."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    key = models.CharField(max_length=255)
    route = models.CharField(max_length=300)
    request_hash = models.CharField(max_length=64)
    state = models.CharField(max_length=9, choices=IdempotentState.choices, default=IdempotentState.IN_FLIGHT)
    status = models.PositiveSmallIntegerField(null=True)
    body = models.TextField(blank=True)
    created_at = models.DateTimeField(default=clock.now, db_index=True)
    claimed_at = models.DateTimeField(default=clock.now)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["user", "key"], name="idempotency_key_once_per_user")]

    def __str__(self) -> str:
        return f"{self.route} {self.key}"
