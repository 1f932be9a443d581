"""The base of every schema of the API: snake_case in Python, camelCase in JSON."""

from typing import Any

import ninja
from ninja.operation import PathView
from ninja.schema import DjangoGetter
from pydantic import ConfigDict, model_validator
from pydantic.alias_generators import to_camel
from pydantic_core import PydanticKnownError


class Schema(ninja.Schema):
    """What goes in or comes out. Fields are named in snake_case and travel in camelCase."""

    model_config = ConfigDict(alias_generator=to_camel, populate_by_name=True, from_attributes=True)

    @model_validator(mode="before")
    @classmethod
    def _only_objects(cls, value: Any) -> Any:
        """The library reads attributes of whatever it is given: of the JSON text "abc", `title` would be a method."""
        given = value._obj if isinstance(value, DjangoGetter) else value
        if given is None or isinstance(given, str | bytes | bool | int | float | list | tuple):
            raise PydanticKnownError("dict_type")
        return value


class Router(ninja.Router):
    """A product's routes: `router = Router(tags=["…"])` in its `api.py`. Answers carry camelCase names."""

    def __init__(self, **settings: Any) -> None:
        super().__init__(by_alias=True, **settings)

    def include(self, other: ninja.Router) -> None:
        """Adds the other's routes to these, under the tags and settings of this router.

        Unlike `add_router`, it lets two routers share a path: there, the methods of the second are never reached.
        """
        for path, view in other.path_operations.items():
            own = self.path_operations.setdefault(path, PathView())
            own.operations += view.operations
            own.is_async = own.is_async or view.is_async
