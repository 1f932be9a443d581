"""Who the experts are: appointed and let go by the operator, and admitted to each page of the desk."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from comptoir.bespoke.models import Expert
from comptoir.bespoke.refusals import ExpertDeactivated, ExpertNotFound, NotAnExpert
from comptoir.kernel import files, timeline
from comptoir.kernel.accounts.models import User
from comptoir.kernel.accounts.roles import Role, grant, has_role
from comptoir.kernel.errors import FieldError, Forbidden, Invalid

SUBJECT = "bespoke.expert"
# The role in the house of those who read and validate bespoke orders; declared in `module.py`.
EXPERT = "expert"
SPECIALTIES_AT_MOST = 12
NO_SUCH_ACCOUNT = gettext_lazy("Nobody has an account with this address. They sign up first.")


def admit(user: Any) -> Expert:
    """The expert that this person is. Asked anew at each request, so that whoever is deactivated is out at once (L12).

    Raises `NotAnExpert` or `ExpertDeactivated`.
    """
    expert = Expert.objects.select_related("portrait").filter(user_id=user.pk).first()
    if expert is None:
        raise NotAnExpert
    if not expert.is_active or not has_role(user, EXPERT):
        raise ExpertDeactivated
    expert.user = user
    return expert


def appoint(
    user: User,
    *,
    by: User | None,
    name: str,
    about: str = "",
    specialties: Sequence[str] = (),
    weekly_capacity: int = 5,
) -> Expert:
    """Make somebody an expert, or change how they are shown. Somebody who was let go works again. Raises `Invalid`."""
    errors = errors_in(name=name, about=about, specialties=specialties, weekly_capacity=weekly_capacity)
    if errors:
        raise Invalid(errors=errors)
    with transaction.atomic():
        shown = _tidy(name, about, specialties, weekly_capacity)
        expert, _created = Expert.objects.update_or_create(user=user, defaults={**shown, "is_active": True})
        grant(user, EXPERT, by=by)
        timeline.record(SUBJECT, expert.pk, "appointed", actor=by)
    return expert


def present(
    expert: Expert,
    *,
    by: User | None,
    name: str,
    about: str = "",
    specialties: Sequence[str] = (),
    weekly_capacity: int = 5,
) -> None:
    """Change how an expert is shown and how much they take on; whether they work stays as it is. Raises `Invalid`."""
    errors = errors_in(name=name, about=about, specialties=specialties, weekly_capacity=weekly_capacity)
    if errors:
        raise Invalid(errors=errors)
    with transaction.atomic():
        Expert.objects.filter(pk=expert.pk).update(**_tidy(name, about, specialties, weekly_capacity))
        timeline.record(SUBJECT, expert.pk, "presented", actor=by)


def errors_in(*, name: str, about: str, specialties: Sequence[str], weekly_capacity: int) -> list[FieldError]:
    """What of an expert's words cannot be, each field by its name."""
    tidy = _tidy(name, about, specialties, weekly_capacity)
    errors = []
    if not 1 <= len(tidy["name"]) <= 120:
        errors.append(FieldError("name", _("Write 1 to 120 characters.")))
    if len(about) > 1000:
        errors.append(FieldError("about", _("Write 1000 characters at most.")))
    if len(tidy["specialties"]) > SPECIALTIES_AT_MOST:
        errors.append(FieldError("specialties", _("Name 12 specialties at most.")))
    if not 1 <= weekly_capacity <= 500:
        errors.append(FieldError("weeklyCapacity", _("Give a number from 1 to 500.")))
    return errors


def _tidy(name: str, about: str, specialties: Sequence[str], weekly_capacity: int) -> dict[str, Any]:
    return {
        "name": " ".join(name.split()),
        "about": about,
        "specialties": [line.strip() for line in specialties if line.strip()],
        "weekly_capacity": weekly_capacity,
    }


def shown_by(operator: User, expert_id: UUID) -> Expert:
    """An expert whose portrait and words this person may set. Raises `Forbidden` or `ExpertNotFound`."""
    if not has_role(operator, Role.OPERATOR):
        raise Forbidden
    expert = Expert.objects.select_related("user", "portrait").filter(pk=expert_id).first()
    if expert is None:
        raise ExpertNotFound
    return expert


def show_portrait(expert: Expert, *, key: str, by: User) -> None:
    """Take a picture that `by` has uploaded (kind `previewImage`). Raises what `files.claim` refuses."""
    expert.portrait = files.claim(by, key=key, kind="previewImage", field="portraitKey")
    expert.save(update_fields=["portrait"])


def deactivate(expert: Expert, *, by: User | None) -> None:
    """Close the desk to them, at once. What they had in hand is free for others to claim."""
    with transaction.atomic():
        Expert.objects.filter(pk=expert.pk).update(is_active=False)
        freed = expert.claimed_orders.exclude(status__in=("delivered", "refunded"))
        count = freed.update(claimed_by=None, claimed_at=None)
        expert.is_active = False
        timeline.record(SUBJECT, expert.pk, "deactivated", actor=by, freed=count)


def reactivate(expert: Expert, *, by: User | None) -> None:
    with transaction.atomic():
        Expert.objects.filter(pk=expert.pk).update(is_active=True)
        expert.is_active = True
        timeline.record(SUBJECT, expert.pk, "reactivated", actor=by)
