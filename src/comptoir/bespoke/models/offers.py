"""What is offered, and by whom: the grid of offers, the experts and their prepared words."""

from typing import Any

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from comptoir.bespoke.models.grid import Level, Service
from comptoir.kernel import clock
from comptoir.kernel.files.models import StoredFile
from comptoir.kernel.ids import new_id
from comptoir.kernel.money import Money


class Offer(models.Model):
    """One cell of the grid, as the operator sets it. Orders keep what it said when they were placed."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    level = models.CharField(_("level"), max_length=16, choices=Level)
    service = models.CharField(_("service"), max_length=16, choices=Service)
    price_minor = models.BigIntegerField(_("price, in cents"))
    currency = models.CharField(_("currency"), max_length=3, default="EUR")
    duration_minutes = models.PositiveSmallIntegerField(_("duration, in minutes"), default=60)
    delivery_days = models.PositiveSmallIntegerField(_("delivered within days"), default=7)
    included = models.JSONField(_("what is included"), default=list, blank=True)
    revision_limit = models.PositiveSmallIntegerField(_("revisions at most"), default=2)
    intake_form = models.JSONField(_("questions to the client"), default=list, blank=True)
    is_active = models.BooleanField(_("for sale"), default=True)

    class Meta:
        verbose_name = _("offer")
        verbose_name_plural = _("offers")
        constraints = [
            models.UniqueConstraint(fields=["level", "service"], name="offer_once_in_the_grid"),
            models.CheckConstraint(condition=Q(price_minor__gt=0), name="offer_price_positive"),
        ]

    def __str__(self) -> str:
        return f"{self.get_level_display()} · {self.get_service_display()}"

    @property
    def price(self) -> Money:
        return Money(self.price_minor, self.currency)


class Expert(models.Model):
    """Somebody who works on orders. Clients see name, portrait, specialties and rating."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    user = models.OneToOneField(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="expert", verbose_name=_("person")
    )
    name = models.CharField(_("name"), max_length=120)
    about = models.TextField(_("about"), max_length=1000, blank=True)
    portrait = models.ForeignKey(
        StoredFile, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    specialties = models.JSONField(_("specialties"), default=list, blank=True)
    weekly_capacity = models.PositiveSmallIntegerField(_("orders a week"), default=5)
    rating_sum = models.PositiveIntegerField(default=0, editable=False)
    rating_count = models.PositiveIntegerField(default=0, editable=False)
    is_active = models.BooleanField(_("at work"), default=True)
    created_at = models.DateTimeField(default=clock.now)

    class Meta:
        verbose_name = _("expert")
        verbose_name_plural = _("experts")
        constraints = [
            models.CheckConstraint(condition=Q(weekly_capacity__gt=0), name="expert_capacity_positive")
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def rating(self) -> Any:
        """The mean of what clients gave, of 5, to one decimal; nothing before the first."""
        return round(self.rating_sum / self.rating_count, 1) if self.rating_count else None


class PromptTemplate(models.Model):
    """Words for the assistant, kept to be used again: an expert's own, or everybody's where `expert` is empty."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    expert = models.ForeignKey(
        Expert, null=True, blank=True, on_delete=models.CASCADE, related_name="templates"
    )
    title = models.CharField(_("title"), max_length=120)
    prompt = models.TextField(_("prompt"), max_length=8000)
    instructions = models.TextField(_("instructions"), max_length=8000, blank=True)
    created_at = models.DateTimeField(_("created"), default=clock.now)

    class Meta:
        verbose_name = _("prompt template")
        verbose_name_plural = _("prompt templates")
        indexes = [models.Index(fields=["expert", "title"])]

    def __str__(self) -> str:
        return self.title
