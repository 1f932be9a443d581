"""Every route of the house: the kernel's own, then each product's by its plug."""

from django.conf import settings
from django.contrib import admin
from django.urls import URLPattern, URLResolver, include, path

from comptoir.config.api import api
from comptoir.kernel import registry
from comptoir.ui.views import components, entrance

urlpatterns: list[URLPattern | URLResolver] = [
    path("admin/", admin.site.urls),
    path("accounts/", include("allauth.urls")),
    path("api/", api.urls),
    path("", include("comptoir.kernel.http.urls")),
    path("", include("comptoir.kernel.accounts.urls")),
    path("", include("comptoir.kernel.payments.urls")),
    path("", include("comptoir.kernel.files.urls")),
]

if settings.SHOW_UI_PAGE:
    urlpatterns.append(path("_ui", components, name="ui"))

urlpatterns += [path("", include(module.urls)) for module in registry.modules() if module.urls]
# Found only where no product has taken the address.
urlpatterns.append(path("", entrance))

if not settings.PRODUCTION:
    urlpatterns.append(path("_mail/", include("comptoir.kernel.notifications.urls")))
