"""The API of this installation: one document, one base, and the routes of each product."""

from importlib import import_module

from django.conf import settings

from comptoir.kernel import registry
from comptoir.kernel.files.api import router as files_router
from comptoir.kernel.http.api import Api
from comptoir.kernel.http.schema import Router

api = Api(title=f"{settings.SITE_NAME} API", version="1")
api.add_router("", files_router)

for module in registry.modules():
    if module.api:
        router = import_module(module.api).router
        assert isinstance(router, Router), f"{module.api} takes its Router from comptoir.kernel.http.schema"
        api.add_router("", router)
