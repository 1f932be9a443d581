"""What operators fill in at their desk: an offer, priced as people write it, and an expert with their words."""

import json
import re
from typing import Any

from django import forms
from django.conf import settings
from django.utils.text import format_lazy
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from comptoir.bespoke.models import Expert, Offer
from comptoir.bespoke.operations import offers
from comptoir.bespoke.orders import experts
from comptoir.kernel.accounts.models import User
from comptoir.kernel.errors import FieldError
from comptoir.kernel.money import Money, NotAnAmount
from comptoir.ui.domain_forms import typed

EXAMPLE = '{"name": "question", "label": "What is your question?", "kind": "longtext", "required": true}'
NUMBERED = re.compile(r"intakeForm\.(\d+)")


class LinesField(forms.CharField):
    """A list, one thing to a line."""

    widget = forms.Textarea(attrs={"rows": 5})

    def prepare_value(self, value: Any) -> Any:
        return "\n".join(value) if isinstance(value, list) else value

    def clean(self, value: Any) -> list[str]:
        return [line.strip() for line in super().clean(value).splitlines() if line.strip()]


class QuestionsField(forms.JSONField):
    """JSON on lines that one can read, and errors that say where."""

    widget = forms.Textarea(attrs={"rows": 16, "class": "vLargeTextField", "spellcheck": "false"})

    def prepare_value(self, value: Any) -> Any:
        return value if isinstance(value, str) else json.dumps(value, indent=2, ensure_ascii=False)

    def bound_data(self, data: Any, initial: Any) -> Any:
        """As it was typed, right or wrong."""
        return initial if self.disabled else data

    def to_python(self, value: Any) -> Any:
        try:
            questions = json.loads(value or "[]")
        except json.JSONDecodeError as error:
            raise forms.ValidationError(
                _("This is not JSON: look at line %(line)s, column %(column)s (%(what)s).")
                % {"line": error.lineno, "column": error.colno, "what": error.msg}
            ) from error
        if not isinstance(questions, list):
            raise forms.ValidationError(_("Give a list of questions, between [ and ]."))
        return questions


class OfferForm(forms.ModelForm):
    price = forms.CharField(
        label=gettext_lazy("price"), help_text=gettext_lazy("In the unit of its currency, such as 79.00.")
    )
    currency = forms.ChoiceField(
        label=gettext_lazy("currency"), choices=[(code, code) for code in settings.CURRENCIES]
    )
    included = LinesField(
        label=gettext_lazy("what is included"), required=False, help_text=gettext_lazy("One thing to a line.")
    )
    intake_form = QuestionsField(
        label=gettext_lazy("questions to the client"),
        required=False,
        help_text=format_lazy(
            "{} {}",
            gettext_lazy(
                "A list of questions, asked after the payment. The kind is text, longtext, date or choice; a choice "
                "has options. One of them:"
            ),
            EXAMPLE,
        ),
    )

    class Meta:
        model = Offer
        fields = ("level", "service", "duration_minutes", "delivery_days", "revision_limit", "is_active")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if self.instance.price_minor:
            self.initial["price"] = typed(self.instance.price)

    def clean(self) -> dict[str, Any]:
        """All that the story would refuse, each beside its answer."""
        told: dict[str, Any] = super().clean() or self.cleaned_data
        if "price" in told and "currency" in told:
            try:
                told["price"] = Money.parse(told["price"], told["currency"]).minor
            except NotAnAmount as refusal:
                self.add_error("price", str(refusal))
        if not self.errors:
            for error in offers.errors_in(**self.figures(), intake_form=told["intake_form"]):
                self._refuse(error)
        return told

    def figures(self) -> dict[str, Any]:
        told = self.cleaned_data
        return {
            "price": told["price"],
            "currency": told["currency"],
            "duration": told["duration_minutes"],
            "delivery_days": told["delivery_days"],
            "revision_limit": told["revision_limit"],
        }

    def _refuse(self, error: FieldError) -> None:
        names = {
            "duration": "duration_minutes",
            "deliveryDays": "delivery_days",
            "revisionLimit": "revision_limit",
        }
        if numbered := NUMBERED.fullmatch(error.field):
            number = int(numbered[1]) + 1
            self.add_error(
                "intake_form", _("Question %(n)s: %(what)s") % {"n": number, "what": error.message}
            )
        else:
            name = names.get(error.field, error.field)
            self.add_error(name if name in self.fields else "intake_form", str(error.message))


class ExpertForm(forms.ModelForm):
    email = forms.EmailField(
        label=gettext_lazy("account"),
        help_text=gettext_lazy("The address that they signed up with."),
        required=False,
    )
    specialties = LinesField(
        label=gettext_lazy("specialties"), required=False, help_text=gettext_lazy("One to a line.")
    )

    class Meta:
        model = Expert
        fields = ("name", "about", "weekly_capacity")

    def clean(self) -> dict[str, Any]:
        told: dict[str, Any] = super().clean() or self.cleaned_data
        if self.instance._state.adding:
            self.user = User.objects.filter(email=told.get("email", "").strip().lower()).first()
            if self.user is None:
                self.add_error("email", str(experts.NO_SUCH_ACCOUNT))
        if not self.errors:
            for error in experts.errors_in(**self.words()):
                self.add_error(
                    "weekly_capacity" if error.field == "weeklyCapacity" else error.field, str(error.message)
                )
        return told

    def words(self) -> dict[str, Any]:
        return {name: self.cleaned_data[name] for name in ("name", "about", "specialties", "weekly_capacity")}
