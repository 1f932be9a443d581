"""People at the operator's desk. Operators help them; only a superuser decides who is an operator."""

from typing import Any

from allauth.account.decorators import secure_admin_login
from allauth.account.models import EmailAddress
from django.contrib import admin, messages
from django.contrib.auth.admin import UserAdmin as DjangoUserAdmin
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from comptoir.kernel.accounts.models import ApiToken, User
from comptoir.kernel.accounts.roles import Role, grant, withdraw
from comptoir.kernel.admin_base import ReadOnlyInline

# One way in for everybody: rate limits, verification and whatever else signing in asks.
admin.site.login = secure_admin_login(admin.site.login)  # type: ignore[method-assign]


class EmailAddresses(ReadOnlyInline):
    model = EmailAddress
    fields = ("email", "verified", "primary")


class ApiTokens(ReadOnlyInline):
    model = ApiToken
    fields = ("name", "prefix", "created_at", "expires_at", "last_used_at", "revoked_at")


@admin.register(User)
class UserAdmin(DjangoUserAdmin):
    ordering = ("-date_joined",)
    list_display = ("email", "name", "locale", "is_active", "is_staff", "date_joined", "last_login")
    list_filter = ("is_active", "is_staff", "groups", "locale")
    search_fields = ("email", "name")
    fieldsets = (
        (None, {"fields": ("email", "name", "locale", "is_active")}),
        (_("Roles"), {"fields": ("groups", "is_staff", "is_superuser")}),
        (_("Moments"), {"fields": ("date_joined", "last_login")}),
    )
    readonly_fields = ("email", "groups", "is_staff", "is_superuser", "date_joined", "last_login")
    filter_horizontal = ()
    inlines = (EmailAddresses, ApiTokens)
    actions = ("make_expert", "unmake_expert", "make_operator", "unmake_operator")

    def has_add_permission(self, request: HttpRequest) -> bool:
        """People sign up."""
        return False

    def has_delete_permission(self, request: HttpRequest, obj: User | None = None) -> bool:
        """Their sales and purchases stay: an account is closed by taking “may sign in” away."""
        return False

    def has_change_permission(self, request: HttpRequest, obj: User | None = None) -> bool:
        """Whoever enters the desk is beyond an operator's reach, lest one takes another's place."""
        allowed = super().has_change_permission(request, obj)
        return allowed and (obj is None or not obj.is_staff or request.user.is_superuser)

    def user_change_password(self, request: HttpRequest, id: str, form_url: str = "") -> Any:  # noqa: A002
        """Nobody chooses another's password: there is the mail for a new one."""
        raise PermissionDenied

    def has_superuser_permission(self, request: HttpRequest) -> bool:
        return bool(request.user.is_active and request.user.is_superuser)

    @admin.action(description=_("Make expert"), permissions=["change"])
    def make_expert(self, request: HttpRequest, users: QuerySet[User]) -> None:
        self._each(request, users, role=Role.EXPERT, change=grant)

    @admin.action(description=_("Take the expert’s role away"), permissions=["change"])
    def unmake_expert(self, request: HttpRequest, users: QuerySet[User]) -> None:
        self._each(request, users, role=Role.EXPERT, change=withdraw)

    @admin.action(description=_("Make operator"), permissions=["superuser"])
    def make_operator(self, request: HttpRequest, users: QuerySet[User]) -> None:
        self._each(request, users, role=Role.OPERATOR, change=grant)

    @admin.action(description=_("Take the operator’s role away"), permissions=["superuser"])
    def unmake_operator(self, request: HttpRequest, users: QuerySet[User]) -> None:
        self._each(request, users, role=Role.OPERATOR, change=withdraw)

    def _each(self, request: HttpRequest, users: QuerySet[User], *, role: Role, change: Any) -> None:
        chosen = list(users)
        for user in chosen:
            change(user, role, by=request.user)
        text = ngettext("%(n)s person changed.", "%(n)s people changed.", len(chosen)) % {"n": len(chosen)}
        self.message_user(request, text, messages.SUCCESS)
