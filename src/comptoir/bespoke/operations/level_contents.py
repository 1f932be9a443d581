"""The contents of the levels: what the operator publishes for everybody of a level and above."""

from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from comptoir.bespoke.models import LevelContent
from comptoir.bespoke.models.grid import Level, slugify
from comptoir.bespoke.refusals import ContentNotFound
from comptoir.kernel import timeline
from comptoir.kernel.accounts.models import User
from comptoir.kernel.errors import FieldError, Invalid

LENGTHS = {"title": 120, "summary": 300, "body": 200_000}


def save(
    operator: User | None,
    *,
    level: str,
    title: str,
    summary: str,
    body: str,
    is_published: bool = True,
    content_id: UUID | None = None,
) -> LevelContent:
    """Add a content in Markdown, or change one. Raises `Invalid` or `ContentNotFound`."""
    level = slugify(level)
    texts = {"title": " ".join(title.split()), "summary": " ".join(summary.split()), "body": body.strip()}
    errors = [
        FieldError(field, _("Write 1 to %(length)s characters.") % {"length": length})
        for field, length in LENGTHS.items()
        if not 1 <= len(texts[field]) <= length
    ]
    if level not in Level.values:
        choices = ", ".join(Level.values)
        errors.append(FieldError("level", _("Choose one of: %(choices)s.") % {"choices": choices}))
    if errors:
        raise Invalid(errors=errors)
    with transaction.atomic():
        shelved = _existing_content(content_id)
        for field, text in (*texts.items(), ("level", level)):
            setattr(shelved, field, text)
        shelved.is_published = is_published
        shelved.save()
        timeline.record("bespoke.level_content", shelved.pk, "put", actor=operator, title=shelved.title)
    return shelved


def _existing_content(content_id: UUID | None) -> LevelContent:
    if content_id is None:
        return LevelContent()
    shelved = LevelContent.objects.select_for_update().filter(pk=content_id).first()
    if shelved is None:
        raise ContentNotFound
    return shelved
