"""The operator's desk says everything in words of the reader's language: heads, labels, and what a row is called."""

from typing import Any

import pytest
from django.apps import apps
from django.contrib import admin
from django.contrib.admin.utils import flatten
from django.core.exceptions import FieldDoesNotExist
from django.db.models import Model
from django.test import Client, RequestFactory
from django.utils.functional import Promise

from comptoir.kernel import clock
from comptoir.kernel.payments.models import Dispute, Payment, Refund
from tests.sandbox_process import visible_text

admin.autodiscover()
DESKS = {model._meta.label: desk for model, desk in admin.site._registry.items()}


@pytest.mark.once
@pytest.mark.parametrize("label", DESKS)
def test_every_head_and_every_label_can_be_translated(label: str) -> None:
    desk = DESKS[label]
    parts: list[Any] = [desk, *(inline(desk.model, admin.site) for inline in desk.inlines)]
    missing = [
        f"{part.model._meta.label}.{name}"
        for part in parts
        for name in {*getattr(part, "list_display", ()), *_fields(part)}
        if not isinstance(_head(part, str(name)), Promise)
    ]
    assert missing == []
    app = apps.get_app_config(desk.model._meta.app_label)
    assert isinstance(app.verbose_name, Promise), "the house's rooms, and the libraries', have names in words"


def _fields(part: Any) -> list[Any]:
    """Of the page of a row that is there."""
    return flatten(part.get_fields(RequestFactory().get("/"), part.model())) if part.fields else []


def _head(part: Any, name: str) -> Any:
    model: type[Model] = part.model
    if name == "__str__":
        return model._meta.verbose_name
    form = getattr(getattr(part, "form", None), "base_fields", {})
    if name in form and form[name].label:
        return form[name].label
    try:
        return model._meta.get_field(name).verbose_name  # type: ignore[union-attr]
    except FieldDoesNotExist:
        return getattr(getattr(part, name, None), "short_description", None)


@pytest.fixture
def payment(bruno: Any) -> Payment:
    about = {"purpose": "marketplace.order", "subject_id": "1", "payer": bruno, "gateway": "stripe"}
    return Payment.objects.create(**about, amount_minor=2900, currency="EUR", state="paid", charge="ch_1")


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("kind", "language", "called"),
    [
        ("payment", "en", "€29.00 · Paid"),
        ("payment", "fr", "29,00 € · Payé"),
        ("refund", "en", "€5.00 · Failed"),
        ("refund", "fr", "5,00 € · Échoué"),
        ("dispute", "en", "€29.00 · Evidence wanted"),
        ("dispute", "fr", "29,00 € · Justificatifs attendus"),
    ],
)
def test_a_row_is_called_by_its_amount_and_its_state(
    client: Client, odile: Any, payment: Payment, kind: str, language: str, called: str
) -> None:
    odile.locale = language
    odile.save()
    client.force_login(odile)
    refund = Refund.objects.create(
        payment=payment, key="k", amount_minor=500, state="failed", gateway="stripe", settled_at=clock.now()
    )
    dispute = Dispute.objects.create(
        payment=payment, gateway="stripe", reference="du_1", amount_minor=2900, currency="EUR"
    )
    row = {"payment": payment, "refund": refund, "dispute": dispute}[kind]
    page = client.get(f"/admin/payments/{kind}/{row.pk}/change/")
    assert page.status_code == 200
    text = visible_text(page.text).replace("\xa0", " ").replace("\u202f", " ")
    assert called in text
    assert "None" not in text and "needs_response" not in text
