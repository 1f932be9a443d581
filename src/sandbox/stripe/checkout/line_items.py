"""The line items of a Checkout session, each with a price and a product made from its `price_data`."""

from decimal import Decimal, InvalidOperation
from typing import Any

from sandbox.state import Record
from sandbox.stripe.api.amounts import currency_of
from sandbox.stripe.api.call import Call
from sandbox.stripe.api.errors import invalid_request, parameter_missing, resource_missing

MAX_LINES = 100


def create_line_items(call: Call) -> list[Record]:
    requested = call.params["line_items"]
    if len(requested) > MAX_LINES:
        raise invalid_request(
            f"A Checkout Session can have up to {MAX_LINES} line items.", param="line_items"
        )
    lines = [_line(call, given, f"line_items[{place}]") for place, given in enumerate(requested)]
    if len({line["currency"] for line in lines}) > 1:
        raise invalid_request("All line items must have the same currency.", param="line_items")
    return lines


def _line(call: Call, given: dict[str, Any], where: str) -> Record:
    if "price" in given:
        raise resource_missing("price", given["price"], param=f"{where}[price]")
    if "price_data" not in given:
        raise parameter_missing(f"{where}[price_data]")
    quantity = given.get("quantity")
    if quantity is None:
        raise parameter_missing(f"{where}[quantity]")
    if quantity < 1:
        raise invalid_request("Quantity must be greater than or equal to 1.", param=f"{where}[quantity]")
    price, product = _price(call, given["price_data"], f"{where}[price_data]")
    amount = price["unit_amount"] * quantity
    return {
        "id": call.new_id("li_1"),
        "object": "item",
        "adjustable_quantity": None,
        "amount_discount": 0,
        "amount_subtotal": amount,
        "amount_tax": 0,
        "amount_total": amount,
        "currency": price["currency"],
        "description": product["name"],
        "metadata": given.get("metadata") or {},
        "price": {name: part for name, part in price.items() if not name.startswith("_")},
        "quantity": quantity,
    }


def _price(call: Call, data: dict[str, Any], where: str) -> tuple[Record, Record]:
    currency = currency_of(data["currency"], param=f"{where}[currency]")
    if "recurring" in data:
        message = "You must use `subscription` mode when passing recurring prices."
        raise invalid_request(message, param=f"{where}[recurring]")
    product = _product(call, data, where)
    unit_amount = _unit_amount(data, where)
    price = call.create(
        "price",
        "price_1",
        active=False,
        billing_scheme="per_unit",
        currency=currency,
        livemode=False,
        metadata={},
        product=product["id"],
        tax_behavior=data.get("tax_behavior", "unspecified"),
        type="one_time",
        unit_amount=unit_amount,
        unit_amount_decimal=str(unit_amount),
    )
    return price, product


def _unit_amount(data: dict[str, Any], where: str) -> int:
    if "unit_amount" not in data and "unit_amount_decimal" not in data:
        raise parameter_missing(f"{where}[unit_amount]")
    try:
        amount = Decimal(data["unit_amount"] if "unit_amount" in data else data["unit_amount_decimal"])
    except InvalidOperation:
        raise invalid_request("Invalid decimal", param=f"{where}[unit_amount_decimal]") from None
    if amount < 0 or amount != int(amount):
        raise invalid_request(
            "Invalid non-negative integer", param=f"{where}[unit_amount]", code="parameter_invalid_integer"
        )
    return int(amount)


def _product(call: Call, data: dict[str, Any], where: str) -> Record:
    if "product" in data:
        return call.find("product", data["product"], param=f"{where}[product]")
    if "product_data" not in data:
        raise parameter_missing(f"{where}[product_data]")
    given = data["product_data"]
    return call.create(
        "product",
        "prod_",
        active=False,
        default_price=None,
        description=given.get("description"),
        images=given.get("images", []),
        livemode=False,
        marketing_features=[],
        metadata=given.get("metadata") or {},
        name=given["name"],
        tax_code=given.get("tax_code"),
        type="service",
        updated=call.now,
    )
