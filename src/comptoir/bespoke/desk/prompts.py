"""Prompts for the assistant that an expert has prepared, to use them again."""

from uuid import UUID

from django.utils.translation import gettext as _

from comptoir.bespoke.desk.assignments import PROMPT_LENGTH
from comptoir.bespoke.models import Expert, PromptTemplate
from comptoir.bespoke.refusals import TemplateNotFound
from comptoir.kernel.errors import FieldError, Invalid

TITLE_LENGTH = 120


def save(
    expert: Expert, *, title: str, prompt: str, instructions: str = "", template_id: UUID | None = None
) -> PromptTemplate:
    """A new one, or one of the expert's own in other words. Raises `Invalid` or `TemplateNotFound`."""
    title, prompt, instructions = " ".join(title.split()), prompt.strip(), instructions.strip()
    lengths = (
        ("title", title, 1, TITLE_LENGTH),
        ("prompt", prompt, 1, PROMPT_LENGTH),
        ("instructions", instructions, 0, PROMPT_LENGTH),
    )
    errors = [
        FieldError(field, _("Write %(low)s to %(high)s characters.") % {"low": low, "high": high})
        for field, text, low, high in lengths
        if not low <= len(text) <= high
    ]
    if errors:
        raise Invalid(errors=errors)
    template = PromptTemplate(expert=expert) if template_id is None else own(expert, template_id)
    template.title, template.prompt, template.instructions = title, prompt, instructions
    template.save()
    return template


def delete(expert: Expert, template_id: UUID) -> None:
    """Those of the house are the operator's. Raises `TemplateNotFound`."""
    own(expert, template_id).delete()


def own(expert: Expert, template_id: UUID) -> PromptTemplate:
    """Raises `TemplateNotFound` for one of the house or of somebody else."""
    template = PromptTemplate.objects.filter(expert=expert, pk=template_id).first()
    if template is None:
        raise TemplateNotFound
    return template
