"""Pages that are the same for many, but for what is each visitor's own: laid out once, and finished for each.

`{% personal "ui/messages.html" %}` names a part that is the visitor's own: their menu, their cart, their messages,
their token. A page includes it; a page that is laid out leaves room for it, and `finish` fills that in at each visit.
Around it, whoever remembers the layout answers for it that the page is made of nothing but what it is remembered
under: its address, its language, its theme, and what it shows.
"""

import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.contrib.auth.models import AnonymousUser
from django.http import HttpRequest, HttpResponse
from django.template import Engine, RequestContext
from django.template.loader import render_to_string

# A layout is nobody's in particular: what is somebody's must not find its way into it.
NOBODY = {"person": None, "user": AnonymousUser(), "messages": (), "cart_count": 0, "csrf_token": ""}


@dataclass(frozen=True)
class LaidOut:
    """By turns, text as it is sent and the name of the template that goes between it and the next."""

    pieces: tuple[str, ...]


def lay_out(request: HttpRequest, template: str, context: Mapping[str, Any]) -> LaidOut:
    room = f"\0{secrets.token_hex(16)}\0"  # stands in no text
    page = render_to_string(template, {**context, **NOBODY, "room": room}, request)
    return LaidOut(tuple(page.split(room)))


def finish(request: HttpRequest, laid_out: LaidOut) -> HttpResponse:
    engine, context = Engine.get_default(), RequestContext(request)
    pieces = list(laid_out.pieces)
    own = [engine.get_template(name) for name in pieces[1::2]]
    with context.bind_template(own[0]):
        pieces[1::2] = [template.render(context) for template in own]
    return HttpResponse("".join(pieces))
