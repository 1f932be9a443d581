"""Listings for the tests of pages, published as sellers publish them, without a gateway."""

import io
import json
from typing import Any

from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from PIL import Image

from comptoir.kernel import clock, files
from comptoir.kernel.accounts.models import User
from comptoir.kernel.accounts.workspaces import open_workspace
from comptoir.kernel.payments.models import Payee, Payment
from comptoir.marketplace.models import Automation, CatalogueEdition, Order, OrderItem, Purchase, Seller
from comptoir.marketplace.selling import publishing

WORKFLOW = json.dumps(
    {"name": "Reminder", "nodes": [{"type": "n8n-nodes-base.cron"}], "connections": {}}
).encode()


def can_be_paid(user: User, *, so: bool = True, account: str = "") -> User:
    """As if Stripe had said so of their account; `account` is one that the sandbox knows."""
    said = {"charges_enabled": so, "payouts_enabled": so, "details_submitted": so}
    payee, _made = Payee.objects.update_or_create(
        user=user, defaults={**said, "workspace": open_workspace(user)}
    )
    if account or not payee.account:
        payee.account = account or f"acct_{user.pk}"
        payee.save()
    return user


def put_up(user: User, **changes: Any) -> Automation:
    """A listing of this user's, with both of its files brought in as a browser brings them."""
    can_be_paid(user)
    listing = {
        "title": "Chase late invoices",
        "description": "Reads unpaid invoices every morning.\n\nWrites a polite reminder.",
        "price": 1999,
        "currency": "EUR",
        "category": "finance",
        "platform": "n8n",
        "tags": ["invoices", "mail"],
        "version": "1.0.0",
        **changes,
    }
    return publishing.publish(
        user,
        **listing,
        file_key=_bring(user, "automationFile", "chase.json", "application/json", WORKFLOW),
        preview_image_key=_bring(user, "previewImage", "chase.png", "image/png", _picture()),
    )


def put_up_many(user: User, count: int) -> list[Automation]:
    """So many listings that differ in their titles alone: `Number 1` is the oldest of them."""
    first = put_up(user, title="Number 1")
    rows = [
        Automation(
            seller=Seller.objects.get(user=user),
            title=f"Number {number}",
            description=first.description,
            price_minor=first.price_minor,
            currency=first.currency,
            category=first.category,
            platform=first.platform,
            picture=first.picture,
            search_text=f"number {number}",
            published_at=clock.now(),
        )
        for number in range(2, count + 1)
    ]
    Automation.objects.bulk_create(rows)
    CatalogueEdition.objects.update(number=99)
    return [first, *rows]


def bought(buyer: User, automation: Automation) -> Order:
    """An order of this one thing that has been paid and delivered."""
    price = {"currency": automation.currency}
    payment = Payment.objects.create(
        purpose="marketplace.order", payer=buyer, state="paid", amount_minor=automation.price_minor, **price
    )
    order = Order.objects.create(
        buyer=buyer,
        state="paid",
        payment_id=payment.pk,
        total_minor=automation.price_minor,
        paid_at=clock.now(),
        **price,
    )
    item = OrderItem.objects.create(
        order=order,
        buyer=buyer,
        automation=automation,
        seller=automation.seller,
        version=automation.current,
        title=automation.title,
        price_minor=automation.price_minor,
        fee_minor=300,
        **price,
    )
    Purchase.objects.create(item=item, buyer=buyer, seller=automation.seller, automation=automation)
    return order


def _bring(user: User, kind: str, filename: str, content_type: str, data: bytes) -> str:
    upload = files.presign_upload(
        user, kind=kind, filename=filename, content_type=content_type, size=len(data)
    )
    form = {**upload.fields, "file": SimpleUploadedFile(filename, data)}
    assert Client().post(upload.upload_url, form).status_code == 204
    return upload.key


def _picture() -> bytes:
    drawn = io.BytesIO()
    Image.new("RGB", (640, 400), "#17513d").save(drawn, "PNG")
    return drawn.getvalue()
