"""From the announcement of a file to its verification."""

import hashlib
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from types import MappingProxyType

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from comptoir.kernel import clock
from comptoir.kernel.accounts.models import User
from comptoir.kernel.errors import FieldError
from comptoir.kernel.files.examination import Findings, Unfit
from comptoir.kernel.files.filenames import safe_filename
from comptoir.kernel.files.installed_kinds import kinds
from comptoir.kernel.files.kinds import MEBIBYTE
from comptoir.kernel.files.models import FILE_TRANSITIONS, FileState, StoredFile
from comptoir.kernel.files.refusals import FileInvalid, FileMissing, FileNotYours, UploadRefused
from comptoir.kernel.files.storage import storage
from comptoir.kernel.states import WrongState, move

UPLOAD_WINDOW = timedelta(minutes=15)
NO_HEADERS: Mapping[str, str] = MappingProxyType({})


@dataclass(frozen=True)
class Upload:
    """How to send an announced file: `method` to `upload_url` a form of `fields`, then the file as `file`.

    `key` is what `claim` is asked with afterwards. `upload_url` may be a path on this site.
    """

    key: str
    upload_url: str
    method: str
    fields: Mapping[str, str]
    headers: Mapping[str, str]
    expires_at: datetime


def presign_upload(user: User, *, kind: str, filename: str, content_type: str, size: int) -> Upload:
    """Announce a file of exactly this type and size (bytes). The permission lasts 15 minutes.

    Raises `UploadRefused`, naming kind, filename, contentType or size.
    """
    errors = _announcement_errors(kind=kind, filename=filename, content_type=content_type, size=size)
    if errors:
        raise UploadRefused(errors=errors)
    stored = StoredFile.objects.create(
        key=f"incoming/{kind}/{secrets.token_hex(24)}",
        owner=user,
        kind=kind,
        filename=safe_filename(filename, endings=kinds()[kind].content_types[content_type]),
        content_type=content_type,
        size=size,
    )
    expires_at = stored.created_at + UPLOAD_WINDOW
    form = storage().upload_form(stored.key, content_type=content_type, size=size, expires_at=expires_at)
    return Upload(
        key=stored.key,
        upload_url=form.url,
        method="POST",
        fields=form.fields,
        headers=NO_HEADERS,
        expires_at=expires_at,
    )


def claim(user: User, *, key: str, kind: str, field: str = "key") -> StoredFile:
    """The verified file behind a key that this user uploaded. Reads the object: not inside a transaction.

    A verified file is given back at once. A file that is not what it claims to be is rejected for good.
    `field` names it in errors. Raises `FileNotYours`, `FileMissing`, `FileInvalid`, `StorageUnavailable`.
    """
    stored = StoredFile.objects.select_related("owner").filter(key=key, owner=user).first()
    if stored is None:
        raise FileNotYours(errors=[FieldError(field, FileNotYours.message)])
    if stored.kind != kind:
        raise _invalid(stored, "wrong_kind", field=field)
    if stored.state == FileState.STORED:
        return _claimed_again(stored, field=field)
    if stored.state == FileState.REJECTED:
        raise _invalid(stored, stored.rejection, field=field)
    private_key = stored.private_prefix + secrets.token_hex(8)
    try:
        data = _copy_and_read(stored, private_key)
        findings = kinds()[kind].examine(data, stored.content_type)
    except Unfit as unfit:
        _reject(stored, reason=unfit.reason, private_key=private_key)
        raise _invalid(stored, unfit.reason, field=field) from unfit
    except KeyError:
        return _settled_elsewhere(stored, field=field)
    return _keep(stored, data, findings, private_key=private_key, field=field)


def _announcement_errors(*, kind: str, filename: str, content_type: str, size: int) -> list[FieldError]:
    known = kinds().get(kind)
    if known is None:
        return [FieldError("kind", _("Choose one of: %(kinds)s.") % {"kinds": ", ".join(kinds())})]
    errors = []
    if not filename.strip() or len(filename) > 255:
        errors.append(FieldError("filename", _("Give the file a name of at most 255 characters.")))
    if content_type not in known.content_types:
        types = ", ".join(known.content_types)
        errors.append(FieldError("contentType", _("This file must be one of: %(types)s.") % {"types": types}))
    if size < 1:
        errors.append(FieldError("size", _("This file is empty.")))
    elif size > known.max_bytes:
        limit = _("This file is too large: at most %(limit)d MB.") % {"limit": known.max_bytes // MEBIBYTE}
        errors.append(FieldError("size", limit))
    return errors


def _claimed_again(stored: StoredFile, *, field: str) -> StoredFile:
    """Renews the days in which it has to be put to use: it is not cleaned away while that is being done."""
    if not StoredFile.objects.filter(pk=stored.pk).update(claimed_again_at=clock.now()):
        raise FileMissing(errors=[FieldError(field, FileMissing.message)])
    return stored


def _copy_and_read(stored: StoredFile, private_key: str) -> bytes:
    """A copy of what arrived, at a key that nobody else writes to: what is examined is what will be kept.

    The size is asked before and measured after, so that a storage that let too much in costs no memory.
    Raises `KeyError` when nothing has arrived.
    """
    place = storage()
    size = place.size(stored.key)
    if size is not None and size != stored.size:
        raise Unfit("wrong_size")
    if size is None or not place.copy(stored.key, private_key, content_type=stored.content_type):
        raise KeyError(stored.key)
    data = place.read(private_key, limit=stored.size)
    if len(data) != stored.size:
        raise Unfit("wrong_size")
    return data


def _keep(stored: StoredFile, data: bytes, findings: Findings, *, private_key: str, field: str) -> StoredFile:
    """The bytes first, then the row: whoever dies between the two leaves a claim that can be repeated."""
    place = storage()
    for variant, encoded in findings.variants.items():
        place.publish(stored.variant_key(variant), encoded, content_type="image/webp")
    try:
        with transaction.atomic():
            StoredFile.objects.filter(pk=stored.pk, state=FileState.EXPECTED).update(
                private_key=private_key,
                sha256=hashlib.sha256(data).hexdigest(),
                verified_at=clock.now(),
                width=findings.width,
                height=findings.height,
                details=findings.details,
            )
            move(stored, FileState.STORED, table=FILE_TRANSITIONS, actor=stored.owner)
    except WrongState:
        place.remove([private_key])
        return _settled_elsewhere(stored, field=field)
    place.remove([stored.key])
    stored.refresh_from_db()
    return stored


def _reject(stored: StoredFile, *, reason: str, private_key: str) -> None:
    storage().remove([private_key])
    try:
        with transaction.atomic():
            StoredFile.objects.filter(pk=stored.pk, state=FileState.EXPECTED).update(rejection=reason)
            move(stored, FileState.REJECTED, table=FILE_TRANSITIONS, actor=stored.owner, reason=reason)
    except WrongState:
        return
    storage().remove([stored.key])


def _settled_elsewhere(stored: StoredFile, *, field: str) -> StoredFile:
    """Nothing has arrived, or another claim of the same file was faster: the row says which.

    A row that is gone was cleaned away, a day after it was announced.
    """
    now = StoredFile.objects.filter(pk=stored.pk).first()
    if now is not None and now.state == FileState.STORED:
        return now
    if now is not None and now.state == FileState.REJECTED:
        raise _invalid(now, now.rejection, field=field)
    raise FileMissing(errors=[FieldError(field, FileMissing.message)])


def _invalid(stored: StoredFile, reason: str, *, field: str) -> FileInvalid:
    why = kinds()[stored.kind].why(reason)
    return FileInvalid(errors=[FieldError(field, why)], why=why)
