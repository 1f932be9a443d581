"""The hosted pages: templates, the reader's language, and money as the reader writes it."""

from collections.abc import Mapping
from datetime import UTC, datetime
from decimal import Decimal
from functools import partial
from pathlib import Path
from typing import Any

from babel.core import negotiate_locale
from babel.dates import format_datetime
from babel.numbers import format_currency, get_currency_precision
from jinja2 import Environment, FileSystemLoader, StrictUndefined
from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse

from sandbox.wording import LANGUAGES, translated

HERE = Path(__file__).parent
TEMPLATES = Environment(
    loader=FileSystemLoader(HERE / "templates"), autoescape=True, undefined=StrictUndefined
)
SECURITY = {
    "Content-Security-Policy": "default-src 'none'; style-src 'self'; img-src 'self' http: https: data:; "
    "base-uri 'none'; frame-ancestors 'none'",
    "Referrer-Policy": "no-referrer",
    "Cache-Control": "no-store",
}
# What a shop shows inside a page of its own.
FRAMED = SECURITY | {
    "Content-Security-Policy": "default-src 'none'; script-src 'self'; connect-src 'self'; style-src 'self'; "
    "img-src data:; base-uri 'none'; frame-ancestors http: https:",
}


def negotiated_language(request: Request, requested: str | None = None) -> str:
    """The language the merchant asked for, else the best that the browser accepts."""
    accepted = [part.split(";")[0].strip() for part in request.headers.get("accept-language", "").split(",")]
    preferred = [requested] if requested and requested != "auto" else accepted
    return negotiate_locale([name[:2] for name in preferred if name], LANGUAGES) or LANGUAGES[0]


def page(
    request: Request,
    template: str,
    *,
    status: int = 200,
    locale: str | None = None,
    headers: Mapping[str, str] = SECURITY,
    **context: Any,
) -> HTMLResponse:
    language = negotiated_language(request, locale)
    text = TEMPLATES.get_template(template).render(
        t=partial(translated, language),
        language=language,
        money=partial(money, language),
        moment=partial(moment, language),
        **context,
    )
    return HTMLResponse(text, status, headers=headers)


def not_found(
    request: Request, *, locale: str | None = None, headers: Mapping[str, str] = SECURITY
) -> HTMLResponse:
    return page(
        request, "message.html", status=404, locale=locale, headers=headers, subject="unknown", back=None
    )


def money(language: str, amount: int, currency: str) -> str:
    code = currency.upper()
    return str(format_currency(Decimal(amount).scaleb(-get_currency_precision(code)), code, locale=language))


def moment(language: str, seconds: float) -> str:
    return str(format_datetime(datetime.fromtimestamp(seconds, UTC), "medium", locale=language))


def redirect(url: str) -> RedirectResponse:
    """Redirects with a GET, after a form was sent."""
    return RedirectResponse(url, 303, headers=SECURITY)
