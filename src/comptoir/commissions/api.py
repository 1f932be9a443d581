"""Bespoke orders over the API: a file for each of those who use it."""

from comptoir.commissions import (
    api_assistant,
    api_desk,
    api_operator,
    api_ordering,
    api_refunds,
    api_sanctuary,
    api_templates,
)
from comptoir.kernel.http.schema import Router

router = Router()
for part in (api_ordering, api_desk, api_templates, api_assistant, api_sanctuary, api_operator, api_refunds):
    router.add_router("", part.router)
