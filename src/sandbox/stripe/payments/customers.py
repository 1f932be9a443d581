"""Customers: their details, and the payment methods attached to them."""

import re
from typing import Any

from sandbox.state import Record
from sandbox.stripe.api.call import Call, Handler, merged_metadata
from sandbox.stripe.api.errors import invalid_request, resource_missing
from sandbox.stripe.api.pagination import paginate
from sandbox.stripe.payments import payment_methods
from sandbox.stripe.webhooks import events

COPIED_PARAMS = (
    "description", "email", "name", "phone", "preferred_locales", "tax_exempt", "address", "shipping",
)  # fmt: skip
EMAIL = re.compile(r"[^@\s]+@[^@\s]+\.[^@\s.]+\Z")


def require_email(email: str, *, param: str) -> None:
    if not EMAIL.match(email):
        raise invalid_request(f"Invalid email address: {email}", param=param, code="email_invalid")


def create_customer(call: Call, **given: Any) -> Record:
    customer = call.create(
        "customer",
        "cus_",
        balance=0,
        delinquent=False,
        invoice_prefix=call.new_id("", 8).upper(),
        invoice_settings={
            "custom_fields": None,
            "default_payment_method": None,
            "footer": None,
            "rendering_options": None,
        },
        livemode=False,
        metadata=given.pop("metadata", None) or {},
        name=given.pop("name", None),
        phone=given.pop("phone", None),
        preferred_locales=given.pop("preferred_locales", []),
        tax_exempt=given.pop("tax_exempt", "none"),
        **given,
    )
    events.emit(call, "customer.created", customer)
    return customer


def create(call: Call) -> Record:
    params = call.params
    if "email" in params:
        require_email(params["email"], param="email")
    given = {name: params[name] or None for name in COPIED_PARAMS if name in params}
    customer = create_customer(call, metadata=params.get("metadata"), **given)
    if "payment_method" in params:
        payment_methods.attach_to_customer(
            call, payment_methods.resolve(call, params["payment_method"]), customer["id"]
        )
    if settings := params.get("invoice_settings"):
        _set_invoice_settings(call, customer, settings)
    return customer


def retrieve(call: Call) -> dict[str, Any]:
    customer = call.find("customer", call.path["id"])
    return _deletion(customer) if customer.get("_deleted") else customer


def update(call: Call) -> Record:
    customer = call.find("customer", call.path["id"])
    if customer.get("_deleted"):
        raise resource_missing("customer", customer["id"])
    params = call.params
    if params.get("email"):
        require_email(params["email"], param="email")
    changes: dict[str, Any] = {name: params[name] or None for name in COPIED_PARAMS if name in params}
    if "metadata" in params:
        changes["metadata"] = merged_metadata(customer, params)
    before = call.change(customer, **changes)
    if settings := params.get("invoice_settings"):
        before |= _set_invoice_settings(call, customer, settings)
    if before:
        events.emit(call, "customer.updated", customer, previous=before)
    return customer


def _set_invoice_settings(call: Call, customer: Record, settings: dict[str, Any]) -> dict[str, Any]:
    default = settings.get("default_payment_method")
    if default:
        method = call.find("payment_method", default, param="invoice_settings[default_payment_method]")
        if method["customer"] != customer["id"]:
            message = (
                f"The customer does not have a payment method with the ID {default}. "
                "The payment method must be attached to the customer."
            )
            raise invalid_request(
                message, param="invoice_settings[default_payment_method]", code="resource_missing"
            )
    known = {name: value or None for name, value in settings.items() if name in customer["invoice_settings"]}
    return call.change(customer, invoice_settings={**customer["invoice_settings"], **known})


def delete(call: Call) -> dict[str, Any]:
    customer = call.find("customer", call.path["id"])
    call.change(customer, _deleted=True)
    for method in call.list_own("payment_method"):
        if method["customer"] == customer["id"]:
            call.change(method, customer=None, _detached=True)
    events.emit(call, "customer.deleted", customer)
    return _deletion(customer)


def _deletion(customer: Record) -> dict[str, Any]:
    return {"id": customer["id"], "object": "customer", "deleted": True}


def list_customers(call: Call) -> dict[str, Any]:
    living = [customer for customer in call.list_own("customer") if not customer.get("_deleted")]
    return paginate(call, living, filters=("email",))


OPERATIONS: dict[str, Handler] = {
    "GET /v1/customers": list_customers,
    "POST /v1/customers": create,
    "GET /v1/customers/{id}": retrieve,
    "POST /v1/customers/{id}": update,
    "DELETE /v1/customers/{id}": delete,
}
