"""What Stripe still wants of a payee, as a person reads it."""

import pytest
from django.utils import translation

from comptoir.kernel.payments.gateways.stripe.requirements import in_words

# As Stripe names them: https://docs.stripe.com/connect/required-verification-information
NAMED = {
    "external_account": "the bank account that you are paid out to",
    "tos_acceptance.ip": "your agreement to the terms of the payment provider",
    "business_profile.url": "the address of your site, or of a page about you",
    "business_profile.support_phone": "how buyers can reach you",
    "individual.dob.day": "your date of birth",
    "individual.address.postal_code": "your address",
    "individual.verification.document": "an identity document",
    "individual.verification.additional_document": "a proof of address",
    "person_1Nv0FGQ9RKHgCVdK.first_name": "your full name",
    "representative.relationship.title": "your part in the company",
    "company.tax_id": "the company’s registration number",
    "company.address.city": "the company’s name and address",
    "relationship.owner": "who owns the company",
    "something.stripe.invents": "one more detail, which the payment provider will name",
}


@pytest.mark.req("K9")
@pytest.mark.parametrize("name", NAMED)
def test_each_requirement_has_words(name: str) -> None:
    assert in_words([name]) == [NAMED[name]]


@pytest.mark.req("K9")
def test_what_is_asked_in_parts_is_said_once_and_in_the_readers_language() -> None:
    parts = ["individual.dob.day", "individual.dob.month", "individual.dob.year", "external_account"]
    with translation.override("fr"):
        assert in_words(parts) == ["votre date de naissance", "le compte bancaire qui reçoit vos virements"]
