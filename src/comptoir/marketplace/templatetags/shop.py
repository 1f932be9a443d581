"""What the marketplace's templates need to know of its things: where they are, and what they look like."""

from django import template

from comptoir.kernel import files
from comptoir.marketplace.catalogue.catalogue_page import CatalogueQuery
from comptoir.marketplace.models import Automation

register = template.Library()


@register.filter
def address(automation: Automation) -> str:
    return f"/product/{automation.pk}"


@register.filter
def picture(stored: files.models.StoredFile, variant: str = "card") -> str:
    """`{{ automation.picture|picture }}`, or `|picture:"large"`."""
    return files.public_url(stored, variant)


@register.filter
def everywhere(query: CatalogueQuery) -> str:
    """The same words, looked for in everything."""
    return query.link(category="", platform="")
