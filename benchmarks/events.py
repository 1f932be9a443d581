"""Webhooks as Stripe sends them: the size and shape of its own, each with an id of its own, signed."""

import hashlib
import hmac
import json
import time

from benchmarks import load
from benchmarks.processes import SECRET

PATH = "/api/webhooks/stripe"


# One of its sessions, less what differs from one to the next.
SESSION = {
    "object": "checkout.session",
    "adaptive_pricing": {"enabled": False},
    "after_expiration": None,
    "allow_promotion_codes": None,
    "amount_subtotal": 1999,
    "amount_total": 1999,
    "automatic_tax": {"enabled": False, "liability": None, "provider": None, "status": None},
    "billing_address_collection": None,
    "cancel_url": "https://shop.example/cart",
    "client_secret": None,
    "collected_information": None,
    "consent": None,
    "consent_collection": None,
    "created": 1_790_000_000,
    "currency": "eur",
    "currency_conversion": None,
    "custom_fields": [],
    "custom_text": {"after_submit": None, "shipping_address": None, "submit": None},
    "customer": None,
    "customer_creation": "if_required",
    "customer_details": {
        "address": {"city": None, "country": "FR", "line1": None, "postal_code": None, "state": None},
        "email": "bruno@example.test",
        "name": "Bruno Martin",
        "phone": None,
        "tax_exempt": "none",
        "tax_ids": [],
    },
    "customer_email": "bruno@example.test",
    "discounts": [],
    "expires_at": 1_790_010_800,
    "invoice": None,
    "invoice_creation": {
        "enabled": False,
        "invoice_data": {"description": None, "footer": None, "metadata": {}},
    },
    "livemode": False,
    "locale": "fr",
    "mode": "payment",
    "payment_link": None,
    "payment_method_collection": "if_required",
    "payment_method_options": {"card": {"request_three_d_secure": "automatic"}},
    "payment_method_types": ["card", "link"],
    "payment_status": "paid",
    "phone_number_collection": {"enabled": False},
    "recovered_from": None,
    "saved_payment_method_options": None,
    "setup_intent": None,
    "shipping_address_collection": None,
    "shipping_cost": None,
    "shipping_options": [],
    "status": "complete",
    "submit_type": None,
    "subscription": None,
    "total_details": {"amount_discount": 0, "amount_shipping": 0, "amount_tax": 0},
    "ui_mode": "hosted",
    "url": None,
}


def session_completed(number: int, *, session: str = "", payment: str = "") -> tuple[str, bytes]:
    """The id and the body of one event, laid out over some hundred lines as Stripe does."""
    name = f"evt_1Q{number:022d}"
    session = session or f"cs_test_a1{number:056d}"
    differing = {
        "id": session,
        "client_reference_id": payment,
        "metadata": {"payment": payment, "purpose": "marketplace.order"},
        "payment_intent": f"pi_3Q{number:022d}",
        "success_url": f"https://shop.example/payments/{payment}/return",
    }
    event = {
        "id": name,
        "object": "event",
        "api_version": "2026-10-28.endive",
        "created": 1_790_000_300,
        "data": {"object": SESSION | differing},
        "livemode": False,
        "pending_webhooks": 1,
        "request": {"id": None, "idempotency_key": None},
        "type": "checkout.session.completed",
    }
    return name, json.dumps(event, indent=2).encode()


def signed(body: bytes) -> bytes:
    """The request that brings it."""
    stamp = int(time.time())
    signature = hmac.new(SECRET.encode(), b"%d.%b" % (stamp, body), hashlib.sha256).hexdigest()
    headers = {"Content-Type": "application/json", "Stripe-Signature": f"t={stamp},v1={signature}"}
    return load.request("POST", PATH, headers=headers, body=body)
