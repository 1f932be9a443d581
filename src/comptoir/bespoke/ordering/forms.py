"""The forms of ordering: who orders, what the expert wants to know, and what is given back."""

import secrets
from collections.abc import Mapping, Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from comptoir.bespoke.models import Offer
from comptoir.bespoke.ordering.placing import OrderRequest
from comptoir.bespoke.orders.intake import LENGTHS, Answered
from comptoir.kernel.accounts.models import User
from comptoir.kernel.errors import Refusal
from comptoir.ui.domain_forms import DomainForm
from comptoir.ui.forms_refund import RefundForm

CHOICES_AS_CARDS = 6


class OrderForm(DomainForm):
    """Who works on it, and for whom. `request_key` is the same each time that one page is sent."""

    expert = forms.UUIDField(
        label=_("Your expert"),
        error_messages={
            "required": _("Choose who will work on your order."),
            "invalid": _("Choose one of those shown."),
        },
    )
    customer_name = forms.CharField(
        label=_("Your name"),
        widget=forms.TextInput(attrs={"autocomplete": "name"}),
        error_messages={"required": _("Write your name, so that your expert knows whom they write for.")},
    )
    customer_email = forms.EmailField(
        label=_("Email"),
        help_text=_("Your receipt goes there, and the link to your order."),
        widget=forms.EmailInput(attrs={"autocomplete": "email"}),
        error_messages={
            "required": _("Write the address that we may write to."),
            "invalid": _("Write an address such as name@example.com."),
        },
    )
    customer_phone = forms.CharField(
        label=_("Phone"),
        required=False,
        widget=forms.TextInput(attrs={"autocomplete": "tel", "inputmode": "tel"}),
    )
    request_key = forms.CharField(widget=forms.HiddenInput, max_length=64, required=False)

    def __init__(
        self, data: Mapping[str, Any] | None = None, *, client: User | None, expert: str = ""
    ) -> None:
        known = {"customer_name": client.name, "customer_email": client.email} if client else {}
        initial = {**known, "expert": expert, "request_key": secrets.token_urlsafe(24)}
        super().__init__(data, initial=initial)

    def order_request(self, offer: Offer) -> OrderRequest:
        told = self.cleaned_data
        return OrderRequest(
            level=offer.level,
            service=offer.service,
            expert_id=told["expert"],
            email=told["customer_email"],
            name=told["customer_name"],
            phone=told["customer_phone"],
        )

    def refuse_expert(self, refusal: Refusal) -> None:
        """Everything else stands: another one is to be chosen."""
        self.status = refusal.status
        self.add_error("expert", str(refusal))


class _ForLater:
    """A question that is shown as one to be answered, and may be left for another day."""

    def validate(self, value: Any) -> None:
        """What an answer may be, the story knows."""


class LaterText(_ForLater, forms.CharField):
    pass


class LaterChoice(_ForLater, forms.ChoiceField):
    pass


class IntakeForm(DomainForm):
    """The questions of one order. What is answered is kept, however much is missing."""

    use_required_attribute = False
    prefix = "answer"

    def __init__(self, questions: Sequence[Answered], data: Mapping[str, Any] | None = None) -> None:
        super().__init__(data)
        for question in questions:
            self.fields[question.name] = _field(question)

    def refuse(self, refusal: Refusal) -> None:
        self.status = refusal.status
        for error in refusal.errors:
            name = error.field.removeprefix("answers.")
            self.add_error(name if name in self.fields else None, str(error.message))
        if not refusal.errors:
            self.add_error(None, str(refusal))


def _field(question: Answered) -> forms.Field:
    told: dict[str, Any] = {
        "label": question.label,
        "help_text": question.help,
        "required": question.required,
        "initial": question.answer,
    }
    if question.kind == "choice":
        options = [(option, option) for option in question.options]
        if len(options) <= CHOICES_AS_CARDS:
            return LaterChoice(choices=options, widget=forms.RadioSelect, **told)
        return LaterChoice(choices=[("", _("Choose…")), *options], **told)
    widgets: dict[str, forms.Widget] = {
        "longtext": forms.Textarea(attrs={"rows": 6, "maxlength": LENGTHS["longtext"]}),
        "date": forms.TextInput(attrs={"type": "date", "class": "short"}),
        "text": forms.TextInput(attrs={"maxlength": LENGTHS["text"]}),
    }
    return LaterText(widget=widgets[question.kind], **told)


class RefundOrderForm(RefundForm):
    """How much of an order to give back, and why."""

    reason = forms.CharField(
        label=_("Reason"),
        help_text=_("Kept with the order. The client reads it in the mail that tells them."),
        max_length=1000,
        widget=forms.Textarea(attrs={"rows": 3}),
        error_messages={"required": _("Say why: the client will read it.")},
    )
