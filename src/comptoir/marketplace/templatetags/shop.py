"""What the marketplace's templates need to know of its things: where they are, and what they look like."""

from django import template
from django.conf import settings

from comptoir.kernel import files
from comptoir.kernel.payments import gateways
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


@register.simple_tag
def payment_provider() -> str:
    """What people know it by: `{% payment_provider as gateway %}`."""
    return gateways.connection(settings.DEFAULT_GATEWAY).label


@register.filter
def everywhere(query: CatalogueQuery) -> str:
    """The same words, looked for in everything."""
    return query.link(category="", platform="")
