"""What a gateway still wants to know of a payee, in words. The gateway's own names are Stripe's.

https://docs.stripe.com/connect/required-verification-information
"""

from collections.abc import Iterable

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

# By the beginning of the name, the longest first.
_OF_THE_ACCOUNT: dict[str, str | Promise] = {
    "business_profile.mcc": _("your line of business"),
    "business_profile.product_description": _("what you sell, in a sentence"),
    "business_profile.support": _("how buyers can reach you"),
    "business_profile.url": _("the address of your site, or of a page about you"),
    "business_type": _("whether you sell as a person or as a company"),
    "external_account": _("the bank account that you are paid out to"),
    "tos_acceptance": _("your agreement to the terms of the payment provider"),
    "company.tax_id": _("the company’s registration number"),
    "company.registration_number": _("the company’s registration number"),
    "company.vat_id": _("the company’s VAT number"),
    "company.verification": _("a document about the company"),
    "company": _("the company’s name and address"),
    "owners": _("who owns the company"),
    "directors": _("who directs the company"),
    "executives": _("who directs the company"),
    "relationship": _("who owns the company"),
}
# The same, after the name of a person: `individual.dob.day`, `person_1Nv0FG.verification.document`.
_OF_A_PERSON: dict[str, str | Promise] = {
    "verification.additional_document": _("a proof of address"),
    "verification": _("an identity document"),
    "first_name": _("your full name"),
    "last_name": _("your full name"),
    "dob": _("your date of birth"),
    "address": _("your address"),
    "email": _("your email address"),
    "phone": _("your phone number"),
    "id_number": _("your national identity or tax number"),
    "ssn_last_4": _("your national identity or tax number"),
    "nationality": _("your nationality"),
    "relationship": _("your part in the company"),
}
_SOMETHING_ELSE = _("one more detail, which the payment provider will name")


def in_words(requirements: Iterable[str]) -> list[str]:
    """Each thing once, in the reader's language, to stand in a sentence or a list."""
    return list(dict.fromkeys(_said(name) for name in requirements))


def _said(name: str) -> str:
    owner, _dot, rest = name.partition(".")
    if owner in ("individual", "representative") or owner.startswith("person_"):
        return _longest(_OF_A_PERSON, rest)
    return _longest(_OF_THE_ACCOUNT, name)


def _longest(known: dict[str, str | Promise], name: str) -> str:
    fitting = [start for start in known if name == start or name.startswith((f"{start}.", f"{start}_"))]
    return str(known[max(fitting, key=len)] if fitting else _SOMETHING_ELSE)
