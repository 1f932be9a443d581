"""What the components page shows: believable things, so that the look is judged on what it is for."""

from datetime import timedelta
from typing import Any

from django import forms
from django.core.paginator import Paginator
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from comptoir.kernel import clock
from comptoir.kernel.money import Money


class SampleForm(forms.Form):
    title = forms.CharField(
        label=gettext_lazy("Title"), max_length=80, help_text=gettext_lazy("What it does, in a few words.")
    )
    description = forms.CharField(label=gettext_lazy("Description"), widget=forms.Textarea, required=False)
    category = forms.ChoiceField(
        label=gettext_lazy("Category"),
        choices=[("sales", gettext_lazy("Sales")), ("support", gettext_lazy("Support"))],
    )
    price = forms.CharField(
        label=gettext_lazy("Price"), widget=forms.TextInput(attrs={"inputmode": "decimal"})
    )
    currency = forms.ChoiceField(
        label=gettext_lazy("Currency"), choices=[("EUR", "EUR"), ("USD", "USD"), ("GBP", "GBP")]
    )
    delivery = forms.ChoiceField(
        label=gettext_lazy("How it is delivered"),
        choices=[("file", gettext_lazy("A file to download")), ("link", gettext_lazy("A link by email"))],
        widget=forms.RadioSelect,
        initial="file",
    )
    terms = forms.BooleanField(label=gettext_lazy("I made this myself, and may sell it."))
    file_key = forms.CharField(label=gettext_lazy("File"), widget=forms.HiddenInput)


def everything() -> dict[str, Any]:
    pages = Paginator(range(120), 24)
    return {
        "form": SampleForm(),
        "wrong_form": SampleForm({"category": "sales", "delivery": "file", "currency": "EUR"}),
        "now": clock.now(),
        "month": _month(),
        "trend": [3, 4, 4, 6, 5, 8, 7, 11, 12, 15],
        "orders": _orders(),
        "entries": _entries(),
        "page": pages.page(2),
        "steps": [_("Details"), _("Payment"), _("Download")],
        "crumbs": [(_("Account"), "/account"), (_("Sales"), "?tab=sales")],
        "tabs": [
            {"label": _("Sales"), "href": "?tab=sales", "current": True, "count": 12},
            {"label": _("Payouts"), "href": "?tab=payouts", "current": False, "count": 3},
            {"label": _("Refunds"), "href": "?tab=refunds", "current": False, "count": None},
        ],
        "filters": [
            {
                "title": _("State"),
                "options": [
                    {"label": _("Paid"), "href": "?state=paid", "current": True, "count": 18},
                    {"label": _("Pending"), "href": "?state=pending", "current": False, "count": 7},
                    {"label": _("Refunded"), "href": "?state=refunded", "current": False, "count": 5},
                ],
            }
        ],
    }


def _month() -> list[tuple[str, int, str]]:
    sold = [0, 1999, 3999, 1200, 0, 5998, 2999, 4400, 7998, 1999, 0, 6500, 8997, 5200]
    return [(str(day), minor, Money(minor, "EUR").format()) for day, minor in enumerate(sold, start=1)]


def _orders() -> list[dict[str, Any]]:
    now = clock.now()
    rows = [
        (_("Invoices from the mailbox to the books"), now, 4900, "good", _("Paid")),
        (_("Quote reminders, politely"), now - timedelta(days=2), 1999, "wait", _("Pending")),
        (_("Support triage with a human at the end"), now - timedelta(days=9), 3001, "bad", _("Refunded")),
    ]
    return [dict(zip(("title", "at", "minor", "state", "word"), row, strict=True)) for row in rows]


def _entries() -> list[dict[str, Any]]:
    now = clock.now()
    return [
        {
            "text": _("Delivered: the buyer downloaded the file."),
            "at": now,
            "who": "Camille Laurent",
            "tone": "good",
        },
        {"text": _("Paid by card."), "at": now - timedelta(minutes=3), "who": "", "tone": ""},
        {"text": _("Order placed."), "at": now - timedelta(minutes=5), "who": "Camille Laurent", "tone": ""},
    ]
