"""Putting a listing up for sale, changing it, giving it a new version, and taking it off again."""

from typing import Any
from uuid import UUID

from django.db import transaction
from django.db.models import F
from django.utils.translation import gettext as _

from comptoir.kernel import files, timeline
from comptoir.kernel.accounts.models import User
from comptoir.kernel.accounts.workspaces import open_workspace
from comptoir.kernel.errors import FieldError, Invalid
from comptoir.kernel.files.models import StoredFile
from comptoir.kernel.payments.payouts.accounts import payee_of
from comptoir.kernel.states import move
from comptoir.marketplace.models import (
    AUTOMATION_TRANSITIONS,
    Automation,
    AutomationState,
    CatalogueEdition,
    Seller,
    Version,
)
from comptoir.marketplace.refusals import AutomationNotFound, OnboardingIncomplete, TakenDown
from comptoir.marketplace.search_text import searchable
from comptoir.marketplace.selling import listing_rules


def may_sell(user: User) -> bool:
    """Whether the gateway lets this person be paid (K5)."""
    payee = payee_of(user)
    return payee is not None and payee.onboarding_complete


def publish(
    user: User,
    *,
    title: str,
    description: str,
    price: int,
    currency: str,
    category: str,
    platform: str,
    tags: list[str],
    version: str,
    file_key: str,
    preview_image_key: str,
) -> Automation:
    """Put a new listing up, visible at once. `price` is in minor units of `currency`.

    The keys name uploads of this user's that have arrived; they are verified here, before the transaction.
    Raises `OnboardingIncomplete`, `Invalid`, or what `files.claim` refuses.
    """
    if not may_sell(user):
        raise OnboardingIncomplete
    fields = listing_rules.tidy(
        {
            "title": title,
            "description": description,
            "price": price,
            "currency": currency,
            "category": category,
            "platform": platform,
            "tags": tags,
            "version": version,
        }
    )
    listing_rules.check(fields)
    file = files.claim(user, key=file_key, kind="automationFile", field="fileKey")
    picture = files.claim(user, key=preview_image_key, kind="previewImage", field="previewImageKey")
    number, fields["price_minor"] = fields.pop("version"), fields.pop("price")
    with transaction.atomic():
        _refuse_used(file)
        seller = seller_of(user)
        automation = Automation(seller=seller, picture=picture, **fields)
        automation.search_text = searchable(automation)
        automation.save(force_insert=True)
        _set_version(automation, number=number, file=file)
        renew_catalogue()
        timeline.record("marketplace.automation", automation.pk, "published", actor=user)
    return automation


def change(user: User, automation_id: UUID, **changes: Any) -> Automation:
    """Change some fields of an own listing; a new `file_key` comes with a new `version` number (K7).

    Takes the arguments of `publish`, each optional. Raises the same, and `AutomationNotFound` for another's.
    """
    automation = own(user, automation_id)
    if "price" in changes or "currency" in changes:
        changes = {"price": automation.price_minor, "currency": automation.currency, **changes}
    fields = listing_rules.tidy(changes)
    listing_rules.check(fields)
    _refuse_version_without_file(automation, fields)
    file_key, picture_key = fields.pop("file_key", None), fields.pop("preview_image_key", None)
    file = files.claim(user, key=file_key, kind="automationFile", field="fileKey") if file_key else None
    picture = (
        files.claim(user, key=picture_key, kind="previewImage", field="previewImageKey")
        if picture_key
        else None
    )
    number = fields.pop("version", None)
    if "price" in fields:
        fields["price_minor"] = fields.pop("price")
    with transaction.atomic():
        automation = Automation.objects.select_for_update().get(pk=automation.pk)
        for name, value in fields.items():
            setattr(automation, name, value)
        automation.picture = picture or automation.picture
        automation.search_text = searchable(automation)
        automation.save()
        if file:
            _refuse_used(file)
            assert number
            _set_version(automation, number=number, file=file)
        renew_catalogue()
        timeline.record(
            "marketplace.automation", automation.pk, "changed", actor=user, fields=sorted(changes)
        )
    return automation


def unpublish(user: User, automation_id: UUID) -> Automation:
    """Take an own listing out of the catalogue; those who bought it keep it. Raises `TakenDown`, `WrongState`."""
    return _move(user, automation_id, AutomationState.UNPUBLISHED)


def publish_again(user: User, automation_id: UUID) -> Automation:
    """Put it back. Raises `OnboardingIncomplete`, `TakenDown` where the house took it off, `WrongState`."""
    if not may_sell(user):
        raise OnboardingIncomplete
    return _move(user, automation_id, AutomationState.PUBLISHED)


def delete(user: User, automation_id: UUID) -> None:
    """Remove an own listing for good from the seller's side; those who bought it keep it."""
    _move(user, automation_id, AutomationState.DELETED)


def own(user: User, automation_id: UUID) -> Automation:
    """A listing of this user's own. Raises `AutomationNotFound` for anything else."""
    found = Automation.objects.filter(pk=automation_id, seller_id=user.pk).exclude(
        state=AutomationState.DELETED
    )
    automation = found.select_related("picture", "current", "current__file", "seller").first()
    if automation is None:
        raise AutomationNotFound
    return automation


def seller_of(user: User) -> Seller:
    """The seller's face of this user; named after them until they choose otherwise."""
    first = {"name": _first_name_of_shop(user), "workspace": lambda: open_workspace(user)}
    return Seller.objects.get_or_create(user=user, defaults=first)[0]


def shop_name(user: User) -> str:
    """How buyers see this user, or would."""
    existing = Seller.objects.filter(user=user).values_list("name", flat=True).first()
    return existing or _first_name_of_shop(user)


def _first_name_of_shop(user: User) -> str:
    return (user.name or user.email.partition("@")[0])[:60]


def present_shop(user: User, *, name: str, about: str) -> Seller:
    """Change how buyers see the seller. Raises `Invalid`."""
    name, about = name.strip(), about.strip()
    if not 2 <= len(name) <= 60:
        raise Invalid(errors=[FieldError("name", _("Write 2 to 60 characters."))])
    if len(about) > 600:
        raise Invalid(errors=[FieldError("about", _("Write 600 characters at most."))])
    with transaction.atomic():
        seller = seller_of(user)
        seller.name, seller.about = name, about
        seller.save()
        renew_catalogue()
    return seller


def renew_catalogue() -> None:
    """In the transaction of the change, so that no page made before it is shown after it (K6)."""
    if not CatalogueEdition.objects.filter(pk=1).update(number=F("number") + 1):
        CatalogueEdition.objects.get_or_create(pk=1)


def _move(user: User, automation_id: UUID, to: AutomationState) -> Automation:
    with transaction.atomic():
        automation = own(user, automation_id)
        if automation.state == AutomationState.TAKEN_DOWN and to != AutomationState.DELETED:
            raise TakenDown(title=automation.title)
        move(automation, to, table=AUTOMATION_TRANSITIONS, actor=user)
        renew_catalogue()
    return automation


def _refuse_version_without_file(automation: Automation, fields: dict[str, Any]) -> None:
    version, file_key = fields.get("version"), fields.get("file_key")
    current = automation.current.number if automation.current else ""
    if version == current and not file_key:
        fields.pop("version")
    elif file_key and (not version or automation.versions.filter(number=version).exists()):
        raise Invalid(errors=[FieldError("version", _("A new file needs a new version number."))])
    elif version and not file_key:
        raise Invalid(errors=[FieldError("fileKey", _("A new version comes with its file: choose one."))])


def _refuse_used(file: StoredFile) -> None:
    if Version.objects.filter(file=file).exists():
        raise Invalid(
            errors=[FieldError("fileKey", _("This upload is in use already: upload the file again."))]
        )


def _set_version(automation: Automation, *, number: str, file: StoredFile) -> None:
    automation.current = Version.objects.create(automation=automation, number=number, file=file)
    automation.save(update_fields=["current"])
