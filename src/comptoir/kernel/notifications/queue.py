"""Queueing a mail: one row for each key, and the job that sends it, in the caller's transaction."""

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.db import transaction
from django.utils.translation import get_language

from comptoir.kernel import bulk_sql, clock
from comptoir.kernel.bulk_sql import Rows
from comptoir.kernel.encrypted_fields import digest
from comptoir.kernel.ids import new_id
from comptoir.kernel.jobs import enqueue, enqueue_many
from comptoir.kernel.notifications.models import MAIL_TRANSITIONS, Mail, MailState
from comptoir.kernel.notifications.rendering import render
from comptoir.kernel.states import move

if TYPE_CHECKING:  # the accounts send mail themselves
    from comptoir.kernel.accounts.models import User

# Line breaks have no place in a subject; a space that holds two words together stays.
BREAKABLE = re.compile(r"[^\S\u00a0\u202f]+")


@dataclass(frozen=True)
class MailRequest:
    """A mail to queue, with the context of its template."""

    template: str
    to: "User | str"
    key: str
    context: Mapping[str, Any]
    locale: str | None = None
    secret: bool = False


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
    return send_mails([MailRequest(template, to, key, context, locale, secret)])[0]


def send_mails(requests: Sequence[MailRequest]) -> list[Mail]:
    """As `send_mail`, for several, in as many queries as for one."""
    return _queue([_row(request) for request in requests])


def _row(request: MailRequest) -> dict[str, Any]:
    to = request.to
    locale = request.locale or (get_language() if isinstance(to, str) else to.locale) or "en"
    address = to if isinstance(to, str) else to.email
    rendered = render(request.template, {**request.context, "recipient": to}, locale=locale)
    return {
        "id": new_id(),
        "key": request.key,
        "recipient_id": None if isinstance(to, str) else to.pk,
        "address": address,
        "address_digest": digest(address),
        "template": request.template,
        "locale": locale,
        "context": _storable({} if request.secret else request.context),
        "subject": BREAKABLE.sub(" ", rendered.subject).strip(),
        "text": rendered.text,
        "html": rendered.html,
        "secret": request.secret,
        "created_at": clock.now(),
    }


def _queue(mails: Sequence[Mapping[str, Any]]) -> list[Mail]:
    with transaction.atomic(savepoint=False):
        existing: dict[str, Mail] = {}
        if bulk_sql.add(Rows.of(Mail, mails)) < len(mails):
            existing = Mail.objects.in_bulk([mail["key"] for mail in mails], field_name="key")
        new = [
            mail for mail in mails if mail["key"] not in existing or existing[mail["key"]].pk == mail["id"]
        ]
        enqueue_many("notifications.deliver", [{"mail_id": str(mail["id"])} for mail in new])
    return [existing.get(mail["key"]) or _saved(mail) for mail in mails]


def _saved(row: Mapping[str, Any]) -> Mail:
    mail = Mail(**row)
    mail._state.adding = False
    return mail


def _storable(context: Mapping[str, Any]) -> Any:
    """As JSON holds it: what JSON has no word for, by its text."""
    return json.loads(json.dumps(context, default=str))


def resend(mail: Mail, *, actor: Any = None) -> None:
    """Have a mail sent once more, with the Message-ID it had. Raises `WrongState` while it is still queued."""
    with transaction.atomic():
        move(mail, MailState.QUEUED, table=MAIL_TRANSITIONS, actor=actor)
        enqueue("notifications.deliver", mail_id=str(mail.pk))
