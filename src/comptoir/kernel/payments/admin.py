"""Payments at the operator's desk: what was asked, what became of it, and what the gateway was told and told us.

Money is not moved by editing rows: nothing here can be changed.
"""

import json
from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from comptoir.kernel.admin_base import NOTHING, LookUpAdmin, ReadOnlyInline, looked_up, spelled_out
from comptoir.kernel.money import Money
from comptoir.kernel.payments.installed_purposes import all_purposes
from comptoir.kernel.payments.models import (
    Dispute,
    GatewayCall,
    InboxEvent,
    Payee,
    Payment,
    Refund,
    Share,
)


class PurposeFilter(admin.SimpleListFilter):
    """The purposes that the products have declared; the table is not asked which there are."""

    title = _("purpose")
    parameter_name = "purpose"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        return [(name, name) for name in all_purposes()]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Payment]) -> QuerySet[Payment]:
        return queryset.filter(purpose=self.value()) if self.value() else queryset


class Shares(ReadOnlyInline):
    model = Share
    fields = ["payee", "gross", "fee", "net", "state", "transfer", "held_because", "sent_at"]
    readonly_fields = ["gross", "fee", "net"]

    def get_queryset(self, request: HttpRequest) -> QuerySet[Share]:
        return super().get_queryset(request).select_related("payee__user", "payment")

    @admin.display(description=_("sold"))
    def gross(self, share: Share) -> Money:
        return Money(share.gross_minor, share.payment.currency)

    @admin.display(description=_("our fee"))
    def fee(self, share: Share) -> Money:
        return Money(share.fee_minor, share.payment.currency)

    @admin.display(description=_("theirs"))
    def net(self, share: Share) -> Money:
        return Money(share.net_minor, share.payment.currency)


class Refunds(ReadOnlyInline):
    model = Refund
    fields = ["created_at", "given_back", "state", "reason", "actor", "reference", "failure_message"]
    readonly_fields = ["given_back"]

    def get_queryset(self, request: HttpRequest) -> QuerySet[Refund]:
        return super().get_queryset(request).select_related("payment", "actor")

    @admin.display(description=_("amount"))
    def given_back(self, refund: Refund) -> Money:
        return refund.amount


@admin.register(Payment)
class PaymentAdmin(LookUpAdmin):
    list_display = ["created_at", "asked_for", "state", "purpose", "payer", "reference", "paid_at"]
    list_select_related = ["payer"]
    list_filter = ["state", PurposeFilter, "created_at"]
    search_fields = ["id", "subject_id", "payer__email", "reference", "session", "charge"]
    search_help_text = _(
        "The id of a payment or of what it is for, the payer’s address, or a name at the gateway."
    )
    ordering = ["-id"]
    inlines = [Shares, Refunds]
    fields = [
        ("asked_for", "state", "came"), ("purpose", "subject_id"), "payer", ("flow", "method"),
        ("gateway", "session", "reference", "charge"), "gateway_fee", ("failure_code", "failure_message"),
        ("created_at", "expires_at", "paid_at"), ("next_poll_at", "poll_count"), ("postings", "history"),
    ]  # fmt: skip
    readonly_fields = ["asked_for", "came", "gateway_fee", "postings", "history"]

    @admin.display(description=_("amount"), ordering="amount_minor")
    def asked_for(self, payment: Payment) -> Money:
        return payment.amount

    @admin.display(description=_("came instead, in suspense"))
    def came(self, payment: Payment) -> Money | str:
        return payment.received if payment.is_in_suspense else NOTHING

    @admin.display(description=_("kept by the gateway"))
    def gateway_fee(self, payment: Payment) -> Money | str:
        fee = payment.gateway_fee_minor
        return NOTHING if fee is None else Money(fee, payment.currency)

    @admin.display(description=_("in the books"))
    def postings(self, payment: Payment) -> str:
        return _postings_of(payment)

    @admin.display(description=_("what happened"))
    def history(self, payment: Payment) -> str:
        return looked_up(
            "timeline.timelineentry",
            label=_("See its timeline"),
            subject="payments.payment",
            subject_id=payment.pk,
        )


@admin.register(Refund)
class RefundAdmin(LookUpAdmin):
    list_display = ["created_at", "given_back", "state", "actor", "reference", "settled_at"]
    list_select_related = ["payment", "actor"]
    list_filter = ["state", "bounced", "created_at"]
    search_fields = ["id", "reference", "payment__id", "payment__reference", "payment__charge"]
    search_help_text = _("The id of a refund or a payment, or its name at the gateway.")
    ordering = ["-id"]
    fields = [
        ("given_back", "state", "bounced"), ("payment", "subject_id"), ("reason", "actor"),
        ("gateway", "reference"), "failure_message", ("created_at", "settled_at"), "postings",
    ]  # fmt: skip
    readonly_fields = ["given_back", "postings"]

    @admin.display(description=_("amount"), ordering="amount_minor")
    def given_back(self, refund: Refund) -> Money:
        return refund.amount

    @admin.display(description=_("in the books"))
    def postings(self, refund: Refund) -> str:
        return _postings_of(refund)


def _postings_of(thing: Payment | Refund) -> str:
    label, subject = _("See its postings"), thing._meta.label_lower
    return looked_up("ledger.transfer", label=label, subject=subject, subject_id=thing.pk)


@admin.register(Dispute)
class DisputeAdmin(LookUpAdmin):
    list_display = ["opened_at", "contested", "state", "reason", "evidence_due_at", "reference", "closed_at"]
    list_filter = ["state", "opened_at"]
    search_fields = ["id", "reference", "payment__id", "payment__charge"]
    search_help_text = _("The id of a dispute or a payment, or its name at the gateway.")
    ordering = ["-opened_at"]
    fields = [
        ("contested", "state", "reason"), "payment", ("gateway", "reference"), ("withdrawn", "fee", "lost"),
        ("opened_at", "evidence_due_at", "closed_at", "read_at"),
    ]  # fmt: skip
    readonly_fields = ["contested", "withdrawn", "fee", "lost"]

    @admin.display(description=_("amount"), ordering="amount_minor")
    def contested(self, dispute: Dispute) -> Money:
        return dispute.amount

    @admin.display(description=_("withdrawn by the bank"))
    def withdrawn(self, dispute: Dispute) -> Money | str:
        return _moved(dispute, dispute.withdrawn_minor)

    @admin.display(description=_("kept by the gateway"))
    def fee(self, dispute: Dispute) -> Money | str:
        return _moved(dispute, dispute.fee_minor)

    @admin.display(description=_("lost"))
    def lost(self, dispute: Dispute) -> Money | str:
        return _moved(dispute, dispute.lost_minor)


def _moved(dispute: Dispute, minor: int) -> Money | str:
    return Money(minor, dispute.withdrawn_currency) if dispute.movement_count else NOTHING


@admin.register(Payee)
class PayeeAdmin(LookUpAdmin):
    list_display = ["user", "account", "charges_enabled", "payouts_enabled", "details_submitted", "read_at"]
    list_select_related = ["user"]
    list_filter = ["charges_enabled", "payouts_enabled", "details_submitted"]
    search_fields = ["user__email", "account", "id"]
    search_help_text = _("An address, or the name of an account at the gateway.")
    ordering = ["-id"]


@admin.register(GatewayCall)
class GatewayCallAdmin(LookUpAdmin):
    list_display = [
        "created_at",
        "operation",
        "state",
        "attempts",
        "key_generation",
        "key",
        "error",
        "answered_at",
    ]
    list_filter = ["state", "created_at"]
    search_fields = ["key__startswith"]
    search_help_text = _("The beginning of a key: payment:…, share:…, refund:…, payee:…")
    ordering = ["-id"]
    fields = [
        "key", ("gateway", "operation", "state"), ("attempts", "key_generation", "key_made_at"),
        ("created_at", "answered_at"), "request", "response", "error",
    ]  # fmt: skip
    readonly_fields = ["request", "response"]

    def get_queryset(self, request: HttpRequest) -> QuerySet[GatewayCall]:
        return super().get_queryset(request).defer("params", "answer")

    @admin.display(description=_("request"))
    def request(self, call: GatewayCall) -> str:
        return spelled_out(call.params)

    @admin.display(description=_("answer"))
    def response(self, call: GatewayCall) -> str:
        return spelled_out(call.answer)


@admin.register(InboxEvent)
class InboxEventAdmin(LookUpAdmin):
    list_display = ["received_at", "type", "state", "id", "processed_at"]
    list_filter = ["state", "received_at"]
    search_fields = ["id", "type"]
    search_help_text = _("A whole id (gateway:event), or a whole type (account.updated).")
    ordering = ["-received_at"]
    fields = ["id", ("type", "state"), ("received_at", "processed_at"), "content"]
    readonly_fields = ["content"]

    def get_queryset(self, request: HttpRequest) -> QuerySet[InboxEvent]:
        return super().get_queryset(request).defer("payload")

    @admin.display(description=_("content"))
    def content(self, event: InboxEvent) -> str:
        return spelled_out(json.loads(event.payload))
