"""What the tables of payments hold to, whichever gateway a payment is made at."""

import pytest
from django.db import IntegrityError, transaction

from comptoir.kernel.payments.models import Payment

pytestmark = pytest.mark.django_db


def payment(**fields: str) -> Payment:
    return Payment.objects.create(purpose="toy", subject_id="1", amount_minor=100, currency="EUR", **fields)


@pytest.mark.parametrize("name", ["session", "reference"])
def test_two_gateways_may_use_the_same_name_and_one_may_not(name: str) -> None:
    payment(gateway="one", **{name: "same"})
    payment(gateway="two", **{name: "same"})
    with pytest.raises(IntegrityError), transaction.atomic():
        payment(gateway="two", **{name: "same"})
