"""Pages that are the same for many, but for what is each visitor's own: a shell rendered once, and filled in for each.

`{% personal "ui/messages.html" %}` names a part that is the visitor's own: their menu, their cart, their messages,
their token. A page includes it; a shell leaves a placeholder for it, which `fill_placeholders` replaces at each visit.
Around it, whoever keeps a shell sees to it that it depends on nothing but the key it is kept under: its
address, its language, its theme, and what it shows.
"""

import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.contrib.auth.models import AnonymousUser
from django.http import HttpRequest, HttpResponse
from django.template import Engine, RequestContext
from django.template.loader import render_to_string

# A shell is nobody's in particular: what is somebody's must not find its way into it.
ANONYMOUS = {"person": None, "user": AnonymousUser(), "messages": (), "cart_count": 0, "csrf_token": ""}


@dataclass(frozen=True)
class PageShell:
    """By turns, text as it is sent and the name of the template that goes between it and the next."""

    pieces: tuple[str, ...]


def render_shell(request: HttpRequest, template: str, context: Mapping[str, Any]) -> PageShell:
    placeholder = f"\0{secrets.token_hex(16)}\0"  # stands in no text
    page = render_to_string(template, {**context, **ANONYMOUS, "shell_placeholder": placeholder}, request)
    return PageShell(tuple(page.split(placeholder)))


def fill_placeholders(request: HttpRequest, shell: PageShell) -> HttpResponse:
    engine, context = Engine.get_default(), RequestContext(request)
    pieces = list(shell.pieces)
    own = [engine.get_template(name) for name in pieces[1::2]]
    with context.bind_template(own[0]):
        pieces[1::2] = [template.render(context) for template in own]
    return HttpResponse("".join(pieces))
