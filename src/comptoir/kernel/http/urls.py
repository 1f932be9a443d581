"""What those who watch over us ask, and what search engines do."""

from django.contrib.sitemaps import views as sitemap_views
from django.urls import URLPattern, path

from comptoir.kernel.http import health, search_engines

urlpatterns: list[URLPattern] = [
    path("health/live", health.live),
    path("health/ready", health.ready),
    path("metrics", health.metrics),
    path("robots.txt", search_engines.robots, name="robots"),
]

if sections := search_engines.sitemaps():
    urlpatterns += [
        path(
            "sitemap.xml",
            sitemap_views.index,
            {"sitemaps": sections, "sitemap_url_name": "sitemap"},
            name="sitemaps",
        ),
        path("sitemap-<section>.xml", sitemap_views.sitemap, {"sitemaps": sections}, name="sitemap"),
    ]
