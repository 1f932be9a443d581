"""The routes of payments."""

from django.urls import path

from comptoir.kernel.payments import views
from comptoir.kernel.payments.gateways import names
from comptoir.kernel.payments.webhooks.receive import receive

app_name = "payments"
urlpatterns = [
    *(
        path(f"api/webhooks/{name}", receive, {"gateway_name": name}, name=f"webhook_{name}")
        for name in names()
    ),
    path("payments/<uuid:payment_id>/return", views.back_from_gateway, name="return"),
]
