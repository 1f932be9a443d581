"""The marketplace over the API: the routes of each room, with the same stories and refusals as its pages."""

from comptoir.kernel.http.schema import Router
from comptoir.marketplace.catalogue import api as catalogue_api
from comptoir.marketplace.checkout import api as checkout_api
from comptoir.marketplace.dashboard import api as dashboard_api
from comptoir.marketplace.library import api as library_api
from comptoir.marketplace.selling import api as selling_api

router = Router(tags=["Marketplace"])
for room in (catalogue_api, selling_api, checkout_api, library_api, dashboard_api):
    router.include(room.router)
