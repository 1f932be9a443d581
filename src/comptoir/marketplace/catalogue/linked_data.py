"""What pages tell search engines in their own vocabulary (https://schema.org), as JSON-LD."""

import json
from collections.abc import Iterable
from typing import Any

from django.conf import settings
from django.utils.safestring import SafeString, mark_safe

from comptoir.kernel import files
from comptoir.marketplace.models import Automation
from comptoir.marketplace.queries import ViewedProduct

# Inside a <script> only these could end it, or begin another one.
_ESCAPES = {ord(letter): f"\\u{ord(letter):04x}" for letter in "<>&\u2028\u2029"}


def item_list(automations: Iterable[Automation]) -> SafeString:
    """https://schema.org/ItemList: a page of the catalogue."""
    entries = [
        {"@type": "ListItem", "position": position, "url": _address(item), "name": item.title}
        for position, item in enumerate(automations, start=1)
    ]
    return _script({"@type": "ItemList", "itemListElement": entries})


def product(viewed: ViewedProduct) -> SafeString:
    """https://schema.org/Product, with its offer while it can be bought."""
    item = viewed.automation
    found: dict[str, Any] = {
        "@type": "Product",
        "name": item.title,
        "description": item.description[:500],
        "image": files.absolute_public_url(item.picture, "large"),
        "sku": str(item.pk),
        "category": item.get_category_display(),
        "brand": {"@type": "Brand", "name": item.seller.name},
    }
    if viewed.viewer_relation == "for_sale":
        found["offers"] = {
            "@type": "Offer",
            "url": _address(item),
            "price": str(item.price.decimal),
            "priceCurrency": item.currency,
            "availability": "https://schema.org/InStock",
            "seller": {"@type": "Person", "name": item.seller.name},
        }
    return _script(found)


def _address(item: Automation) -> str:
    return f"{settings.SITE_URL}/product/{item.pk}"


def _script(thing: dict[str, Any]) -> SafeString:
    written = json.dumps({"@context": "https://schema.org", **thing}, ensure_ascii=False)
    return mark_safe(written.translate(_ESCAPES))  # noqa: S308 — nothing in it can end the script
