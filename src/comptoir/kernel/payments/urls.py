"""The routes of payments."""

from django.urls import path

from comptoir.kernel.payments import views

app_name = "payments"
urlpatterns = [
    path("api/webhooks/stripe", views.stripe_webhook, name="stripe_webhook"),
    path("payments/<uuid:payment_id>/return", views.back_from_gateway, name="return"),
]
