"""Mails in the operator's desk: to whom, when, whether it went; any of them can be sent once more."""

from typing import Any

from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from comptoir.kernel.admin_base import ReadOnlyAdmin
from comptoir.kernel.encrypted_fields import digests
from comptoir.kernel.notifications.models import Mail, MailState
from comptoir.kernel.notifications.queue import resend

CONTENT_FIELDS = ("text", "html", "context")


@admin.register(Mail)
class MailAdmin(ReadOnlyAdmin):
    """Nothing is edited here: a mail is what was written. What a confidential one says is not shown."""

    list_display = ["subject", "address", "template", "state", "created_at", "sent_at"]
    list_filter = ["state", "template", "locale"]
    search_fields = ["=key"]
    search_help_text = _("The whole address, or the whole key")
    ordering = ["-id"]
    actions = ["send_again"]

    def get_fields(self, request: HttpRequest, obj: Mail | None = None) -> list[Any]:
        fields = list(super().get_fields(request, obj))
        return [field for field in fields if not (obj and obj.secret and field in CONTENT_FIELDS)]

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[Mail], search_term: str
    ) -> tuple[QuerySet[Mail], bool]:
        """Addresses are encrypted, and found by their digests."""
        found, may_repeat = super().get_search_results(request, queryset, search_term)
        if search_term:
            found |= queryset.filter(address_digest__in=digests(search_term))
        return found, may_repeat

    @admin.action(description=_("Send the selected mails once more"), permissions=["resend"])
    def send_again(self, request: HttpRequest, selected: QuerySet[Mail]) -> None:
        finished = list(selected.exclude(state=MailState.QUEUED))
        for mail in finished:
            resend(mail, actor=request.user)
        message = ngettext(
            "%(count)d mail will be sent again.", "%(count)d mails will be sent again.", len(finished)
        )
        self.message_user(request, message % {"count": len(finished)}, messages.SUCCESS)

    def has_resend_permission(self, request: HttpRequest) -> bool:
        return request.user.has_perm("notifications.change_mail")
