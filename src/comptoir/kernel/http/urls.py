"""What those who watch over us ask."""

from django.urls import path

from comptoir.kernel.http import health

urlpatterns = [
    path("health/live", health.live),
    path("health/ready", health.ready),
    path("metrics", health.metrics),
]
