"""What the roles may do at the operator's desk, worked out from the role rather than kept in rows that drift."""

from typing import Any

from django.apps import apps
from django.contrib.auth.backends import BaseBackend
from django.db.models import Model

from comptoir.kernel.accounts.roles import Role, has_role


class RoleBackend(BaseBackend):
    """Operators see everything and change what is ours. Nobody adds or deletes by role: rows come from their stories.

    A page of the desk narrows this further: the books, for one, are changed by nobody.
    """

    def has_perm(self, user_obj: Any, perm: str, obj: Model | None = None) -> bool:
        app_label, _, action = perm.partition(".")
        kind = action.partition("_")[0]
        if kind == "change" and not _is_ours(app_label):
            return False
        return kind in {"view", "change"} and has_role(user_obj, Role.OPERATOR)

    def has_module_perms(self, user_obj: Any, app_label: str) -> bool:
        return has_role(user_obj, Role.OPERATOR)


def _is_ours(app_label: str) -> bool:
    try:
        return apps.get_app_config(app_label).name.startswith("comptoir.")
    except LookupError:
        return False
