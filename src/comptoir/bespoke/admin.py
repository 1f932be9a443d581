"""Bespoke orders at the operator's desk: offers, experts, contents of levels and alerts are set, the rest is read."""

from typing import Any

from django.contrib import admin
from django.db.models import Case, QuerySet, Value, When
from django.http import HttpRequest
from django.urls import reverse
from django.utils.html import format_html
from django.utils.translation import gettext_lazy as _

from comptoir.bespoke.models import AlertRule, Expert, LevelContent, Offer, Order, PromptTemplate
from comptoir.bespoke.models.grid import RANKS
from comptoir.bespoke.operations import offers
from comptoir.bespoke.operations.forms import ExpertForm, OfferForm
from comptoir.bespoke.orders import experts
from comptoir.kernel.accounts.roles import Role, has_role
from comptoir.kernel.admin_base import NOTHING, ReadOnlyAdmin
from comptoir.kernel.money import Money


class OperatorsAdmin(admin.ModelAdmin):
    """Rows that operators write and throw away themselves."""

    list_per_page = 50

    def has_add_permission(self, request: HttpRequest) -> bool:
        return has_role(request.user, Role.OPERATOR)

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return has_role(request.user, Role.OPERATOR)


@admin.register(Offer)
class OfferAdmin(OperatorsAdmin):
    form = OfferForm
    list_display = (
        "__str__",
        "price_shown",
        "duration_minutes",
        "delivery_days",
        "revision_limit",
        "is_active",
    )
    list_filter = ("level", "service", "is_active")
    fields = (
        ("level", "service", "is_active"),
        ("price", "currency"),
        ("duration_minutes", "delivery_days", "revision_limit"),
        "included",
        "intake_form",
    )

    def get_ordering(self, request: HttpRequest) -> tuple[Any, ...]:
        """Along the grid."""
        ranks = (When(level=level, then=Value(rank)) for level, rank in RANKS.items())
        return (Case(*ranks), "price_minor")

    @admin.display(description=_("price"), ordering="price_minor")
    def price_shown(self, offer: Offer) -> str:
        return str(offer.price)

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> tuple[str, ...]:
        """Its place in the grid is what an offer is."""
        return ("level", "service") if obj else ()

    def save_model(self, request: HttpRequest, obj: Offer, form: Any, change: bool) -> None:
        told = form.cleaned_data
        kept = offers.set_offer(
            request.user,  # type: ignore[arg-type]
            level=obj.level,
            service=obj.service,
            included=told["included"],
            intake_form=told["intake_form"],
            is_active=told["is_active"],
            **form.figures(),
        )
        obj.pk = kept.pk

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Orders stand on it: it is taken off sale instead."""
        return False


@admin.register(Expert)
class ExpertAdmin(OperatorsAdmin):
    form = ExpertForm
    list_display = ("name", "user", "is_active", "weekly_capacity", "mean_rating")
    list_filter = ("is_active",)
    list_select_related = ("user",)
    search_fields = ("name", "user__email")
    actions = ("let_go", "let_in")

    def get_fields(self, request: HttpRequest, obj: Any = None) -> tuple[str, ...]:
        words = ("name", "about", "specialties", "weekly_capacity")
        return ("user", *words, "portrait_page", "is_active") if obj else ("email", *words)

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> tuple[str, ...]:
        return ("user", "portrait_page", "is_active") if obj else ()

    @admin.display(description=_("rating"))
    def mean_rating(self, expert: Expert) -> Any:
        return NOTHING if expert.rating is None else expert.rating

    @admin.display(description=_("portrait"))
    def portrait_page(self, expert: Expert) -> str:
        """It is sent straight to where files are kept, by a page of its own."""
        page = reverse("bespoke:portrait", args=[expert.pk])
        words = _("Change the portrait") if expert.portrait_id else _("Bring a portrait")
        return format_html('<a href="{}">{}</a>', page, words)

    def save_model(self, request: HttpRequest, obj: Expert, form: Any, change: bool) -> None:
        if change:
            experts.present(obj, by=request.user, **form.words())  # type: ignore[arg-type]
        else:
            obj.pk = experts.appoint(form.user, by=request.user, **form.words()).pk  # type: ignore[arg-type]

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Orders were theirs: the desk is closed to them instead."""
        return False

    @admin.action(description=_("Close the desk to them"), permissions=["change_experts"])
    def let_go(self, request: HttpRequest, chosen: QuerySet[Expert]) -> None:
        for expert in chosen:
            experts.deactivate(expert, by=request.user)  # type: ignore[arg-type]

    @admin.action(description=_("Open the desk to them"), permissions=["change_experts"])
    def let_in(self, request: HttpRequest, chosen: QuerySet[Expert]) -> None:
        for expert in chosen:
            experts.reactivate(expert, by=request.user)  # type: ignore[arg-type]

    def has_change_experts_permission(self, request: HttpRequest) -> bool:
        return has_role(request.user, Role.OPERATOR)


@admin.register(Order)
class OrderAdmin(ReadOnlyAdmin):
    """What clients and experts wrote each other is theirs, and is not shown here."""

    list_display = ("code", "status", "payment_status", "level", "service", "expert", "due_on", "created_at")
    list_filter = ("status", "payment_status", "level", "service")
    list_select_related = ("expert",)
    search_fields = ("code",)
    readonly_fields = ("price", "given_back", "refund_page")
    fields = (
        "code",
        "status",
        "payment_status",
        "level",
        "service",
        "price",
        "given_back",
        "refund_page",
        "expert",
        "claimed_by",
        "customer",
        "customer_email",
        "customer_name",
        "customer_phone",
        "revision_count",
        "due_on",
        "created_at",
        "paid_at",
        "delivered_at",
        "accepted_at",
    )

    @admin.display(description=_("price"))
    def price(self, order: Order) -> Money:
        return order.amount

    @admin.display(description=_("given back"))
    def given_back(self, order: Order) -> Money:
        return Money(order.refunded_minor, order.currency)

    @admin.display(description=_("refund"))
    def refund_page(self, order: Order) -> str:
        if order.paid_at is None:
            return NOTHING
        page = reverse("bespoke:refund", args=[order.pk])
        return format_html('<a href="{}">{}</a>', page, _("Give the money back"))


@admin.register(PromptTemplate)
class PromptTemplateAdmin(OperatorsAdmin):
    """Those of the house. What experts keep for themselves stays theirs."""

    list_display = ("title", "created_at")
    fields = ("title", "prompt", "instructions")

    def get_queryset(self, request: HttpRequest) -> QuerySet[PromptTemplate]:
        return super().get_queryset(request).filter(expert=None)


@admin.register(LevelContent)
class LevelContentAdmin(OperatorsAdmin):
    list_display = ("title", "level", "is_published", "created_at")
    list_filter = ("level", "is_published")


@admin.register(AlertRule)
class AlertRuleAdmin(OperatorsAdmin):
    list_display = ("measure", "threshold", "mail_to", "webhook_url", "is_active", "firing_since")
