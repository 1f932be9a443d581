"""Files on the local disk, with signed forms and links in the shape that S3 gives them."""

import os
import secrets
import shutil
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from django.conf import settings
from django.core import signing
from django.urls import reverse

from comptoir.kernel import clock
from comptoir.kernel.files.models import FileState, StoredFile
from comptoir.kernel.files.refusals import (
    FileGone,
    LinkExpired,
    LinkInvalid,
    UploadAlreadyDone,
    UploadExpired,
    UploadForbidden,
    UploadWrongSize,
)
from comptoir.kernel.files.storage_protocol import Form

UPLOAD_SALT = "comptoir.files.upload"
DOWNLOAD_SALT = "comptoir.files.download"


@dataclass(frozen=True)
class LinkedFile:
    path: Path
    filename: str
    content_type: str


class LocalStorage:
    """Objects are files below `root`."""

    def __init__(self, root: Path) -> None:
        self.root = root

    def upload_form(self, key: str, *, content_type: str, size: int, expires_at: datetime) -> Form:
        promise = {"key": key, "type": content_type, "size": size, "until": expires_at.timestamp()}
        policy = signing.dumps(promise, salt=UPLOAD_SALT)
        return Form(
            url=reverse("files:upload"), fields={"key": key, "Content-Type": content_type, "policy": policy}
        )

    def size(self, key: str) -> int | None:
        try:
            return self._path(key).stat().st_size
        except FileNotFoundError:
            return None

    def read(self, key: str, *, limit: int) -> bytes:
        try:
            with self._path(key).open("rb") as file:
                return file.read(limit + 1)
        except FileNotFoundError as error:
            raise KeyError(key) from error

    def copy(self, source: str, target: str, *, content_type: str) -> bool:  # noqa: ARG002 — the row knows the type
        unfinished = self._unfinished(target)
        try:
            shutil.copyfile(self._path(source), unfinished)
        except FileNotFoundError:
            return False
        unfinished.replace(self._path(target))
        return True

    def publish(self, key: str, data: bytes, *, content_type: str) -> None:  # noqa: ARG002
        unfinished = self._unfinished(key)
        unfinished.write_bytes(data)
        unfinished.replace(self._path(key))

    def remove(self, keys: Sequence[str]) -> None:
        for key in keys:
            self._path(key).unlink(missing_ok=True)

    def download_url(self, key: str, *, filename: str, content_type: str, seconds: int) -> str:
        until = (clock.now() + timedelta(seconds=seconds)).timestamp()
        promise = {"key": key, "name": filename, "type": content_type, "until": until}
        token = signing.dumps(promise, salt=DOWNLOAD_SALT)
        return settings.SITE_URL + reverse("files:download", args=[token])

    def public_url(self, key: str) -> str:
        return reverse("files:media", args=[key])

    def keys_below(self, prefix: str, *, before: datetime) -> Iterator[str]:
        for path in self._path(prefix).rglob("*"):
            if path.is_file() and datetime.fromtimestamp(path.stat().st_mtime, UTC) < before:
                yield path.relative_to(self.root).as_posix()

    def problems(self) -> Iterator[str]:
        try:
            self.root.mkdir(parents=True, exist_ok=True)
            tempfile.TemporaryFile(dir=self.root).close()
        except OSError:
            yield f"Files cannot be written to {self.root}: give this process the right to write there."

    # What S3 does by itself, and the views of this site do here.

    def accepted_upload(self, fields: Mapping[str, str]) -> "Arrival":
        """Where the form's file goes. Raises `UploadForbidden`, `UploadExpired`, `UploadAlreadyDone`."""
        try:
            promise = signing.loads(fields.get("policy", ""), salt=UPLOAD_SALT)
        except signing.BadSignature as error:
            raise UploadForbidden from error
        if fields.get("key") != promise["key"] or fields.get("Content-Type") != promise["type"]:
            raise UploadForbidden
        if clock.now().timestamp() >= promise["until"]:
            raise UploadExpired
        target = self._path(promise["key"])
        # Once it is claimed, what arrived is gone from `target`, and the row knows.
        expected = StoredFile.objects.filter(key=promise["key"], state=FileState.EXPECTED)
        if target.exists() or not expected.exists():
            raise UploadAlreadyDone
        return Arrival(target, unfinished=self._unfinished(promise["key"]), size=promise["size"])

    def linked_file(self, token: str) -> "LinkedFile":
        """What a download link leads to. Raises `LinkInvalid`, `LinkExpired`, `FileGone`."""
        try:
            promise = signing.loads(token, salt=DOWNLOAD_SALT)
        except signing.BadSignature as error:
            raise LinkInvalid from error
        if clock.now().timestamp() >= promise["until"]:
            raise LinkExpired
        return LinkedFile(self._existing(promise["key"]), promise["name"], promise["type"])

    def public_file(self, key: str) -> Path:
        """Path of a public object. Raises `FileGone` for any other."""
        if not key.startswith("public/"):
            raise FileGone
        return self._existing(key)

    def _existing(self, key: str) -> Path:
        path = self._path(key)
        if not path.is_file():
            raise FileGone
        return path

    def _path(self, key: str) -> Path:
        if "\0" in key or ".." in key.split("/") or key.startswith("/"):
            raise FileGone
        return self.root / key

    def _unfinished(self, key: str) -> Path:
        """A place beside `key` to write to, so that nobody ever reads half a file."""
        path = self._path(key)
        path.parent.mkdir(parents=True, exist_ok=True)
        return path.with_name(f".{path.name}.{secrets.token_hex(4)}")


class Arrival:
    """One file on its way to disk: written beside its place, and put there only when it is whole."""

    def __init__(self, target: Path, *, unfinished: Path, size: int) -> None:
        self._target = target
        self._unfinished = unfinished
        self._size = size
        self._written = 0
        self._file = unfinished.open("xb")

    def write(self, data: bytes) -> None:
        self._written += len(data)
        if self._written > self._size:
            raise UploadWrongSize
        self._file.write(data)

    def finish(self) -> None:
        """Raises `UploadWrongSize`, and `UploadAlreadyDone` when another copy of the form was faster."""
        self._file.close()
        if self._written != self._size:
            raise UploadWrongSize
        try:
            os.link(self._unfinished, self._target)
        except FileExistsError as error:
            raise UploadAlreadyDone from error

    def clear(self) -> None:
        self._file.close()
        self._unfinished.unlink(missing_ok=True)
