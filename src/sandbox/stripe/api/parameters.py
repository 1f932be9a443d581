"""The parameters of a request: nested brackets become typed values, and what does not fit is refused as by Stripe."""

import json
import re
from collections.abc import Iterable
from typing import Any

from sandbox.stripe.api.errors import StripeError, invalid_request, parameter_missing
from sandbox.stripe.api.schema import SCHEMA

KEY = re.compile(r"\[([^\]]*)\]")
INTEGER = re.compile(r"[+-]?\d{1,18}\Z")
METADATA_KEYS, METADATA_KEY_LENGTH, METADATA_VALUE_LENGTH = 50, 40, 500


def parse_brackets(pairs: Iterable[tuple[str, str]]) -> dict[str, Any]:
    """`line_items[0][price_data][currency]=eur` as dictionaries; lists stay dictionaries keyed by their index."""
    tree: dict[str, Any] = {}
    for name, value in pairs:
        head = name.split("[", 1)[0]
        keys = [head, *KEY.findall(name[len(head) :])]
        node = tree
        for key in keys[:-1]:
            child = node.setdefault(_index(node, key), {})
            if not isinstance(child, dict):
                raise invalid_request(
                    f"Invalid request: parameter {name} is given twice, with and without brackets.",
                    param=head,
                )
            node = child
        node[_index(node, keys[-1])] = value
    return tree


def _index(node: dict[str, Any], key: str) -> str:
    return key or str(len(node))


def validate(operation: str, tree: dict[str, Any]) -> dict[str, Any]:
    """The parameters of one operation, checked against the schema and converted."""
    value = _validate(SCHEMA["operations"][operation], tree, "")
    if not isinstance(value, dict):
        raise TypeError(operation)
    return value


def _validate(shape: Any, value: Any, path: str) -> Any:
    if isinstance(shape, str) and shape.startswith("#"):
        shape = SCHEMA["shapes"][int(shape[1:])]
    if isinstance(shape, str):
        return _validate_scalar(shape, value, path)
    if "any" in shape:
        return _validate_any(shape["any"], value, path)
    if "enum" in shape:
        return _validate_enum(shape["enum"], value, path)
    if "list" in shape:
        return _validate_list(shape["list"], value, path)
    return _validate_object(shape, value, path)


def _validate_object(shape: dict[str, Any], value: Any, path: str) -> dict[str, Any]:
    if not isinstance(value, dict):
        raise invalid_request("Invalid object", param=path)
    known = shape["object"]
    unknown = [_join(path, name) for name in value if name not in known]
    if unknown:
        plural = "s" if len(unknown) > 1 else ""
        message = f"Received unknown parameter{plural}: {', '.join(unknown)}"
        raise invalid_request(message, param=unknown[0], code="parameter_unknown")
    for name in shape.get("required", []):
        if name not in value:
            raise parameter_missing(_join(path, name))
    return {name: _validate(known[name], part, _join(path, name)) for name, part in value.items()}


def _validate_list(shape: Any, value: Any, path: str) -> list[Any]:
    if value == "":
        return []
    if not isinstance(value, dict) or not all(key.isdigit() for key in value):
        raise invalid_request("Invalid array", param=path)
    ordered = sorted(value, key=int)
    return [_validate(shape, value[key], f"{path}[{key}]") for key in ordered]


def _validate_any(choices: list[Any], value: Any, path: str) -> Any:
    if value == "" and "" in choices:
        return ""
    refusals = []
    for choice in choices:
        if choice == "":
            continue
        try:
            return _validate(choice, value, path)
        except StripeError as refusal:
            refusals.append((_is_object(choice) == isinstance(value, dict), refusal))
    raise next((refusal for alike, refusal in refusals if alike), refusals[0][1])


def _is_object(shape: Any) -> bool:
    if isinstance(shape, str) and shape.startswith("#"):
        shape = SCHEMA["shapes"][int(shape[1:])]
    return shape == "m" or (isinstance(shape, dict) and ("object" in shape or "list" in shape))


def _validate_enum(allowed: list[str], value: Any, path: str) -> str:
    if value not in allowed:
        *others, last = allowed
        choices = f"{', '.join(others)}, or {last}" if len(others) > 1 else " or ".join(allowed)
        raise invalid_request(f"Invalid {path}: must be one of {choices}", param=path)
    return str(value)


def _validate_scalar(shape: str, value: Any, path: str) -> Any:
    if shape == "m":
        return _validate_metadata(value, path)
    if isinstance(value, dict):
        expected = {"s": "string", "i": "integer", "n": "number", "b": "boolean"}[shape]
        raise invalid_request(f"Invalid {expected}: {json.dumps(value)}", param=path, code=_code_of(expected))
    if value == "":
        raise invalid_request(
            f"You passed an empty string for '{path}'. We assume empty values are an attempt to unset a parameter; "
            f"however '{path}' cannot be unset. You should remove '{path}' from your request or supply a "
            "non-empty value.",
            param=path,
            code="parameter_invalid_empty",
        )
    return {"s": _text, "i": _integer, "n": _number, "b": _boolean}[shape](value, path)


def _text(value: str, path: str) -> str:
    if len(value) > 5000:
        message = f"Invalid string: {value[:10]}...{value[-10:]}; must be at most 5000 characters"
        raise invalid_request(message, param=path)
    return value


def _integer(value: str, path: str) -> int:
    if not INTEGER.match(value):
        raise invalid_request(f"Invalid integer: {value}", param=path, code="parameter_invalid_integer")
    return int(value)


def _number(value: str, path: str) -> float:
    try:
        return float(value)
    except ValueError:
        raise invalid_request(f"Invalid decimal: {value}", param=path) from None


def _boolean(value: str, path: str) -> bool:
    if value not in ("true", "false"):
        raise invalid_request(f"Invalid boolean: {value}", param=path)
    return value == "true"


def _validate_metadata(value: Any, path: str) -> Any:
    if value == "":
        return ""
    if not isinstance(value, dict):
        raise invalid_request("Invalid object", param=path)
    if len(value) > METADATA_KEYS:
        raise invalid_request(f"Metadata can have at most {METADATA_KEYS} keys.", param=path)
    for key, text in value.items():
        param = _join(path, key)
        if isinstance(text, dict):
            raise invalid_request("Metadata values must be strings.", param=param)
        if len(key) > METADATA_KEY_LENGTH:
            raise invalid_request(
                f"Metadata keys can have up to {METADATA_KEY_LENGTH} characters.", param=param
            )
        if len(text) > METADATA_VALUE_LENGTH:
            raise invalid_request(
                f"Metadata values can have up to {METADATA_VALUE_LENGTH} characters.", param=param
            )
    return dict(value)


def _code_of(expected: str) -> str | None:
    return {"string": "parameter_invalid_string", "integer": "parameter_invalid_integer"}.get(expected)


def _join(path: str, name: str) -> str:
    return f"{path}[{name}]" if path else name
