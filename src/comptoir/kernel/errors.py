"""Refusals: what the business says no to, in words a person can be shown and a code a program can rely on."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, ClassVar

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _


@dataclass(frozen=True)
class FieldError:
    """One field that has to be mended. `field` is the name in the API (camelCase); `message` says how."""

    field: str
    message: str | Promise


class Refusal(Exception):
    """Base of every business refusal.

    `code` is stable and part of the API; `status` is the HTTP status that answers it; `message` may hold
    `%(name)s` placeholders, filled from the keyword arguments.
    """

    code: ClassVar[str]
    status: ClassVar[int] = 409
    message: ClassVar[str | Promise]

    def __init__(self, *, errors: Sequence[FieldError] = (), **params: Any) -> None:
        super().__init__(self.code)
        self.errors = tuple(errors)
        self.params = params

    def __str__(self) -> str:
        text = str(self.message)
        return text % self.params if self.params else text


class Invalid(Refusal):
    """Some fields are wrong; each is named in `errors`."""

    code = "invalid"
    status = 422
    message = _("Some fields need your attention.")


class NotFound(Refusal):
    """There is no such thing, or the asker may not know of it."""

    code = "not_found"
    status = 404
    message = _("We could not find this.")


class Forbidden(Refusal):
    """The asker is known and may not do this."""

    code = "forbidden"
    status = 403
    message = _("You may not do this.")
