"""Automation files, a kind of file: is it sound JSON, and which platform does it look like?"""

import json
from typing import Any

from django.utils.translation import gettext_lazy as _

from comptoir.kernel.files.examination import Findings, Unfit
from comptoir.kernel.files.kinds import MEBIBYTE, Kind

MAX_DEPTH = 100
MAX_VALUES = 500_000
BYTE_ORDER_MARK = b"\xef\xbb\xbf"
REASONS = {
    "not_utf8": _("It is not text in UTF-8."),
    "byte_order_mark": _("It starts with a byte order mark: save it as UTF-8 without BOM."),
    "not_json": _("It is not valid JSON."),
    "not_a_workflow": _("It must hold a JSON object or a list."),
    "too_deep": _("It is nested too deeply."),
    "too_many_values": _("It holds too many values."),
    "repeated_name": _("It holds the same name twice in one object."),
}


def examine_workflow(data: bytes, _content_type: str) -> Findings:
    """Raises `Unfit` unless it is one JSON object or list that every reader understands alike (RFC 8259)."""
    if data.startswith(BYTE_ORDER_MARK):
        raise Unfit("byte_order_mark")
    # Each value but the first follows one of these bytes, so this bounds the memory before any is spent.
    if sum(data.count(mark) for mark in (b"[", b"{", b",", b":")) > MAX_VALUES:
        raise Unfit("too_many_values")
    try:
        text = data.decode("utf-8")
    except UnicodeDecodeError as error:
        raise Unfit("not_utf8") from error
    value = _parse(text)
    if not isinstance(value, dict | list):
        raise Unfit("not_a_workflow")
    if _deeper_than(value, MAX_DEPTH):
        raise Unfit("too_deep")
    return Findings(details={"platform": recognise_platform(value) or ""})


def recognise_platform(data: Any) -> str | None:
    """The platform that an automation, or a list of them, looks like: `n8n`, `make`, `zapier`, or nothing."""
    if isinstance(data, list):
        found = {recognise_platform(entry) for entry in data if isinstance(entry, dict)}
        return found.pop() if len(found) == 1 else None
    if not isinstance(data, dict):
        return None
    if isinstance(data.get("nodes"), list) and isinstance(data.get("connections"), dict):
        return "n8n"
    if isinstance(data.get("flow"), list) and isinstance(data.get("metadata"), dict):
        return "make"
    if isinstance(data.get("zaps"), list) or isinstance(data.get("steps"), list):
        return "zapier"
    return None


AUTOMATION_FILE = Kind(
    "automationFile",
    {"application/json": (".json",)},
    5 * MEBIBYTE,
    examine_workflow,
    reasons=REASONS,
)


def _parse(text: str) -> Any:
    try:
        return json.loads(text, parse_constant=_refuse_constant, object_pairs_hook=_object)
    except RecursionError as error:
        raise Unfit("too_deep") from error
    except ValueError as error:
        raise Unfit("not_json") from error


def _refuse_constant(_name: str) -> None:
    """NaN and the infinities: Python reads them, JSON has none."""
    raise Unfit("not_json")


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """Readers disagree on which of two like names counts: what was examined would not be what is run."""
    found = dict(pairs)
    if len(found) != len(pairs):
        raise Unfit("repeated_name")
    return found


def _deeper_than(value: Any, limit: int) -> bool:
    level = [value]
    for _depth in range(limit):
        level = [
            child
            for holder in level
            for child in (holder.values() if isinstance(holder, dict) else holder)
            if isinstance(child, dict | list)
        ]
        if not level:
            return False
    return True
