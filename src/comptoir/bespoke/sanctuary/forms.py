"""The forms of the sanctuary: who the client is, what they think of what they got, and what they write."""

from collections.abc import Iterable, Mapping
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from comptoir.bespoke.orders import messages as order_messages
from comptoir.bespoke.orders import revisions as order_revisions
from comptoir.bespoke.sanctuary import profiles
from comptoir.ui.domain_forms import DomainForm

RATINGS = [
    (5, _("5 – beyond what I hoped for")),
    (4, _("4 – very good")),
    (3, _("3 – good")),
    (2, _("2 – not quite it")),
    (1, _("1 – not what I hoped for")),
]


class ProfileForm(DomainForm):
    """What the sanctuary asks first (L13). `known` is what need not be asked again."""

    name = forms.CharField(
        label=_("Your name"),
        help_text=_("As you would like to be called."),
        widget=forms.TextInput(attrs={"autocomplete": "name", "maxlength": profiles.NAME_LENGTH}),
        error_messages={"required": _("Write your name.")},
    )
    phone = forms.CharField(
        label=_("Telephone"),
        help_text=_("If your expert may call you."),
        required=False,
        widget=forms.TextInput(
            attrs={"autocomplete": "tel", "inputmode": "tel", "maxlength": profiles.PHONE_LENGTH}
        ),
    )
    about = forms.CharField(
        label=_("A little about you"),
        help_text=_(
            "Where you are in life, what matters to you, what you hope for. Only your experts read it."
        ),
        widget=forms.Textarea(attrs={"rows": 6, "data-count": profiles.ABOUT_LENGTH}),
        error_messages={"required": _("Tell a little of yourself: a sentence is enough.")},
    )

    def __init__(
        self, data: Mapping[str, Any] | None = None, *, known: Mapping[str, str], asked: Iterable[str] = ()
    ) -> None:
        super().__init__(data, initial=dict(known))
        self.known = dict(known)
        for name in set(self.fields) - set(asked or self.fields):
            del self.fields[name]

    def clean_about(self) -> str:
        """Browsers send each new line as two characters, and count it as one."""
        return self.cleaned_data["about"].replace("\r\n", "\n")

    @property
    def told(self) -> dict[str, str]:
        """What `sanctuary.keep_profile` takes."""
        return {"name": "", "phone": "", **self.known, **self.cleaned_data}


class AcceptForm(DomainForm):
    """The client is content, and may say how much."""

    rating = forms.TypedChoiceField(
        label=_("How was it? (If you like to say)"),
        choices=RATINGS,
        coerce=int,
        empty_value=None,
        required=False,
        widget=forms.RadioSelect,
    )


class ChangeForm(DomainForm):
    """What the client would like changed."""

    wish = forms.CharField(
        label=_("What would you like changed?"),
        help_text=_("Say where, and how it should be. Your expert reads it word for word."),
        max_length=order_revisions.REASON_LENGTH,
        widget=forms.Textarea(attrs={"rows": 5}),
        error_messages={"required": _("Say what you would like changed.")},
    )


class MessageForm(DomainForm):
    """A line to the expert."""

    body = forms.CharField(
        label=_("Your message"),
        max_length=order_messages.BODY_LENGTH,
        widget=forms.Textarea(attrs={"rows": 4}),
        error_messages={"required": _("Write something first.")},
    )
