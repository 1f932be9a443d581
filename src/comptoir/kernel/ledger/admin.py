"""The books at the operator's desk: each posting with its lines, each account with its balance. Read, never written."""

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from comptoir.kernel.admin_base import LookUpAdmin, ReadOnlyInline
from comptoir.kernel.ledger.chart import AccountName
from comptoir.kernel.ledger.models import Account, AccountKind, Entry, Transfer
from comptoir.kernel.ledger.posting import balance
from comptoir.kernel.money import Money


class Entries(ReadOnlyInline):
    model = Entry
    fields = ["debit", "credit", "amount"]
    readonly_fields = ["amount"]

    def get_queryset(self, request: HttpRequest) -> QuerySet[Entry]:
        return super().get_queryset(request).select_related("debit", "credit")

    @admin.display(description=_("amount"))
    def amount(self, entry: Entry) -> Money:
        return Money(entry.amount_minor, entry.debit.currency)


@admin.register(Transfer)
class TransferAdmin(LookUpAdmin):
    list_display = ["posted_at", "kind", "key", "subject", "subject_id", "entry_count"]
    list_filter = ["posted_at"]
    search_fields = ["key__startswith", "subject_id", "kind"]
    search_help_text = _("The beginning of a key, the id of what it is about, or a kind (payment.paid).")
    ordering = ["-id"]
    inlines = [Entries]


@admin.register(Account)
class AccountAdmin(LookUpAdmin):
    list_display = ["code", "currency", "kind", "workspace"]
    list_select_related = ["workspace"]
    list_filter = ["kind"]
    search_fields = ["code__startswith"]
    search_help_text = _("The beginning of a code: gateway:…, payee:…, fees:…")
    ordering = ["code", "currency"]
    fields = ["workspace", "code", "currency", "kind", "created_at", "present_balance"]
    readonly_fields = ["present_balance"]

    @admin.display(description=_("balance"))
    def present_balance(self, account: Account) -> Money:
        """Of one account at a time: it is the sum of all its lines."""
        name = AccountName(account.code, AccountKind(account.kind))
        return balance(name, account.currency, workspace_id=account.workspace_id)  # type: ignore[arg-type] # never null
