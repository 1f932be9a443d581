"""The forms of sellers: what a person types, brought into the shape that the stories take, every error at once."""

from collections.abc import Mapping
from typing import Any

from django import forms
from django.conf import settings
from django.utils.translation import gettext_lazy as _

from comptoir.kernel.errors import Invalid
from comptoir.kernel.money import Money, NotAnAmount
from comptoir.marketplace.models import Automation, Category, Platform, Seller
from comptoir.marketplace.selling import listing_rules
from comptoir.ui.domain_forms import DomainForm, typed
from comptoir.ui.forms_refund import RefundForm


class ListingForm(DomainForm):
    """A new listing. Once valid, `cleaned_data` is what `selling.publish` takes."""

    uploads = ("file_key", "preview_image_key")
    file_key = forms.CharField(
        label=_("Workflow file"),
        widget=forms.HiddenInput,
        error_messages={"required": _("Choose the file that buyers will get.")},
    )
    preview_image_key = forms.CharField(
        label=_("Picture"),
        widget=forms.HiddenInput,
        error_messages={"required": _("Choose a picture: it is what buyers see first.")},
    )
    title = forms.CharField(
        label=_("Title"),
        help_text=_("What it does, in the words of those who need it."),
        widget=forms.TextInput(attrs={"data-count": listing_rules.TITLE_LENGTH[1], "autocomplete": "off"}),
        error_messages={"required": _("Give it a title.")},
    )
    description = forms.CharField(
        label=_("Description"),
        help_text=_("What it does, what it needs (accounts, access), and what a buyer has to set up."),
        widget=forms.Textarea(attrs={"data-count": listing_rules.DESCRIPTION_LENGTH[1], "rows": 8}),
        error_messages={"required": _("Describe it in a few sentences.")},
    )
    category = forms.ChoiceField(
        label=_("Category"),
        choices=[("", _("Choose…")), *Category.choices],
        error_messages={"required": _("Choose a category.")},
    )
    platform = forms.ChoiceField(
        label=_("Platform"),
        choices=[("", _("Choose…")), *Platform.choices],
        error_messages={"required": _("Choose the platform that it runs on.")},
    )
    tags = forms.CharField(
        label=_("Tags"),
        help_text=_("Up to 8, with commas between them: invoices, gmail, reminders."),
        required=False,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )
    price = forms.CharField(
        label=_("Price"),
        widget=forms.TextInput(attrs={"inputmode": "decimal", "autocomplete": "off"}),
        error_messages={"required": _("Set a price.")},
    )
    currency = forms.ChoiceField(label=_("Currency"), choices=[(code, code) for code in settings.CURRENCIES])
    version = forms.CharField(
        label=_("Version"),
        help_text=_("A number such as 1.0.0. It goes up with each new file."),
        initial="1.0.0",
        widget=forms.TextInput(attrs={"autocomplete": "off", "class": "short"}),
        error_messages={"required": _("Give this version a number.")},
    )

    def clean_description(self) -> str:
        """Browsers send each new line as two characters, and count it as one."""
        return self.cleaned_data["description"].replace("\r\n", "\n")

    def clean_tags(self) -> list[str]:
        return self.cleaned_data["tags"].split(",")

    def clean(self) -> dict[str, Any]:
        """With what the story will check as well, so that nobody mends one answer to hear of the next."""
        typed = self.cleaned_data
        if "price" in typed:
            try:
                typed["price"] = Money.parse(typed["price"], typed.get("currency", "EUR")).minor
            except NotAnAmount as refusal:
                self.add_error("price", str(refusal))
        checked = dict(typed)
        if "currency" not in checked:
            checked.pop("price", None)
        try:
            listing_rules.check(listing_rules.tidy(checked))
        except Invalid as refusal:
            self.refuse(refusal)
        return self.cleaned_data


class ChangeForm(ListingForm):
    """A listing that stands, to be changed. No new file is needed; a new one comes with a new number."""

    def __init__(self, automation: Automation, data: Mapping[str, Any] | None = None) -> None:
        self.present = {
            **{name: getattr(automation, name) for name in ("title", "description", "category", "platform")},
            "tags": automation.tags,
            "price": automation.price_minor,
            "currency": automation.currency,
            "version": automation.current.number if automation.current else "",
        }
        shown = {"tags": ", ".join(automation.tags), "price": typed(automation.price)}
        super().__init__(data, initial=self.present | shown)
        for name in self.uploads:
            self.fields[name].required = False
        self.fields["version"].widget.attrs["data-current"] = self.present["version"]

    @property
    def changes(self) -> dict[str, Any]:
        """What `selling.change` is to change."""
        tidied = listing_rules.tidy(self.cleaned_data)
        return {name: value for name, value in tidied.items() if value != self.present.get(name, "")}


class ShopForm(DomainForm):
    name = forms.CharField(
        label=_("Shop name"),
        help_text=_("Buyers see it beside each of your products."),
        widget=forms.TextInput(attrs={"autocomplete": "organization", "maxlength": 60}),
        error_messages={"required": _("Give your shop a name.")},
    )
    about = forms.CharField(
        label=_("About you"),
        help_text=_("Who you are and what you know, in a few sentences."),
        required=False,
        widget=forms.Textarea(attrs={"maxlength": 600, "rows": 4}),
    )

    def __init__(self, seller: Seller | None, data: Mapping[str, Any] | None = None) -> None:
        shown = {"name": seller.name, "about": seller.about} if seller else {}
        super().__init__(data, initial=shown)

    def clean_about(self) -> str:
        return self.cleaned_data["about"].replace("\r\n", "\n")


class RefundSaleForm(RefundForm):
    """How much of a sale to give back, and why."""

    reason = forms.CharField(
        label=_("Reason"),
        help_text=_("The buyer will read it."),
        max_length=1000,
        widget=forms.Textarea(attrs={"rows": 3}),
        error_messages={"required": _("Say why: the buyer will read it.")},
    )
