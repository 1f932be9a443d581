"""The dashboard (K20): one's account, orders, sales and products.

Each part is a page of its own. On the first page, which shows the account, the others load side by side, each a
short version of itself; without scripts their titles lead there.
"""

from collections.abc import Sequence
from typing import Any

from babel.dates import format_skeleton
from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.paginator import Page, Paginator
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import get_language, to_locale
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from comptoir.kernel.accounts.models import User
from comptoir.kernel.errors import Refusal
from comptoir.kernel.payments.models import Payee
from comptoir.kernel.payments.payouts import accounts as payout_accounts
from comptoir.marketplace import queries
from comptoir.marketplace.checkout.current_user import signed_in
from comptoir.marketplace.library.order_progress import progress_of
from comptoir.marketplace.models import Seller
from comptoir.marketplace.queries import Earnings
from comptoir.marketplace.selling import publishing
from comptoir.marketplace.selling.forms import ShopForm
from comptoir.marketplace.selling.onboarding import set_up_of
from comptoir.ui.redirects import SeeOther

ROWS, ROWS_IN_SHORT = 20, 4


@login_required
@never_cache
@require_safe
def account(request: HttpRequest) -> HttpResponse:
    return _account_page(request)


@login_required
@require_POST
def present_shop(request: HttpRequest) -> HttpResponse:
    """How buyers see the seller."""
    user = signed_in(request)
    form = ShopForm(_seller(user), request.POST)
    if form.is_valid():
        try:
            publishing.present_shop(user, **form.cleaned_data)
        except Refusal as refusal:
            form.refuse(refusal)
        else:
            messages.success(request, _("This is how buyers see your shop from now on."))
            return SeeOther(reverse("marketplace:dashboard"))
    return _account_page(request, form)


@login_required
@never_cache
@require_safe
def orders(request: HttpRequest) -> HttpResponse:
    """What was ordered, how it stands, and what of it can be downloaded (K16)."""
    page = _page(request, queries.orders(signed_in(request)))
    return _part(request, "orders", page=page, all_progress=progress_of(page))


@login_required
@never_cache
@require_safe
def sales(request: HttpRequest) -> HttpResponse:
    """What was sold and what is left of it. The balance is the gateway's to tell, and may take its time: on the
    first page it comes by itself, after the figures."""
    user = signed_in(request)
    payee, earnings = payout_accounts.payee_of(user), queries.earnings(user)
    shown = {
        "set_up": set_up_of(payee),
        "earnings": [(figures, _bars(figures)) for figures in earnings],
        "page": _page(request, queries.sales(user)) if earnings else None,
    }
    if not _is_short(request):
        shown |= _balance(user, payee)
    return _part(request, "sales", **shown)


@login_required
@never_cache
@require_safe
def balance(request: HttpRequest) -> HttpResponse:
    """What the seller has at the gateway, for the first page."""
    if not _is_short(request):
        return SeeOther(reverse("marketplace:dashboard_sales"))
    user = signed_in(request)
    return render(
        request, "marketplace/dashboard/_balance.html", _balance(user, payout_accounts.payee_of(user))
    )


@login_required
@never_cache
@require_safe
def products(request: HttpRequest) -> HttpResponse:
    return _part(request, "products", page=_page(request, queries.products(signed_in(request))))


@login_required
@require_POST
def gateway_desk(request: HttpRequest) -> HttpResponse:
    """To the seller's own desk at the gateway: payouts, bank account, details."""
    try:
        return SeeOther(payout_accounts.express_dashboard_url(signed_in(request)))
    except Refusal as refusal:
        messages.error(request, str(refusal))
        return SeeOther(reverse("marketplace:dashboard_sales"))


# ── Below ───────────────────────────────────────────────────────────────────────────────────────────────────


def _account_page(request: HttpRequest, form: ShopForm | None = None) -> HttpResponse:
    user = signed_in(request)
    seller, set_up = _seller(user), set_up_of(payout_accounts.payee_of(user))
    shown = {
        "form": form or ShopForm(seller),
        "has_shop": seller is not None or set_up.is_ready,
        "set_up": set_up,
        "language": dict(settings.LANGUAGES).get(user.locale, user.locale),
    }
    status = form.status if form and form.errors else 200
    return render(
        request,
        "marketplace/dashboard/account.html",
        _base_context(request, "account") | shown,
        status=status,
    )


def _part(request: HttpRequest, name: str, **shown: Any) -> HttpResponse:
    template = f"marketplace/dashboard/{name}.html"
    return render(request, template, _base_context(request, name) | shown)


def _base_context(request: HttpRequest, name: str) -> dict[str, Any]:
    """What stands around a part: the whole page, or nothing where the first page asks for it in short."""
    tabs = [
        ("account", _("Account"), "marketplace:dashboard"),
        ("orders", _("My orders"), "marketplace:dashboard_orders"),
        ("sales", _("Sales"), "marketplace:dashboard_sales"),
        ("products", _("Products"), "marketplace:dashboard_products"),
    ]
    short = _is_short(request)
    return {
        "base": f"marketplace/dashboard/{'base_part' if short else 'base'}.html",
        "is_short": short,
        "here": next(label for tab, label, _route in tabs if tab == name),
        "tabs": [
            {"label": label, "href": reverse(route), "current": tab == name, "count": None}
            for tab, label, route in tabs
        ],
    }


def _is_short(request: HttpRequest) -> bool:
    return "HX-Request" in request.headers


def _page(request: HttpRequest, rows: QuerySet[Any]) -> Page[Any]:
    size = ROWS_IN_SHORT if _is_short(request) else ROWS
    return Paginator(rows, size).get_page(request.GET.get("page"))


def _seller(user: User) -> Seller | None:
    return Seller.objects.filter(pk=user.pk).first()


def _balance(user: User, payee: Payee | None) -> dict[str, Any]:
    """At the gateway this very moment; where it does not answer, why."""
    if payee is None or not payee.account:
        return {}
    try:
        return {"balance": payout_accounts.balances(user), "has_desk": payee.details_submitted}
    except Refusal as refusal:
        return {"problem": str(refusal)}


def _bars(figures: Earnings) -> Sequence[tuple[str, int, str]]:
    locale = to_locale(get_language() or "en")
    return [
        (format_skeleton("MMM", month, locale=locale), net.minor, net.format())
        for month, net in figures.months
    ]
