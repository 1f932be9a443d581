"""The operator's grid: what each level costs with each service, what it includes, and what its client is asked."""

from collections.abc import Sequence
from typing import Any

from django.conf import settings
from django.db import transaction
from django.utils.translation import gettext as _

from comptoir.bespoke.models import Offer
from comptoir.bespoke.models.grid import Level, Service, slugify
from comptoir.bespoke.orders import intake
from comptoir.kernel import timeline
from comptoir.kernel.accounts.models import User
from comptoir.kernel.errors import FieldError, Invalid

SUBJECT = "bespoke.offer"
LARGEST_PRICE = 10**9


def set_offer(
    operator: User | None,
    *,
    level: str,
    service: str,
    price: int,
    currency: str,
    duration: int,
    delivery_days: int,
    included: Sequence[str] = (),
    revision_limit: int = 2,
    intake_form: Sequence[dict[str, Any]] = (),
    is_active: bool = True,
) -> Offer:
    """Fill a cell of the grid, or change it. Orders that were placed keep what it said. Raises `Invalid`.

    `price` is in minor units, `duration` in minutes. `intake_form` is described at `intake.check_form`.
    """
    level, service, currency = slugify(level), slugify(service), currency.strip().upper()
    errors = [
        *_in_the_grid(level, service),
        *errors_in(
            price=price,
            currency=currency,
            duration=duration,
            delivery_days=delivery_days,
            revision_limit=revision_limit,
            intake_form=intake_form,
        ),
    ]
    if errors:
        raise Invalid(errors=errors)
    with transaction.atomic():
        offer, _created = Offer.objects.update_or_create(
            level=level,
            service=service,
            defaults={
                "price_minor": price,
                "currency": currency,
                "duration_minutes": duration,
                "delivery_days": delivery_days,
                "included": [line.strip() for line in included if line.strip()],
                "revision_limit": revision_limit,
                "intake_form": list(intake_form),
                "is_active": is_active,
            },
        )
        timeline.record(SUBJECT, offer.pk, "set", actor=operator, price=price, active=is_active)
    return offer


def _in_the_grid(level: str, service: str) -> list[FieldError]:
    known = (("level", level, Level.values), ("service", service, Service.values))
    return [
        FieldError(field, _("Choose one of: %(choices)s.") % {"choices": ", ".join(values)})
        for field, value, values in known
        if value not in values
    ]


def errors_in(
    *,
    price: int,
    currency: str,
    duration: int,
    delivery_days: int,
    revision_limit: int,
    intake_form: Sequence[dict[str, Any]],
) -> list[FieldError]:
    """What of an offer cannot be, each field by its name."""
    errors = []
    if not 0 < price <= LARGEST_PRICE:
        errors.append(FieldError("price", _("Set a price above zero.")))
    if currency not in settings.CURRENCIES:
        choices = ", ".join(settings.CURRENCIES)
        errors.append(FieldError("currency", _("Choose one of: %(choices)s.") % {"choices": choices}))
    bounds = (
        ("duration", duration, 1, 1440),
        ("deliveryDays", delivery_days, 0, 365),
        ("revisionLimit", revision_limit, 0, 20),
    )
    for field, value, low, high in bounds:
        if not low <= value <= high:
            between = _("Give a number from %(low)s to %(high)s.") % {"low": low, "high": high}
            errors.append(FieldError(field, between))
    return [*errors, *intake.check_form(intake_form)]
