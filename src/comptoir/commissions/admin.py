"""Bespoke orders at the operator's desk: the grid, the experts, the shelf and the alerts are set, the rest is read."""

from typing import Any

from django import forms
from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from comptoir.commissions import experts, intake
from comptoir.commissions.models import AlertRule, Expert, LevelContent, Offer, Order, PromptTemplate
from comptoir.kernel.accounts.roles import Role, has_role
from comptoir.kernel.desk import ReadOnlyAdmin


class OperatorsAdmin(admin.ModelAdmin):
    """Rows that operators write and throw away themselves."""

    list_per_page = 50

    def has_add_permission(self, request: HttpRequest) -> bool:
        return has_role(request.user, Role.OPERATOR)

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return has_role(request.user, Role.OPERATOR)


class OfferForm(forms.ModelForm):
    def clean_intake_form(self) -> Any:
        form = self.cleaned_data["intake_form"]
        if not isinstance(form, list):
            raise forms.ValidationError(_("Give a list of questions."))
        if wrong := intake.check_form(form):
            raise forms.ValidationError([f"{error.field}: {error.message}" for error in wrong])
        return form


@admin.register(Offer)
class OfferAdmin(OperatorsAdmin):
    form = OfferForm
    list_display = ("__str__", "price", "duration_minutes", "delivery_days", "revision_limit", "is_active")
    list_filter = ("level", "service", "is_active")

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Orders stand on it: it is taken off sale instead."""
        return False


@admin.register(Expert)
class ExpertAdmin(ReadOnlyAdmin):
    list_display = ("name", "user", "is_active", "weekly_capacity", "rating")
    list_filter = ("is_active",)
    list_select_related = ("user",)
    search_fields = ("name", "user__email")
    actions = ("let_go", "let_in")

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
    fields = (
        "code",
        "status",
        "payment_status",
        "level",
        "service",
        "amount",
        "refunded_minor",
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
