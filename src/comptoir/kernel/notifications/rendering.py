"""Turning a template and its context into a subject, a text and an HTML page, in one language."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.template import Context, TemplateDoesNotExist
from django.template.loader import get_template
from django.utils import translation
from mjml import mjml2html

# https://www.w3.org/TR/xml/#charsets: MJML is XML, and a name with one of these would hold up the whole mail.
NOT_IN_XML = re.compile(r"[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


@dataclass(frozen=True)
class Rendered:
    subject: str
    text: str
    html: str = ""


def render(template: str, context: Mapping[str, Any], *, locale: str) -> Rendered:
    """Render `mail/<template>.txt` and, where it exists, `.mjml`. Raises `TemplateDoesNotExist`."""
    values = {"site_url": settings.SITE_URL, "site_name": settings.SITE_NAME, "locale": locale, **context}
    with translation.override(locale):
        first, _newline, others = (
            _render_template(f"mail/{template}.txt", values, escape=False).strip().partition("\n")
        )
        subject, text = first.strip(), others.strip() + "\n"
        try:
            mjml = _render_template(f"mail/{template}.mjml", {**values, "subject": subject}, escape=True)
        except TemplateDoesNotExist:
            return Rendered(subject, text)
    # No fonts: by default it has the reader's mail program fetch some from Google.
    return Rendered(subject, text, mjml2html(mjml, disable_comments=True, fonts={}))


def _render_template(name: str, context: Mapping[str, Any], *, escape: bool) -> str:
    # By way of the engine's own template, since text must not be escaped and Django decides that per engine.
    rendered = get_template(name).template.render(Context(context, autoescape=escape))  # type: ignore[attr-defined]
    return NOT_IN_XML.sub("", rendered)
