"""Stripe's published description of its answers, as a strict schema: no field may be missing, wrong or unknown."""

import json
import re
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import stripe
from jsonschema import Draft202012Validator

DESCRIPTION = Path(__file__).parents[3] / "shared" / "contracts" / "stripe-openapi-2026-10-28.json"
ERROR = "#/components/schemas/error"


def strict(schema: Any) -> Any:
    """OpenAPI's schema as JSON Schema, where `nullable` means null and what is not named is refused."""
    if isinstance(schema, list):
        return [strict(part) for part in schema]
    if not isinstance(schema, dict):
        return schema
    parts = {
        name: strict(part)
        for name, part in schema.items()
        if name not in ("nullable", "x-expansionResources")
    }
    if isinstance(schema.get("properties"), dict) and "additionalProperties" not in schema:
        parts["additionalProperties"] = False
    return {"anyOf": [parts, {"type": "null"}]} if schema.get("nullable") is True else parts


class Contract:
    def __init__(self, description: dict[str, Any]):
        self.schemas = strict(description["components"]["schemas"])
        for schema in self.schemas.values():
            if schema.get("x-stub"):
                schema.pop("additionalProperties", None)
        self.operations = [
            (method.upper(), self._pattern(path), path, operation["responses"]["200"])
            for path, methods in sorted(description["paths"].items(), key=lambda item: item[0].count("{"))
            for method, operation in methods.items()
        ]
        self.seen: set[str] = set()

    @staticmethod
    def _pattern(path: str) -> re.Pattern[str]:
        return re.compile(re.sub(r"\\\{\w+\\\}", "[^/]+", re.escape(path)) + r"\Z")

    def check_answer(self, method: str, url: str, status: int, body: dict[str, Any]) -> None:
        if status != 200:
            self._check({"$ref": ERROR}, body, f"the error of {method} {url}")
            return
        path = urlsplit(url).path
        template, response = next(
            (template, response)
            for wanted, pattern, template, response in self.operations
            if wanted == method.upper() and pattern.match(path)
        )
        self.seen.add(f"{method.upper()} {template}")
        schema = strict(response["content"]["application/json"]["schema"])
        self._check(schema, body, f"the answer of {method} {template}")

    def check_event(self, event: dict[str, Any]) -> None:
        self._check({"$ref": "#/components/schemas/event"}, event | {"data": {"object": {}}}, "the event")
        self._check({"$ref": f"#/components/schemas/event:{event['type']}"}, event["data"], event["type"])

    def _check(self, schema: dict[str, Any], body: Any, what: str) -> None:
        validator = Draft202012Validator({**schema, "components": {"schemas": self.schemas}})
        errors = sorted(validator.iter_errors(body), key=lambda error: len(error.absolute_path), reverse=True)
        problems = [f"{'.'.join(map(str, error.absolute_path))}: {self._deepest(error)}" for error in errors]
        assert not problems, f"{what} is not as Stripe describes it:\n" + "\n".join(problems[:10])

    def _deepest(self, error: Any) -> str:
        """Of a choice that failed, the reason of the choice that came nearest."""
        while error.context:
            error = max(error.context, key=lambda inner: len(inner.absolute_path))
        return f"{'.'.join(map(str, error.absolute_path))} {error.message[:200]}"


def load() -> Contract | None:
    return Contract(json.loads(DESCRIPTION.read_text())) if DESCRIPTION.exists() else None


class CheckingClient(stripe.RequestsClient):
    """The SDK's own transport, which holds each answer against the contract."""

    def __init__(self, contract: Contract):
        super().__init__(timeout=20)
        self.contract = contract

    def request(self, method: str, url: str, headers: Any, post_data: Any = None) -> Any:
        content, status, answered = super().request(method, url, headers, post_data)
        self.contract.check_answer(method, url, status, json.loads(content))
        return content, status, answered
