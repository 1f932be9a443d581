"""What the library cannot know about our API, added to its OpenAPI document: problems and ways to sign in."""

from typing import Any

from ninja.openapi.schema import OpenAPISchema

from comptoir.kernel.http.auth import OptionalAuth, SessionOrToken
from comptoir.kernel.http.problems import MEDIA_TYPE, TITLES, Problem

_METHODS = ("get", "post", "put", "patch", "delete")
_SECURITY_SCHEMES = {
    "token": {"type": "http", "scheme": "bearer", "description": "A token from your account."},
    "session": {
        "type": "apiKey",
        "in": "cookie",
        "name": "sessionid",
        "description": "The browser’s session. Unsafe methods also need the header X-CSRFToken.",
    },
}
_HEADERS: dict[int, dict[str, Any]] = {
    401: {"WWW-Authenticate": {"schema": {"type": "string"}}},
    429: {"Retry-After": {"schema": {"type": "integer"}, "description": "Seconds to wait."}},
}


def complete(document: OpenAPISchema) -> OpenAPISchema:
    components = document["components"]
    components.setdefault("schemas", {})["Problem"] = Problem.model_json_schema(
        ref_template="#/components/schemas/{model}"
    )
    components["schemas"].update(components["schemas"]["Problem"].pop("$defs", {}))
    components["securitySchemes"] = _SECURITY_SCHEMES
    for path in document["paths"].values():
        for method in _METHODS:
            if method in path:
                _complete_operation(path[method], method=method)
    return document


def _complete_operation(operation: dict[str, Any], *, method: str) -> None:
    wanted = [name for scheme in operation.get("security", ()) for name in scheme]
    if SessionOrToken.__name__ in wanted:
        operation["security"] = [{"token": []}, {"session": []}]
    elif OptionalAuth.__name__ in wanted:
        operation["security"] = [{}, {"token": []}, {"session": []}]
    for status in _possible_problems(operation, method=method):
        operation["responses"].setdefault(status, _problem_response(status))


def _possible_problems(operation: dict[str, Any], *, method: str) -> list[int]:
    statuses = [429, 500]
    if operation.get("security"):
        statuses += [401, 403]
    if any(parameter["in"] == "path" for parameter in operation["parameters"]):
        statuses.append(404)
    if operation["parameters"] or "requestBody" in operation:
        statuses += [400, 422]
    if "requestBody" in operation:
        statuses += [413, 415]
    if method != "get":
        statuses.append(409)
    return sorted(statuses)


def _problem_response(status: int) -> dict[str, Any]:
    response: dict[str, Any] = {
        "description": str(TITLES[status]),
        "content": {MEDIA_TYPE: {"schema": {"$ref": "#/components/schemas/Problem"}}},
    }
    if status in _HEADERS:
        response["headers"] = _HEADERS[status]
    return response
