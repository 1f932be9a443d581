"""Who is behind a request: the session and the person, kept and checked as Django does, and read at each page with
prepared queries. Nothing is remembered from one request to the next, so that whoever signs out is out at once."""

from typing import Any

from allauth.account.auth_backends import AuthenticationBackend
from django.contrib.sessions.backends import db
from django.contrib.sessions.models import Session
from django.db import connection

from comptoir.kernel import clock
from comptoir.kernel.accounts.models import User
from comptoir.kernel.compiled_query import CompiledQuery

PERSON = [field.attname for field in User._meta.concrete_fields]
_SESSION = CompiledQuery(
    lambda key: Session.objects.filter(session_key=key).values_list("session_data", "expire_date")
)
_BY_KEY = CompiledQuery(lambda pk: User.objects.filter(pk=pk).values_list(*PERSON))


class SessionStore(db.SessionStore):
    def load(self) -> dict[str, Any]:
        found = _SESSION(self.session_key)
        if found and found[0][1] > clock.now():
            return self.decode(found[0][0])
        return super().load()  # which forgets the key


class AccountBackend(AuthenticationBackend):
    def get_user(self, user_id: int) -> User | None:
        found = _BY_KEY(user_id)
        user = User.from_db(connection.alias, PERSON, found[0]) if found else None
        return user if user is not None and self.user_can_authenticate(user) else None
