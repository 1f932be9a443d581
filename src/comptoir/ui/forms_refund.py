"""The form to give money back: how much, and why. A product says in `reason` who will read it."""

import secrets
from collections.abc import Mapping
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from comptoir.kernel.money import Money, NotAnAmount
from comptoir.ui.domain_forms import DomainForm, typed


class RefundForm(DomainForm):
    """Proposes all that is `left`. Once valid, `cleaned_data` is what a product's `refunds.refund` takes."""

    amount = forms.CharField(label=_("Amount"), error_messages={"required": _("Say how much.")})
    # The form sent twice gives the money back once.
    request_key = forms.CharField(widget=forms.HiddenInput, max_length=64, required=False)

    def __init__(self, data: Mapping[str, Any] | None = None, *, left: Money) -> None:
        super().__init__(data, initial={"amount": typed(left), "request_key": secrets.token_urlsafe(24)})
        self.currency = left.currency

    def clean_amount(self) -> int:
        try:
            return Money.parse(self.cleaned_data["amount"], self.currency).minor
        except NotAnAmount as refusal:
            raise forms.ValidationError(str(refusal)) from refusal
