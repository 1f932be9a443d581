"""The forms of one's own account."""

from django import forms
from django.conf import settings
from django.http import HttpRequest
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from comptoir.kernel.accounts.models import User

TOKEN_DAYS = (30, 90, 365)


def _terms() -> list[tuple[int, str]]:
    return [(days, gettext("%(days)s days") % {"days": days}) for days in TOKEN_DAYS]


class SignupForm(forms.Form):
    """What signing up asks beside email and password; allauth builds its own form upon this one."""

    name = forms.CharField(
        label=_("Your name"),
        max_length=120,
        required=False,
        help_text=_("As others will see it."),
        widget=forms.TextInput(attrs={"autocomplete": "name"}),
    )
    field_order = ("name", "email", "password1")

    def signup(self, request: HttpRequest, user: User) -> None:
        """The adapter has kept the name already."""


class AccountForm(forms.ModelForm):
    locale = forms.ChoiceField(
        label=_("Language"), choices=settings.LANGUAGES, help_text=_("Of the pages and of our mails to you.")
    )

    class Meta:
        model = User
        fields = ("name", "locale")
        labels = {"name": _("Your name")}
        help_texts = {"name": _("As others will see it.")}
        widgets = {"name": forms.TextInput(attrs={"autocomplete": "name"})}


class TokenForm(forms.Form):
    name = forms.CharField(
        label=_("What is it for?"),
        max_length=80,
        help_text=_("A name to know it by, such as “Nightly export”."),
    )
    days = forms.TypedChoiceField(
        label=_("How long should it work?"),
        coerce=int,
        choices=_terms,
        initial=90,
    )
