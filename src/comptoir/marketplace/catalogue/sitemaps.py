"""The marketplace's sections of the site map."""

from django.db.models import QuerySet

from comptoir.kernel.http.search_engines import SiteSitemap
from comptoir.marketplace.models import Automation, AutomationState


class Products(SiteSitemap):
    # The format allows 50,000; so many at once would cost a visitor a second.
    limit = 5_000

    def items(self) -> QuerySet[Automation]:
        return Automation.objects.filter(state=AutomationState.PUBLISHED).only("pk").order_by("pk")

    def location(self, item: Automation) -> str:
        return f"/product/{item.pk}"


class Entrances(SiteSitemap):
    def items(self) -> list[str]:
        return ["/"]

    def location(self, item: str) -> str:
        return item
