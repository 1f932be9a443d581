"""Forms in front of a story: what it refuses is written beside the answers it is about, and nothing typed is lost."""

import re

from babel.numbers import get_decimal_symbol
from django import forms
from django.utils.translation import get_language, to_locale

from comptoir.kernel.errors import Refusal
from comptoir.kernel.money import Money

BEFORE_A_CAPITAL = re.compile(r"(?<=[a-z])(?=[A-Z])")


class DomainForm(forms.Form):
    """A form that can take in what its story refuses. `status` is what a page with its errors answers with."""

    status = 422

    def refuse(self, refusal: Refusal) -> None:
        """Write each error beside the answer that it is about, and the rest above them all."""
        self.status = refusal.status
        for error in refusal.errors:
            name = BEFORE_A_CAPITAL.sub("_", error.field).lower()
            self.add_error(name if name in self.fields else None, str(error.message))
        if not refusal.errors:
            self.add_error(None, str(refusal))


def typed(amount: Money) -> str:
    """An amount as a person would type it: `19,99` in French."""
    symbol = get_decimal_symbol(to_locale(get_language() or "en"))
    return format(amount.decimal, "f").replace(".", symbol)
