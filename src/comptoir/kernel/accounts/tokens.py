"""Bearer tokens: shown once, kept as a hash, refused the moment they or their owner may no longer act.

A token reads `cpt_` + 32 random characters + 6 of checksum. The checksum lets a scanner of leaked secrets
recognise one, and lets us refuse a typing error without asking the database.
"""

import hashlib
import secrets
import zlib
from datetime import datetime, timedelta

from django.db import connection, models

from comptoir.kernel import clock, timeline
from comptoir.kernel.accounts.models import ApiToken, User
from comptoir.kernel.accounts.sessions import PERSON
from comptoir.kernel.compiled_query import CompiledQuery
from comptoir.kernel.errors import NotFound

PREFIX = "cpt_"
_ALPHABET = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
_RANDOM_LENGTH = 32
_CHECKSUM_LENGTH = 6
_SHOWN_LENGTH = 10
DEFAULT_DAYS = 90
# Writing the last use on every call would make each read of the API a write.
_USE_IS_NOTED_EVERY = timedelta(minutes=1)

_LIVE = CompiledQuery(
    lambda digest: ApiToken.objects.filter(digest=digest, revoked_at=None, user__is_active=True).values_list(
        "pk", "expires_at", "last_used_at", *(f"user__{column}" for column in PERSON)
    )
)


def issue_token(user: User, *, name: str, days: int = DEFAULT_DAYS) -> str:
    """Make a token and return it. It cannot be read again."""
    random = "".join(secrets.choice(_ALPHABET) for _ in range(_RANDOM_LENGTH))
    token = PREFIX + random + _checksum(random)
    row = ApiToken.objects.create(
        user=user,
        name=name,
        prefix=token[:_SHOWN_LENGTH],
        digest=_digest(token),
        expires_at=clock.now() + timedelta(days=days),
    )
    timeline.record("accounts.user", user.pk, "token_issued", actor=user, token=row.pk, name=name)
    return token


def authenticate(token: str) -> User | None:
    """The active owner of a live token, or nothing. One query."""
    if not _is_well_formed(token):
        return None
    found = _LIVE(_digest(token))
    if not found or found[0][1] <= clock.now():
        return None
    (pk, _expires_at, last_used_at), person = found[0][:3], found[0][3:]
    _note_use(pk, last_used_at)
    return User.from_db(connection.alias, PERSON, person)


def revoke_token(user: User, *, token_id: int) -> None:
    """End one of the user's own tokens. Ending it twice is no error; another's is `NotFound`."""
    row = ApiToken.objects.filter(user=user, pk=token_id).first()
    if row is None:
        raise NotFound
    if ApiToken.objects.filter(pk=row.pk, revoked_at=None).update(revoked_at=clock.now()):
        timeline.record("accounts.user", user.pk, "token_revoked", actor=user, token=row.pk, name=row.name)


def tokens_of(user: User) -> models.QuerySet[ApiToken]:
    """The user's tokens, the latest first, the ended ones among them."""
    return ApiToken.objects.filter(user=user).order_by("-created_at", "-pk")


def _digest(token: str) -> str:
    # The token is 190 random bits, so a fast hash without salt cannot be searched.
    return hashlib.sha256(token.encode()).hexdigest()


def _checksum(random: str) -> str:
    number, digits = zlib.crc32(random.encode()), ""
    for _ in range(_CHECKSUM_LENGTH):
        number, digit = divmod(number, len(_ALPHABET))
        digits = _ALPHABET[digit] + digits
    return digits


def _is_well_formed(token: str) -> bool:
    body = token.removeprefix(PREFIX)
    if body == token or len(body) != _RANDOM_LENGTH + _CHECKSUM_LENGTH or not body.isascii():
        return False
    return _checksum(body[:_RANDOM_LENGTH]) == body[_RANDOM_LENGTH:]


def _note_use(pk: int, last_used_at: datetime | None) -> None:
    at = clock.now()
    stale = models.Q(last_used_at=None) | models.Q(last_used_at__lte=at - _USE_IS_NOTED_EVERY)
    if last_used_at is None or last_used_at <= at - _USE_IS_NOTED_EVERY:
        ApiToken.objects.filter(stale, pk=pk).update(last_used_at=at)
