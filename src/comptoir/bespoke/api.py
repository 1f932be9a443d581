"""Bespoke orders over the API: a file for each of those who use it."""

from comptoir.bespoke.assistant import api as assistant_api
from comptoir.bespoke.desk import api as desk_api
from comptoir.bespoke.desk import api_templates
from comptoir.bespoke.operations import api as operations_api
from comptoir.bespoke.operations import api_refunds
from comptoir.bespoke.ordering import api as ordering_api
from comptoir.bespoke.sanctuary import api as sanctuary_api
from comptoir.kernel.http.schema import Router

router = Router()
for part in (
    ordering_api,
    desk_api,
    api_templates,
    assistant_api,
    sanctuary_api,
    operations_api,
    api_refunds,
):
    router.add_router("", part.router)
