"""People at the operator's desk. Operators help them; only a superuser decides who is an operator."""

from typing import Any

from allauth.account.decorators import secure_admin_login
from allauth.account.models import EmailAddress
from django.contrib import admin, messages
from django.contrib.admin.options import IS_POPUP_VAR
from django.contrib.auth.admin import UserAdmin as DjangoUserAdmin
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from comptoir.kernel import registry
from comptoir.kernel.accounts.models import ApiToken, Membership, User, Workspace
from comptoir.kernel.accounts.roles import Role, grant, holders, withdraw
from comptoir.kernel.admin_base import LookUpAdmin, ReadOnlyInline

# One way in for everybody: rate limits, verification and whatever else signing in asks.
admin.site.login = secure_admin_login(admin.site.login)  # type: ignore[method-assign]


class HouseRoleFilter(admin.SimpleListFilter):
    title = _("role in the house")
    parameter_name = "role"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        declared = [(role.name, role.label) for role in registry.roles().values()]
        return [(Role.OPERATOR.value, _("operator")), *declared]

    def queryset(self, request: HttpRequest, queryset: QuerySet[User]) -> QuerySet[User]:
        role = self.value()
        return queryset.filter(pk__in=holders(role).values("pk")) if role else queryset


def _changing(role: str, change: Any) -> Any:
    def act(desk: "UserAdmin", request: HttpRequest, users: QuerySet[User]) -> None:
        desk._each(request, users, role=role, change=change)

    return act


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
    list_filter = ("is_active", "is_staff", HouseRoleFilter, "locale")
    search_fields = ("email", "name")
    fieldsets = (
        (None, {"fields": ("email", "name", "locale", "is_active")}),
        (_("Roles"), {"fields": ("roles", "is_staff", "is_superuser")}),
        (_("Moments"), {"fields": ("date_joined", "last_login")}),
    )
    readonly_fields = ("email", "roles", "is_staff", "is_superuser", "date_joined", "last_login")
    filter_horizontal = ()
    inlines = (EmailAddresses, ApiTokens)
    actions = ("make_operator", "unmake_operator")

    def has_add_permission(self, request: HttpRequest) -> bool:
        """People sign up."""
        return False

    def has_delete_permission(self, request: HttpRequest, obj: User | None = None) -> bool:
        """What they sold and bought stays: an account is closed by taking “may sign in” away."""
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

    @admin.display(description=_("roles"))
    def roles(self, user: User) -> str:
        held = user.memberships.select_related("workspace").order_by("workspace__name", "role")
        return ", ".join(f"{one.workspace}: {one.role}" for one in held) or "—"

    def get_actions(self, request: HttpRequest) -> dict[str, Any]:
        """Beside our own, two for each role that a product declares."""
        actions: dict[str, Any] = super().get_actions(request)
        if IS_POPUP_VAR in request.GET or not self.has_change_permission(request):
            return actions
        for role in registry.roles().values():
            for name, change, text in (
                (f"make_{role.name}", grant, _("Give a role: %(role)s")),
                (f"unmake_{role.name}", withdraw, _("Take a role away: %(role)s")),
            ):
                actions[name] = (_changing(role.name, change), name, text % {"role": role.label})
        return actions

    @admin.action(description=_("Make operator"), permissions=["superuser"])
    def make_operator(self, request: HttpRequest, users: QuerySet[User]) -> None:
        self._each(request, users, role=Role.OPERATOR, change=grant)

    @admin.action(description=_("Take the operator’s role away"), permissions=["superuser"])
    def unmake_operator(self, request: HttpRequest, users: QuerySet[User]) -> None:
        self._each(request, users, role=Role.OPERATOR, change=withdraw)

    def _each(self, request: HttpRequest, users: QuerySet[User], *, role: str, change: Any) -> None:
        chosen = list(users)
        for user in chosen:
            change(user, role, by=request.user)
        text = ngettext("%(n)s person changed.", "%(n)s people changed.", len(chosen)) % {"n": len(chosen)}
        self.message_user(request, text, messages.SUCCESS)


class Members(ReadOnlyInline):
    model = Membership
    fields = ("user", "role", "created_at")
    readonly_fields = ("created_at",)

    def get_queryset(self, request: HttpRequest) -> QuerySet[Membership]:
        return super().get_queryset(request).select_related("user")


@admin.register(Workspace)
class WorkspaceAdmin(LookUpAdmin):
    list_display = ("name", "is_house", "created_at")
    search_fields = ("name__startswith", "memberships__user__email")
    search_help_text = _("The beginning of a name, or the address of a member.")
    ordering = ("-created_at",)
    fields = ("name", "is_house", "created_at")
    inlines = (Members,)
