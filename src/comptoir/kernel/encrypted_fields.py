"""Personal data at rest: text that the database holds encrypted, and digests by which it can still be found.

The keys come from SECRET_KEY and SALT_KEY. Both can be rolled: a new one in front, the old one kept behind it
(SECRET_KEY_FALLBACKS, SALT_KEY=new,old) until every row has been written again.
"""

import hashlib
import hmac
import json
import unicodedata
from functools import cache, cached_property
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.db import models
from encrypted_fields import EncryptedTextField

if TYPE_CHECKING:  # the library says nothing of its types
    _TextField = models.TextField[str, str]
else:
    _TextField = EncryptedTextField

_DIGEST_LENGTH = 32


class EncryptedText(_TextField):
    """Text that only this installation can read. It cannot be searched: see `digests`.

    The library has no empty text, only NULL, and derives its keys, slowly, for each column.
    """

    @cached_property
    def keys(self) -> list[bytes]:
        return _keys(settings.SECRET_KEY, tuple(settings.SECRET_KEY_FALLBACKS), tuple(settings.SALT_KEY))

    def get_prep_value(self, value: Any) -> Any:
        return "" if value == "" else super().get_prep_value(value)


if TYPE_CHECKING:
    EncryptedJSON = models.JSONField
else:

    class EncryptedJSON(EncryptedText):
        """A JSON value that only this installation can read, and that no query can look into."""

        def from_db_value(self, value, expression, connection):
            text = super().from_db_value(value, expression, connection)
            return None if text is None else json.loads(text)

        def get_prep_value(self, value):
            return None if value is None else super().get_prep_value(json.dumps(value))


def digest(text: str) -> str:
    """What is written into an index for a text that is not to be read there: the same for the same words, and only
    here. To find it, use `digests`.

    Case, accents and spaces at the ends make no difference.
    """
    return digests(text)[0]


def digests(text: str) -> list[str]:
    """What may stand in an index for a text: its digest by the key of today, and by each that was before it."""
    decomposed = unicodedata.normalize("NFKD", text.strip().casefold())
    plain = "".join(letter for letter in decomposed if not unicodedata.combining(letter)).encode()
    secrets = [settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS]
    return [
        hmac.new(_digest_key(secret), plain, hashlib.sha256).hexdigest()[:_DIGEST_LENGTH]
        for secret in secrets
    ]


def _digest_key(secret: str) -> bytes:
    return hashlib.sha256(f"sealed.digest:{secret}".encode()).digest()


@cache
def _keys(_secret: str, _fallbacks: tuple[str, ...], _salts: tuple[str, ...]) -> list[bytes]:
    return EncryptedTextField().keys
