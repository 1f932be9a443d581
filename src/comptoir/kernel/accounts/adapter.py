"""What allauth asks of the house: which language a new account speaks, and how its mails go out."""

from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from django.conf import settings
from django.forms import BaseForm
from django.http import HttpRequest, HttpResponse
from django.utils import translation

from comptoir.kernel import notifications
from comptoir.kernel.accounts.models import User
from comptoir.kernel.accounts.roles import remember_roles
from comptoir.kernel.ids import new_id
from comptoir.kernel.registry import modules

# allauth's names for its mails, ours for their templates, and what a template needs to know.
_MAILS = {
    "account/email/email_confirmation": ("account_confirm_email", ("activate_url",)),
    "account/email/email_confirmation_signup": ("account_confirm_email", ("activate_url",)),
    "account/email/password_reset_key": ("account_password_reset", ("password_reset_url",)),
    "account/email/account_already_exists": ("account_exists", ("password_reset_url",)),
    "account/email/unknown_account": ("account_unknown", ("signup_url",)),
}
_A_YEAR = 365 * 24 * 3600


class AccountAdapter(DefaultAccountAdapter):
    def save_user(self, request: HttpRequest, user: Any, form: BaseForm, commit: bool = True) -> Any:
        user.name = form.cleaned_data.get("name", "")
        user.locale = translation.get_language() or settings.LANGUAGE_CODE
        return super().save_user(request, user, form, commit)

    def post_login(self, request: HttpRequest, user: Any, **how: Any) -> HttpResponse:
        """From here on this browser speaks the language that the person reads."""
        translation.activate(user.locale)
        remember_roles(request, user)
        for module in modules():
            if module.on_signed_in:
                module.on_signed_in(request, user)
        response = super().post_login(request, user, **how)
        remember_language(response, user)
        return response

    def send_mail(self, template_prefix: str, email: str, context: dict[str, Any]) -> None:
        """A row and a job like every other mail. The links sign people in: operators are not shown them."""
        template, needed = _MAILS[template_prefix]
        user = context.get("user") or User.objects.filter(email=email.lower()).first()
        notifications.send_mail(
            template,
            # An address that is being changed to is not its owner's yet.
            to=user if user is not None and user.email == email.lower() else email,
            # Each asking is a mail of its own; allauth limits how often one may ask.
            key=f"{template}:{new_id()}",
            locale=user.locale if user is not None else None,
            secret=True,
            email=email,
            **{name: context[name] for name in needed},
        )


def remember_language(response: HttpResponse, user: User) -> None:
    response.set_cookie(
        settings.LANGUAGE_COOKIE_NAME,
        user.locale,
        max_age=_A_YEAR,
        samesite="Lax",
        secure=settings.SESSION_COOKIE_SECURE,
    )
