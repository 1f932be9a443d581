"""What a seller sees: the way to being paid, the form of a listing, and what can be done with it afterwards."""

from collections.abc import Callable
from typing import Any
from uuid import UUID

from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from comptoir.kernel import files
from comptoir.kernel.accounts.models import User
from comptoir.kernel.errors import Invalid, NotFound, Refusal
from comptoir.kernel.files.models import FileState, StoredFile
from comptoir.kernel.money import Money
from comptoir.kernel.payments.payouts import accounts as payout_accounts
from comptoir.marketplace import pricing
from comptoir.marketplace.checkout.current_user import signed_in
from comptoir.marketplace.models import Automation
from comptoir.marketplace.selling import listing_rules, moderation, publishing
from comptoir.marketplace.selling.forms import ChangeForm, ListingForm
from comptoir.marketplace.selling.onboarding import REFRESH_PATH, RETURN_PATH, set_up_of
from comptoir.ui.redirects import SeeOther
from comptoir.ui.refused_pages import say_refusals

# ── Being paid ──────────────────────────────────────────────────────────────────────────────────────────────


@login_required
@require_POST
def set_up_payments(request: HttpRequest) -> HttpResponse:
    """To the gateway's own pages (K8)."""
    return _to_gateway(request)


@login_required
@never_cache
@require_safe
def back_from_set_up(request: HttpRequest) -> HttpResponse:
    """The gateway is asked how it stands (K9): on to the selling form, else to the dashboard, which says what is
    missing."""
    payee = payout_accounts.payee_of(signed_in(request))
    if payee is None or not payee.account:
        return SeeOther(reverse("marketplace:sell"))
    try:
        payee = payout_accounts.refresh(payee)
    except Refusal as refusal:
        if not payee.onboarding_complete:
            messages.error(request, str(refusal))
            return SeeOther(reverse("marketplace:dashboard"))
    if not payee.onboarding_complete:
        return SeeOther(reverse("marketplace:dashboard"))
    messages.success(request, _("Your payments are set up. You can sell."))
    return SeeOther(reverse("marketplace:sell"))


@login_required
@never_cache
@require_safe
def set_up_link_expired(request: HttpRequest) -> HttpResponse:
    """A link of the gateway's is good for one visit and a few minutes: here is the next one."""
    payee = payout_accounts.payee_of(signed_in(request))
    if payee is None or not payee.account:
        return SeeOther(reverse("marketplace:sell"))
    return _to_gateway(request)


def _to_gateway(request: HttpRequest) -> HttpResponse:
    try:
        url = payout_accounts.onboarding_url(
            signed_in(request), return_path=RETURN_PATH, refresh_path=REFRESH_PATH
        )
    except Refusal as refusal:
        messages.error(request, str(refusal))
        return SeeOther(reverse("marketplace:sell"))
    return SeeOther(url)


# ── The form ────────────────────────────────────────────────────────────────────────────────────────────────


@login_required
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def sell(request: HttpRequest) -> HttpResponse:
    """Put a listing up (K1 to K5). Who cannot be paid yet sets that up first."""
    user = signed_in(request)
    if request.method != "POST" and not publishing.may_sell(user):
        context = {
            "set_up": set_up_of(payout_accounts.payee_of(user)),
            "example": pricing.split(Money(1999, "EUR")),
        }
        return render(request, "marketplace/selling/set_up.html", context | _terms())
    form = ListingForm(request.POST or None)
    published = _tried(form, lambda: publishing.publish(user, **form.cleaned_data))
    if published:
        messages.success(request, _("“%(title)s” is on the counter.") % {"title": published.title})
        return SeeOther(_product(published.pk))
    return _form_page(request, "marketplace/selling/sell.html", form, user=user)


@login_required
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@say_refusals
def edit(request: HttpRequest, automation_id: UUID) -> HttpResponseBase:
    """Change an own listing, or give it a new version (K7)."""
    user = signed_in(request)
    automation = publishing.own(user, automation_id)
    form = ChangeForm(automation, request.POST or None)
    if _tried(form, lambda: publishing.change(user, automation_id, **form.changes)):
        messages.success(request, _("Saved. Buyers see it as it is now."))
        return SeeOther(_product(automation_id))
    shown = {
        "automation": automation,
        "picture": files.public_url(automation.picture),
        "crumbs": [
            (_("Dashboard"), reverse("marketplace:dashboard")),
            (_("Products"), reverse("marketplace:dashboard_products")),
        ],
        "versions": automation.versions.select_related("file").order_by("-created_at")[:10],
        "sold": automation.purchases.count(),
        "taken_down": moderation.last_taken_down(automation) if automation.state == "taken_down" else None,
    }
    return _form_page(request, "marketplace/selling/edit.html", form, user=user, **shown)


@require_safe
def earnings(request: HttpRequest) -> HttpResponse:
    """What the seller receives of a price, while it is typed."""
    typed = _earnings(request.GET.get("price", ""), request.GET.get("currency", ""))
    return render(request, "marketplace/selling/_earnings.html", typed)


# ── For sale, and no longer ─────────────────────────────────────────────────────────────────────────────────


@login_required
@require_POST
@say_refusals
def unpublish(request: HttpRequest, automation_id: UUID) -> HttpResponseBase:
    said = _("Taken off the shelf. Those who bought it keep it.")
    return _moved(request, automation_id, publishing.unpublish, said=said)


@login_required
@require_POST
@say_refusals
def publish_again(request: HttpRequest, automation_id: UUID) -> HttpResponseBase:
    return _moved(request, automation_id, publishing.publish_again, said=_("It is for sale again."))


@login_required
@require_POST
@say_refusals
def delete(request: HttpRequest, automation_id: UUID) -> HttpResponseBase:
    publishing.delete(signed_in(request), automation_id)
    messages.success(request, _("Deleted. Those who bought it keep it."))
    return SeeOther(reverse("marketplace:dashboard_products"))


# ── Below ───────────────────────────────────────────────────────────────────────────────────────────────────


def _tried(form: ListingForm, story: Callable[[], Automation]) -> Automation | None:
    """What the story returns, or nothing: then the form says why."""
    if not form.is_valid():
        return None
    try:
        return story()
    except NotFound:
        raise
    except Refusal as refusal:
        form.refuse(refusal)
        return None


def _form_page(
    request: HttpRequest, template: str, form: ListingForm, *, user: User, **shown: Any
) -> HttpResponse:
    """The form as it was left, with the uploads that it came back with."""
    typed = _earnings(form["price"].value() or "", form["currency"].value() or settings.CURRENCIES[0])
    context = {
        "form": form,
        "kept": _kept(form, user),
        "shop_name": publishing.shop_name(user),
        **typed,
        **shown,
    }
    return render(request, template, context, status=form.status if form.errors else 200)


def _kept(form: ListingForm, user: User) -> dict[str, Any]:
    """By the name of its field: each upload whose key the form holds, with its picture where it has one."""
    keys = {name: form[name].value() for name in form.uploads}
    found = {
        file.key: file for file in StoredFile.objects.filter(owner=user, key__in=filter(None, keys.values()))
    }
    kept: dict[str, Any] = {name: found[key] for name, key in keys.items() if key in found}
    picture = kept.get("preview_image_key")
    if picture and picture.state == FileState.STORED:
        kept["picture"] = files.public_url(picture)
    return kept


def _earnings(price: str, currency: str) -> dict[str, Any]:
    """The split of a price as it was typed, or what is wrong with it; neither while nothing is typed."""
    if not price.strip():
        return _terms()
    try:
        amount = Money.parse(price, currency) if currency in settings.CURRENCIES else None
        listing_rules.check({"price": amount.minor if amount else 0, "currency": currency})
    except Invalid as refusal:
        return _terms() | {"problem": refusal.errors[0].message if refusal.errors else str(refusal)}
    return _terms() | {"split": amount and pricing.split(amount)}


def _terms() -> dict[str, Any]:
    return {"percent": settings.MARKETPLACE_FEE_PERCENT}


def _moved(
    request: HttpRequest, automation_id: UUID, story: Callable[[User, UUID], Automation], *, said: str
) -> HttpResponse:
    try:
        story(signed_in(request), automation_id)
    except NotFound:
        raise
    except Refusal as refusal:
        messages.error(request, str(refusal))
    else:
        messages.success(request, said)
    return SeeOther(reverse("marketplace:edit", args=[automation_id]))


def _product(automation_id: UUID) -> str:
    return reverse("marketplace:product", args=[automation_id])
