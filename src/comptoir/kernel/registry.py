"""What a product tells the kernel about itself: the kernel calls it by these plugs and knows no more of it."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from importlib import import_module
from typing import TYPE_CHECKING, Any, Literal

from django.conf import settings
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.utils.functional import Promise

if TYPE_CHECKING:
    from django.contrib.sitemaps import Sitemap

    from comptoir.kernel.files.kinds import Kind
    from comptoir.kernel.payments.purposes import PaymentPurpose

GetResponse = Callable[[HttpRequest], HttpResponseBase]


@dataclass(frozen=True)
class WorkspaceRole:
    """A role that members of the house may have in this product. `name` is stored: never rename one.

    `permissions` are those of `accounts.roles.Permission` that it carries, if any.
    """

    name: str
    label: str | Promise
    permissions: Sequence[str] = ()


@dataclass(frozen=True)
class Check:
    """One invariant of a product's rows against the ledger: yields a sentence for each thing that is wrong."""

    name: str
    find: Callable[[], Iterable[str]]


@dataclass(frozen=True)
class DoctorCheck:
    """What `comptoir doctor` looks at: yields a sentence for each thing that is wrong, and how to mend it."""

    title: str | Promise
    find: Callable[[], Iterable[str]]


@dataclass(frozen=True)
class NavLink:
    """A page that the header of every page leads to.

    `place` says where: among the `main` links, as the `cart`, in the `account` menu of people who are signed in,
    or as the target of the `search` box (a GET of `path` with the words in `q`). A link of the `account` menu may be
    for some people only: `shown(request)` is asked at each page, and should not need the database for it.
    """

    label: str | Promise
    path: str
    place: Literal["main", "search", "cart", "account"] = "main"
    shown: Callable[[Any], bool] | None = None


@dataclass(frozen=True)
class Module:
    """A product's plug. `urls` and `api` are dotted paths, imported once all models are loaded.

    `home` is the page of somebody who has just signed in: of the products that have one, the first listed.
    `middleware` stands before sessions and sign-in, in the order given; `context` is what every template may show.
    `on_signed_in` is called with the request and the user, in the request that signed them in.
    `private_paths` are beginnings of addresses that search engines are asked to leave alone.
    """

    name: str
    urls: str | None = None
    api: str | None = None
    purposes: Sequence["PaymentPurpose"] = ()
    checks: Sequence[Check] = ()
    doctor_checks: Sequence[DoctorCheck] = ()
    nav: Sequence[NavLink] = ()
    roles: Sequence[WorkspaceRole] = ()
    home: str | None = None
    file_kinds: Sequence["Kind"] = ()
    middleware: Sequence[Callable[[GetResponse], GetResponse]] = ()
    context: Callable[[HttpRequest], Mapping[str, Any]] | None = None
    on_signed_in: Callable[[HttpRequest, Any], None] | None = None
    sitemaps: Mapping[str, "type[Sitemap]"] = field(default_factory=dict)
    private_paths: Sequence[str] = ()


@cache
def modules() -> tuple[Module, ...]:
    """The products of this installation, in the order of `config/modules.py`."""
    return tuple(import_module(path).MODULE for path in settings.COMPTOIR_MODULES)


@cache
def roles() -> dict[str, WorkspaceRole]:
    """The roles that products declare, by name."""
    found = {role.name: role for module in modules() for role in module.roles}
    assert len(found) == sum(len(module.roles) for module in modules()), "two roles share a name"
    return found


def home() -> str:
    """The path of the page where somebody goes who has just signed in."""
    return next((module.home for module in modules() if module.home), "/account")
