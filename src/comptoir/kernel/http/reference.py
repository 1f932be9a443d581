"""The API's reference, `/api/docs`: a page made on the server from the OpenAPI document, so that the two agree.

Why not django-ninja's own page with Swagger or Redoc: `docs/decisions/0012`.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from ninja import NinjaAPI
from ninja.openapi.docs import DocsBase

from comptoir.kernel.errors import Refusal
from comptoir.kernel.http.problems import TITLES

_METHODS = ("get", "post", "put", "patch", "delete")
_MAX_DEPTH = 3


@dataclass(frozen=True)
class Field:
    name: str
    kind: str
    required: bool
    description: str


@dataclass(frozen=True)
class Answer:
    status: str
    fields: list[Field]


@dataclass(frozen=True)
class Operation:
    anchor: str
    method: str
    path: str
    summary: str
    description: str
    access: str
    parameters: list[Field]
    body: list[Field]
    answers: list[Answer]
    problems: list[str]


@dataclass(frozen=True)
class Chapter:
    title: str
    operations: list[Operation] = field(default_factory=list)


@dataclass(frozen=True)
class ProblemKind:
    code: str
    status: int
    title: str
    message: str


class Reference(DocsBase):
    def render_page(self, request: HttpRequest, api: NinjaAPI, **kwargs: Any) -> HttpResponse:
        document = api.get_openapi_schema(path_params=kwargs)
        context = {"title": api.title, "chapters": chapters(document), "problems": problem_kinds()}
        return render(request, "http/reference.html", context)


def chapters(document: dict[str, Any]) -> list[Chapter]:
    """The operations by their first tag, in the order of the document."""
    found: dict[str, Chapter] = {}
    for path, methods in document["paths"].items():
        for method in _METHODS:
            if method in methods:
                title = (methods[method].get("tags") or [_("Others")])[0]
                chapter = found.setdefault(title, Chapter(title))
                chapter.operations.append(
                    _operation(methods[method], method=method, path=path, document=document)
                )
    return list(found.values())


def problem_kinds() -> list[ProblemKind]:
    """Every refusal that this installation knows, by status and code."""
    kinds = {
        refusal.code: ProblemKind(
            refusal.code,
            refusal.status,
            str(TITLES.get(refusal.status, "")),
            re.sub(r"%\(\w+\)s", "…", str(refusal.message)),
        )
        for refusal in _descendants(Refusal)
        if hasattr(refusal, "code")
    }
    return sorted(kinds.values(), key=lambda kind: (kind.status, kind.code))


def _descendants(kind: type[Refusal]) -> Iterator[type[Refusal]]:
    for child in kind.__subclasses__():
        yield child
        yield from _descendants(child)


def _operation(details: dict[str, Any], *, method: str, path: str, document: dict[str, Any]) -> Operation:
    schemas = document["components"]["schemas"]
    body = details.get("requestBody", {}).get("content", {})
    answers = {
        status: next(iter(answer.get("content", {"": {}}).values())).get("schema", {})
        for status, answer in sorted(details["responses"].items(), key=lambda item: int(item[0]))
    }
    return Operation(
        anchor=details["operationId"].replace("_", "-"),
        method=method.upper(),
        path=path,
        summary=details["summary"],
        description=_prose(details),
        access=_access(details.get("security", [])),
        parameters=[_parameter(parameter, schemas=schemas) for parameter in details["parameters"]],
        body=[one for content in body.values() for one in _fields(content["schema"], schemas=schemas)],
        answers=[
            Answer(str(status), list(_fields(schema, schemas=schemas)))
            for status, schema in answers.items()
            if int(status) < 400
        ],
        problems=[str(status) for status in answers if int(status) >= 400],
    )


def _prose(part: dict[str, Any]) -> SafeString:
    """What a part says of itself; words between backticks are code."""
    words = re.split(r"`([^`]+)`", part.get("description", ""))
    pieces = [format_html("<code>{}</code>", said) if i % 2 else said for i, said in enumerate(words)]
    return format_html_join("", "{}", ([piece] for piece in pieces))


def _access(security: list[dict[str, Any]]) -> str:
    if not security:
        return _("Anyone")
    return _("Anyone; more for those who are signed in") if {} in security else _("Signed in")


def _parameter(parameter: dict[str, Any], *, schemas: dict[str, Any]) -> Field:
    kind = _kind(parameter["schema"], schemas=schemas)
    return Field(parameter["name"], kind, parameter["required"], _prose(parameter))


def _fields(
    schema: dict[str, Any], *, schemas: dict[str, Any], before: str = "", depth: int = 0
) -> Iterator[Field]:
    """The fields of an object and of what is in it, by their paths: `items[].price`."""
    schema = _resolve(schema, schemas=schemas)
    if schema.get("type") == "array":
        yield from _fields(schema["items"], schemas=schemas, before=f"{before}[]", depth=depth)
    if depth >= _MAX_DEPTH:
        return
    for name, part in schema.get("properties", {}).items():
        path = f"{before}.{name}".lstrip(".")
        whole = _resolve(part, schemas=schemas)
        kind = _kind(part, schemas=schemas)
        yield Field(path, kind, name in schema.get("required", ()), _prose(part))
        yield from _fields(whole, schemas=schemas, before=path, depth=depth + 1)


def _resolve(schema: dict[str, Any], *, schemas: dict[str, Any]) -> dict[str, Any]:
    """Behind a reference, and behind “this or nothing”."""
    for key in ("anyOf", "allOf", "oneOf"):
        some = [option for option in schema.get(key, ()) if option.get("type") != "null"]
        if len(some) == 1:
            return _resolve(some[0], schemas=schemas)
    if "$ref" in schema:
        return _resolve(schemas[schema["$ref"].rsplit("/", 1)[-1]], schemas=schemas)
    return schema


def _kind(schema: dict[str, Any], *, schemas: dict[str, Any]) -> str:
    """What may stand there, in a few words."""
    whole = _resolve(schema, schemas=schemas)
    if "enum" in whole:
        return " | ".join(str(value) for value in whole["enum"])
    if "const" in whole:
        return str(whole["const"])
    if whole.get("type") == "array":
        return _("list of %(kind)s") % {"kind": _kind(whole["items"], schemas=schemas)}
    kinds = whole.get("anyOf") or whole.get("oneOf")
    if kinds:
        return " | ".join(_kind(one, schemas=schemas) for one in kinds)
    words = [str(whole.get("type", "any")), whole.get("format", ""), _bounds(whole)]
    return " ".join(word for word in words if word)


def _bounds(schema: dict[str, Any]) -> str:
    low = schema.get("minimum", schema.get("minLength", schema.get("minItems")))
    high = schema.get("maximum", schema.get("maxLength", schema.get("maxItems")))
    if low is None and high is None:
        return ""
    return f"{'' if low is None else low}…{'' if high is None else high}"
