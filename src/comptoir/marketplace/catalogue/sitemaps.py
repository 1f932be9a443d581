"""What search engines are asked to read, and what they are asked to leave alone."""

from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.contrib.sitemaps import Sitemap
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_safe

from comptoir.marketplace.models import Automation, AutomationState

PRIVATE = (
    "/accounts/",
    "/admin/",
    "/api/",
    "/cart",
    "/checkout",
    "/dashboard",
    "/download/",
    "/orders/",
    "/sell",
)


class OnThisSite(Sitemap):
    """Addresses begin as `SITE_URL` does, whatever name the request came by."""

    @property
    def protocol(self) -> str:  # type: ignore[override]
        return urlsplit(settings.SITE_URL).scheme

    def get_domain(self, site: Any = None) -> str:  # noqa: ARG002
        return urlsplit(settings.SITE_URL).netloc


class Products(OnThisSite):
    # The format allows 50,000; so many at once would cost a visitor a second.
    limit = 5_000

    def items(self) -> QuerySet[Automation]:
        return Automation.objects.filter(state=AutomationState.PUBLISHED).only("pk").order_by("pk")

    def location(self, item: Automation) -> str:
        return f"/product/{item.pk}"


class Entrances(OnThisSite):
    def items(self) -> list[str]:
        return ["/"]

    def location(self, item: str) -> str:
        return item


SECTIONS: dict[str, type[OnThisSite]] = {"entrances": Entrances, "products": Products}


@require_safe
def robots(_request: HttpRequest) -> HttpResponse:
    lines = ["User-agent: *", *(f"Disallow: {path}" for path in PRIVATE)]
    lines += ["", f"Sitemap: {settings.SITE_URL}/sitemap.xml", ""]
    return HttpResponse("\n".join(lines), content_type="text/plain; charset=utf-8")
