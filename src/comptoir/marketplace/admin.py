"""The marketplace at the operator's desk: who ordered what, and what is for sale."""

from collections.abc import Callable
from contextlib import suppress

from django import forms
from django.contrib import admin, messages
from django.contrib.admin.helpers import ActionForm
from django.db.models import Model, QuerySet
from django.http import HttpRequest
from django.urls import reverse
from django.utils.html import format_html
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from comptoir.kernel.accounts.models import User
from comptoir.kernel.admin_base import LookUpAdmin, ReadOnlyAdmin, ReadOnlyInline, looked_up
from comptoir.kernel.money import Money
from comptoir.kernel.states import WrongState
from comptoir.marketplace.models import Automation, AutomationState, Order, OrderItem, Version
from comptoir.marketplace.search_text import plain
from comptoir.marketplace.selling import moderation


def _timeline(thing: Model) -> str:
    return looked_up(
        "timeline.timelineentry",
        label=_("See its timeline"),
        subject=thing._meta.label_lower,
        subject_id=thing.pk,
    )


class Items(ReadOnlyInline):
    model = OrderItem
    fields = ["title", "seller", "number", "price", "fee", "is_refunded"]
    readonly_fields = ["number", "price", "fee", "is_refunded"]

    def get_queryset(self, request: HttpRequest) -> QuerySet[OrderItem]:
        return super().get_queryset(request).select_related("seller", "version", "purchase")

    @admin.display(description=_("version"))
    def number(self, item: OrderItem) -> str:
        return item.version.number

    @admin.display(description=_("price"))
    def price(self, item: OrderItem) -> Money:
        return item.price

    @admin.display(description=_("our fee"))
    def fee(self, item: OrderItem) -> Money:
        return item.fee

    @admin.display(description=_("Refunded"), boolean=True)
    def is_refunded(self, item: OrderItem) -> bool:
        purchase = getattr(item, "purchase", None)
        return purchase is not None and purchase.refunded_at is not None


@admin.register(Order)
class OrderAdmin(LookUpAdmin):
    list_display = ["created_at", "buyer", "state", "amount", "paid_at"]
    list_select_related = ["buyer"]
    list_filter = ["state", "created_at"]
    search_fields = ["id", "payment_id", "buyer__email"]
    search_help_text = _("An order number, the id of its payment, or the buyer’s address.")
    ordering = ["-id"]
    inlines = [Items]
    fields = [("buyer", "state", "amount"), ("created_at", "paid_at"), ("payment", "history")]
    readonly_fields = ["amount", "payment", "history"]

    @admin.display(description=_("total"), ordering="total_minor")
    def amount(self, order: Order) -> Money:
        return order.total

    @admin.display(description=_("payment"))
    def payment(self, order: Order) -> str:
        page = reverse("admin:payments_payment_change", args=[order.payment_id])
        return format_html('<a href="{}">{}</a>', page, order.payment_id)

    @admin.display(description=_("what happened"))
    def history(self, order: Order) -> str:
        return _timeline(order)


class Versions(ReadOnlyInline):
    model = Version
    fields = ["number", "file", "created_at"]
    ordering = ["-created_at"]

    def get_queryset(self, request: HttpRequest) -> QuerySet[Version]:
        return super().get_queryset(request).select_related("file", "automation")


class ReasonForm(ActionForm):
    """Beside the actions: for taking down."""

    reason = forms.CharField(label=_("Reason, for the seller to read:"), max_length=300, required=False)


@admin.register(Automation)
class AutomationAdmin(ReadOnlyAdmin):
    list_display = ["title", "seller", "state", "amount", "category", "platform", "published_at"]
    list_select_related = ["seller"]
    list_filter = ["state", "category", "platform", "published_at"]
    search_fields = ["search_text"]
    search_help_text = _("Words of the listing, as in the catalogue.")
    ordering = ["-id"]
    inlines = [Versions]
    action_form = ReasonForm
    actions = ["take_down", "put_back"]
    fields = [
        "title", ("seller", "state", "amount"), ("category", "platform", "tags"), "description",
        ("published_at", "created_at"), ("page", "history"),
    ]  # fmt: skip
    readonly_fields = ["amount", "page", "history"]

    @admin.display(description=_("price"), ordering="price_minor")
    def amount(self, automation: Automation) -> Money:
        return automation.price

    @admin.display(description=_("page"))
    def page(self, automation: Automation) -> str:
        address = reverse("marketplace:product", args=[automation.pk])
        return format_html('<a href="{}">{}</a>', address, address)

    @admin.display(description=_("what happened"))
    def history(self, automation: Automation) -> str:
        return _timeline(automation)

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[Automation], search_term: str
    ) -> tuple[QuerySet[Automation], bool]:
        for word in plain(search_term).split():
            queryset = queryset.filter(search_text__contains=word)
        return queryset, False

    @admin.action(description=_("Take the selected listings out of the catalogue"), permissions=["moderate"])
    def take_down(self, request: HttpRequest, chosen: QuerySet[Automation]) -> None:
        reason = request.POST.get("reason", "")[:300]
        listed = chosen.filter(state__in=[AutomationState.PUBLISHED, AutomationState.UNPUBLISHED])
        count = _each(listed, lambda one: moderation.take_down(_operator(request), one, reason=reason))
        told = ngettext("%(count)d listing is off the shelf.", "%(count)d listings are off the shelf.", count)
        self.message_user(request, told % {"count": count}, messages.SUCCESS)

    @admin.action(description=_("Put the selected listings back where they were"), permissions=["moderate"])
    def put_back(self, request: HttpRequest, chosen: QuerySet[Automation]) -> None:
        down = chosen.filter(state=AutomationState.TAKEN_DOWN)
        count = _each(down, lambda one: moderation.put_back(_operator(request), one))
        told = ngettext(
            "%(count)d listing is back where it was.", "%(count)d listings are back where they were.", count
        )
        self.message_user(request, told % {"count": count}, messages.SUCCESS)

    def has_moderate_permission(self, request: HttpRequest) -> bool:
        return request.user.has_perm("marketplace.change_automation")


def _operator(request: HttpRequest) -> User:
    assert isinstance(request.user, User)
    return request.user


def _each(chosen: QuerySet[Automation], story: Callable[[Automation], None]) -> int:
    """How many the story was done to: not those that somebody was faster with."""
    count = 0
    for automation in chosen:
        with suppress(WrongState):
            story(automation)
            count += 1
    return count
