"""What search engines are asked to read, and what they are asked to leave alone."""

from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.contrib.sitemaps import Sitemap
from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_safe

from comptoir.kernel.registry import modules

PRIVATE_PATHS = ("/accounts/", "/admin/", "/api/")


class SiteSitemap(Sitemap):
    """Addresses begin as `SITE_URL` does, whatever name the request came by."""

    @property
    def protocol(self) -> str:  # type: ignore[override]
        return urlsplit(settings.SITE_URL).scheme

    def get_domain(self, site: Any = None) -> str:  # noqa: ARG002
        return urlsplit(settings.SITE_URL).netloc


def sitemaps() -> dict[str, type[Sitemap]]:
    """The sections of the site map by their names."""
    return {name: section for module in modules() for name, section in module.sitemaps.items()}


@require_safe
def robots(_request: HttpRequest) -> HttpResponse:
    private = [*PRIVATE_PATHS, *(path for module in modules() for path in module.private_paths)]
    lines = ["User-agent: *", *(f"Disallow: {path}" for path in sorted(private)), ""]
    if sitemaps():
        lines += [f"Sitemap: {settings.SITE_URL}/sitemap.xml", ""]
    return HttpResponse("\n".join(lines), content_type="text/plain; charset=utf-8")
