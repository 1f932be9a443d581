"""The schema of Stripe's API, as `derive_schema` condensed it: parameters, nullable fields, expandable fields."""

import json
from pathlib import Path
from typing import Any

SCHEMA: dict[str, Any] = json.loads(Path(__file__).with_name("schema.json").read_text())
API_VERSION: str = SCHEMA["version"]


def empty_fields(kind: str) -> dict[str, None]:
    """The fields that an object of this kind always has, and that are null unless something else is said."""
    return dict.fromkeys(SCHEMA["objects"].get(kind, {}).get("nulls", []))


def expandable_fields(kind: str) -> dict[str, Any]:
    """{field: true}, or {field: {...}} where something inside a nested object can be expanded."""
    fields: dict[str, Any] = SCHEMA["objects"].get(kind, {}).get("expandable", {})
    return fields
