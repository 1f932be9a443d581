"""Writes schema.json, what the sandbox knows of parameters and objects, from Stripe's published OpenAPI description.

`python -m sandbox.stripe.api.derive_schema OPENAPI.json` rewrites the file beside this one. Run it again when the
pinned API version moves or an operation is added to `OPERATIONS`.

The notation: "s" text, "i" integer, "n" number, "b" boolean, "m" metadata, "" the empty text that unsets;
{"enum": [...]}; {"list": X}; {"any": [X, ...]}; {"object": {name: X}, "required": [...]};
"#12" the twelfth of "shapes", where equal shapes stand once.
"""

import json
import sys
from pathlib import Path
from typing import Any

SCHEMA_FILE = Path(__file__).with_name("schema.json")
OPERATIONS = [
    "GET /v1/account",
    "GET /v1/accounts",
    "POST /v1/accounts",
    "GET /v1/accounts/{id}",
    "POST /v1/accounts/{id}",
    "DELETE /v1/accounts/{id}",
    "POST /v1/accounts/{id}/login_links",
    "POST /v1/accounts/{id}/reject",
    "POST /v1/account_links",
    "GET /v1/application_fees",
    "GET /v1/application_fees/{id}",
    "GET /v1/application_fees/{id}/refunds",
    "POST /v1/application_fees/{id}/refunds",
    "GET /v1/application_fees/{feeId}/refunds/{id}",
    "GET /v1/balance",
    "GET /v1/balance_transactions",
    "GET /v1/balance_transactions/{id}",
    "GET /v1/charges",
    "GET /v1/charges/{id}",
    "POST /v1/charges/{id}",
    "GET /v1/checkout/sessions",
    "POST /v1/checkout/sessions",
    "GET /v1/checkout/sessions/{id}",
    "POST /v1/checkout/sessions/{id}",
    "POST /v1/checkout/sessions/{id}/expire",
    "GET /v1/checkout/sessions/{id}/line_items",
    "GET /v1/customers",
    "POST /v1/customers",
    "GET /v1/customers/{id}",
    "POST /v1/customers/{id}",
    "DELETE /v1/customers/{id}",
    "GET /v1/customers/{id}/payment_methods",
    "GET /v1/customers/{customerId}/payment_methods/{id}",
    "GET /v1/disputes",
    "GET /v1/disputes/{id}",
    "POST /v1/disputes/{id}",
    "POST /v1/disputes/{id}/close",
    "GET /v1/events",
    "GET /v1/events/{id}",
    "GET /v1/payment_intents",
    "POST /v1/payment_intents",
    "GET /v1/payment_intents/{id}",
    "POST /v1/payment_intents/{id}",
    "POST /v1/payment_intents/{id}/cancel",
    "POST /v1/payment_intents/{id}/capture",
    "POST /v1/payment_intents/{id}/confirm",
    "GET /v1/payment_methods",
    "POST /v1/payment_methods",
    "GET /v1/payment_methods/{id}",
    "POST /v1/payment_methods/{id}",
    "POST /v1/payment_methods/{id}/attach",
    "POST /v1/payment_methods/{id}/detach",
    "GET /v1/payouts",
    "POST /v1/payouts",
    "GET /v1/payouts/{id}",
    "GET /v1/refunds",
    "POST /v1/refunds",
    "GET /v1/refunds/{id}",
    "POST /v1/refunds/{id}",
    "GET /v1/setup_intents",
    "POST /v1/setup_intents",
    "GET /v1/setup_intents/{id}",
    "POST /v1/setup_intents/{id}",
    "POST /v1/setup_intents/{id}/cancel",
    "POST /v1/setup_intents/{id}/confirm",
    "GET /v1/transfers",
    "POST /v1/transfers",
    "GET /v1/transfers/{id}",
    "POST /v1/transfers/{id}",
    "GET /v1/transfers/{id}/reversals",
    "POST /v1/transfers/{id}/reversals",
    "GET /v1/transfers/{transferId}/reversals/{id}",
    "POST /v1/transfers/{transferId}/reversals/{id}",
    "GET /v1/webhook_endpoints",
    "POST /v1/webhook_endpoints",
    "GET /v1/webhook_endpoints/{id}",
    "POST /v1/webhook_endpoints/{id}",
    "DELETE /v1/webhook_endpoints/{id}",
]
OBJECTS = [
    "account", "application_fee", "balance_transaction", "charge", "checkout.session", "customer", "dispute", "event",
    "fee_refund", "item", "payment_intent", "payment_method", "payout", "price", "product", "refund", "setup_intent",
    "transfer", "transfer_reversal", "webhook_endpoint",
]  # fmt: skip
PLAIN_TYPES = {"string": "s", "integer": "i", "number": "n", "boolean": "b"}


class SchemaDerivation:
    def __init__(self, document: dict[str, Any]):
        self.document = document
        self.schemas: dict[str, Any] = document["components"]["schemas"]
        self.shapes: list[Any] = []
        self.references: dict[str, str] = {}

    def schema(self) -> dict[str, Any]:
        operations = {name: self.parameters_of(name) for name in OPERATIONS}
        return {
            "version": self.document["info"]["version"],
            "operations": operations,
            "objects": {name: self.object_of(name) for name in OBJECTS},
            "shapes": self.shapes,
        }

    def parameters_of(self, name: str) -> Any:
        method, path = name.split()
        operation = self.document["paths"][path][method.lower()]
        if "x-querySchema" in operation:
            return self.compact(operation["x-querySchema"])
        body = operation["requestBody"]["content"]["application/x-www-form-urlencoded"]["schema"]
        return self.compact(body)

    def compact(self, schema: dict[str, Any]) -> Any:
        if "$ref" in schema:
            return self.compact(self.schemas[schema["$ref"].rsplit("/", 1)[-1]])
        if "anyOf" in schema:
            return self.deduplicated({"any": [self.compact(choice) for choice in schema["anyOf"]]})
        if schema.get("enum") == [""]:
            return ""
        if "enum" in schema or "x-openEnum" in schema:
            return self.deduplicated({"enum": schema.get("enum") or schema["x-openEnum"]})
        if schema.get("type") == "array":
            return {"list": self.compact(schema["items"])}
        if schema.get("type") == "object":
            return self.object_schema(schema)
        return PLAIN_TYPES[schema["type"]]

    def object_schema(self, schema: dict[str, Any]) -> Any:
        if "properties" not in schema:
            return "m" if schema.get("additionalProperties") else self.deduplicated({"object": {}})
        shape: dict[str, Any] = {
            "object": {name: self.compact(part) for name, part in schema["properties"].items()}
        }
        if schema.get("required"):
            shape["required"] = schema["required"]
        return self.deduplicated(shape)

    def deduplicated(self, shape: dict[str, Any]) -> str:
        text = json.dumps(shape, sort_keys=True)
        if text not in self.references:
            self.references[text] = f"#{len(self.shapes)}"
            self.shapes.append(shape)
        return self.references[text]

    def object_of(self, name: str) -> dict[str, Any]:
        schema = self.schemas[name]
        properties = schema["properties"]
        return {
            "nulls": [key for key in schema.get("required", []) if properties[key].get("nullable")],
            "expandable": self.expandable(schema),
        }

    def expandable(self, schema: dict[str, Any], depth: int = 0) -> dict[str, Any]:
        """Which fields can be expanded: {field: true}, or {field: {...}} inside a nested object."""
        found: dict[str, Any] = {}
        for key, part in schema.get("properties", {}).items():
            if "x-expansionResources" in part:
                found[key] = True
            elif depth < 2:
                choices = [part, *part.get("anyOf", [])]
                for choice in choices:
                    target = self.schemas.get(choice.get("$ref", "").rsplit("/", 1)[-1])
                    inner = (
                        self.expandable(target, depth + 1) if target and "x-resourceId" not in target else {}
                    )
                    if inner:
                        found[key] = inner
        return found


def main() -> None:
    document = json.loads(Path(sys.argv[1]).read_text())
    schema = SchemaDerivation(document).schema()
    parts = (f'"{name}":' + lines_of(part) for name, part in schema.items())
    SCHEMA_FILE.write_text("{" + ",\n".join(parts) + "}\n")


def lines_of(part: Any) -> str:
    """JSON with one entry a line, so that a change of version can be read as a diff."""
    if isinstance(part, dict):
        return (
            "{\n"
            + ",\n".join(f"{json.dumps(key)}:{compact_json(value)}" for key, value in part.items())
            + "}"
        )
    if isinstance(part, list):
        return "[\n" + ",\n".join(compact_json(value) for value in part) + "]"
    return compact_json(part)


def compact_json(value: Any) -> str:
    return json.dumps(value, separators=(",", ":"))


if __name__ == "__main__":
    main()
