"""Asking for a mail: one row for each key, and the job that sends it, in the caller's transaction."""

import json
import re
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from django.db import transaction
from django.utils.translation import get_language

from comptoir.kernel import clock, rows
from comptoir.kernel.ids import new_id
from comptoir.kernel.jobs import enqueue
from comptoir.kernel.notifications.models import MAIL_TRANSITIONS, Mail, MailState
from comptoir.kernel.notifications.rendering import Rendered, render
from comptoir.kernel.rows import Rows
from comptoir.kernel.states import move

if TYPE_CHECKING:  # the accounts send mail themselves
    from comptoir.kernel.accounts.models import User

ESCAPED_NUL = re.compile(r"(?<!\\)((?:\\\\)*)\\u0000")

# Line breaks have no place in a subject; a space that holds two words together stays.
BREAKABLE = re.compile(r"[^\S\u00a0\u202f]+")


def send_mail(
    template: str,
    /,
    *,
    to: "User | str",
    key: str,
    locale: str | None = None,
    secret: bool = False,
    **context: Any,
) -> Mail:
    """Have a mail sent once the caller's transaction is committed.

    A key that was used before gives the mail that stands, and no second one. The language is `locale`, or
    the recipient's, or the active one. With `secret`, operators see that it was sent and not what it says.
    """
    language = locale or (get_language() if isinstance(to, str) else to.locale) or "en"
    rendered = render(template, {**context, "recipient": to}, locale=language)
    kept = {} if secret else context
    return queue_rendered(
        rendered, to=to, key=key, template=template, locale=language, secret=secret, context=kept
    )


def queue_rendered(
    rendered: Rendered,
    *,
    to: "User | str",
    key: str,
    template: str,
    locale: str,
    secret: bool = False,
    context: Mapping[str, Any] | None = None,
) -> Mail:
    """As `send_mail`, for a mail whose words are there already."""
    row = {
        "id": new_id(),
        "key": key,
        "recipient_id": None if isinstance(to, str) else to.pk,
        "address": to if isinstance(to, str) else to.email,
        "template": template,
        "locale": locale,
        "context": _storable(context or {}),
        "subject": BREAKABLE.sub(" ", rendered.subject).strip(),
        "text": rendered.text,
        "html": rendered.html,
        "secret": secret,
        "state": MailState.QUEUED,
        "attempts": 0,
        "last_error": "",
        "provider_id": "",
        "created_at": clock.now(),
    }
    with transaction.atomic(savepoint=False):
        if not rows.add(Rows(Mail, [row], {})):
            return Mail.objects.get(key=key)
        enqueue("notifications.deliver", mail_id=str(row["id"]))
    mail = Mail(**row)
    mail._state.adding = False
    return mail


def _storable(context: Mapping[str, Any]) -> Any:
    """As JSON holds it. PostgreSQL's knows no NUL character, which is escaped there (and a backslash is doubled)."""
    return json.loads(ESCAPED_NUL.sub(r"\1", json.dumps(context, default=str)))


def resend(mail: Mail, *, actor: Any = None) -> None:
    """Have a mail sent once more, with the Message-ID it had. Raises `WrongState` while it is still queued."""
    with transaction.atomic():
        move(mail, MailState.QUEUED, table=MAIL_TRANSITIONS, actor=actor)
        enqueue("notifications.deliver", mail_id=str(mail.pk))
