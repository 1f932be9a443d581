"""The routes of payments."""

from django.urls import path

from comptoir.kernel.payments import views
from comptoir.kernel.payments.webhooks.receive import receive

app_name = "payments"
urlpatterns = [
    path("api/webhooks/<slug:gateway>", receive, name="webhook"),
    path("payments/<uuid:payment_id>/return", views.back_from_gateway, name="return"),
]
