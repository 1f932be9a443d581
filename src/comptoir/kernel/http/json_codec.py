"""JSON as it travels: what is accepted in a body or a query, and how moments and amounts are written."""

import json
from datetime import UTC, datetime
from typing import Any, NoReturn

from django.http import HttpRequest
from django.utils.datastructures import MultiValueDict
from ninja.parser import Parser
from ninja.renderers import JSONRenderer
from ninja.responses import NinjaJSONEncoder
from pydantic import BaseModel

from comptoir.kernel.http.problems import BadRequest, MalformedJson, UnsupportedMediaType


class StrictParser(Parser):
    """Reads JSON as RFC 8259 has it, and says 415 to a body that does not claim to be JSON."""

    def parse_body(self, request: HttpRequest) -> Any:
        content_type = request.content_type or ""
        if content_type != "application/json" and not content_type.endswith("+json"):
            raise UnsupportedMediaType
        try:
            data = json.loads(request.body, parse_constant=_refuse_constant)
        except (ValueError, RecursionError) as error:
            raise MalformedJson from error
        if b"\\u0000" in request.body:
            _refuse_nul(data)
        return data

    def parse_querydict(
        self, data: MultiValueDict[str, Any], list_fields: list[str], request: HttpRequest
    ) -> dict[str, Any]:
        values = super().parse_querydict(data, list_fields, request)
        _refuse_nul(values)
        return values


class Renderer(JSONRenderer):
    class encoder_class(NinjaJSONEncoder):  # noqa: N801 — the name the library looks for
        """Moments in UTC with a Z, whatever zone they came in; schemas by their JSON names."""

        def default(self, o: Any) -> Any:
            if isinstance(o, datetime):
                assert o.tzinfo is not None, "a moment without a time zone cannot be shown"
                return super().default(o.astimezone(UTC))
            if isinstance(o, BaseModel):
                return o.model_dump(by_alias=True)
            return super().default(o)


def _refuse_constant(name: str) -> NoReturn:
    raise ValueError(f"{name} is not JSON")


def _refuse_nul(data: Any) -> None:
    """PostgreSQL cannot store U+0000 in a text: refused with the request rather than in a query."""
    if isinstance(data, str) and "\x00" in data:
        raise BadRequest
    if isinstance(data, dict):
        _refuse_nul(list(data))
        data = list(data.values())
    if isinstance(data, list):
        for item in data:
            _refuse_nul(item)
