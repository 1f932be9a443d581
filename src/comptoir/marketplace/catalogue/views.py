"""The pages that everybody sees: the catalogue and each product."""

from uuid import UUID

from django.conf import settings
from django.core.paginator import EmptyPage
from django.http import Http404, HttpRequest, HttpResponse, QueryDict
from django.template.loader import render_to_string
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from comptoir.kernel import files
from comptoir.marketplace import queries
from comptoir.marketplace.catalogue import linked_data
from comptoir.marketplace.catalogue.catalogue_page import CatalogueQuery, catalogue_page
from comptoir.marketplace.catalogue.local_cache import get_or_make
from comptoir.marketplace.checkout import cart
from comptoir.marketplace.checkout.current_user import buyer_of
from comptoir.marketplace.models import Automation
from comptoir.marketplace.queries import Filters, ViewedProduct
from comptoir.ui.page_shell import PageShell, fill_placeholders, render_shell
from comptoir.ui.preferences import theme_of
from comptoir.ui.refused_pages import say_refusals


@require_safe
def home(request: HttpRequest) -> HttpResponse:
    """The catalogue (K11). The page depends on its query alone: anything else in the address is left out of it."""
    query = CatalogueQuery.read(request.GET)
    request.GET = query.parameters  # type: ignore[assignment]
    edition = queries.edition()

    def shell() -> PageShell:
        return render_shell(
            request, "marketplace/catalogue/home.html", _catalogue(request, query, edition=edition)
        )

    if not query.is_known:
        return fill_placeholders(request, shell())
    cache_key = ("catalogue", query.query_string, get_language(), theme_of(request), edition)
    return fill_placeholders(request, get_or_make(cache_key, shell, cache=query.cache))


def _catalogue(request: HttpRequest, query: CatalogueQuery, *, edition: int) -> dict[str, str]:
    """What the page says of the query, to all who read this language."""
    try:
        found = catalogue_page(query, edition=edition)
    except EmptyPage as error:
        raise Http404("there are not so many pages") from error
    first, title = next(iter(found.page), None), _title(query)
    context = {
        "found": found,
        "query": query,
        "title": title,
        "picture": first and files.absolute_public_url(first.picture, "large"),
        "linked_data": linked_data.item_list(found.page),
    }
    return {
        "title": title,
        "meta": render_to_string("marketplace/catalogue/_catalogue_meta.html", context, request),
        "html": render_to_string("marketplace/catalogue/_results.html", context, request),
    }


def _title(query: CatalogueQuery) -> str:
    if query.query_string:
        return f"{query.full_name} · {settings.SITE_NAME}"
    return f"{settings.SITE_NAME} · {_('Automations that already work')}"


@require_safe
@say_refusals
def product(request: HttpRequest, automation_id: UUID) -> HttpResponse:
    """One listing, and the one thing that its visitor can do with it (K12)."""
    request.GET = QueryDict()
    edition, buyer = queries.edition(), buyer_of(request)  # the edition before all that is read of it
    viewed = queries.product(automation_id, buyer)
    in_cart = _may_have_cart(request) and automation_id in cart.ids(buyer, request.session)

    def shell() -> PageShell:
        return render_shell(
            request, "marketplace/catalogue/product.html", _described(request, viewed, in_cart=in_cart)
        )

    kind = ("product", automation_id, viewed.viewer_relation, in_cart)
    cache_key = (*kind, get_language(), theme_of(request), edition)
    return fill_placeholders(request, get_or_make(cache_key, shell))


def _described(request: HttpRequest, viewed: ViewedProduct, *, in_cart: bool) -> dict[str, str]:
    """What the page says to all to whom the product is the same thing."""
    automation = viewed.automation
    context = {
        "viewed": viewed,
        "automation": automation,
        "crumbs": _way_back(automation),
        "picture": files.absolute_public_url(automation.picture, "large"),
        "in_cart": in_cart,
        "more": queries.more_by(automation),
        "linked_data": linked_data.product(viewed),
    }
    return {
        "title": f"{automation.title} · {settings.SITE_NAME}",
        "about": render_to_string("marketplace/catalogue/_product_meta.html", context, request),
        "html": render_to_string("marketplace/catalogue/_product.html", context, request),
    }


def _way_back(automation: Automation) -> list[tuple[str, str]]:
    return [
        (_("Catalogue"), "/"),
        (automation.get_category_display(), CatalogueQuery(Filters(category=automation.category)).link()),
    ]


def _may_have_cart(request: HttpRequest) -> bool:
    return settings.SESSION_COOKIE_NAME in request.COOKIES
