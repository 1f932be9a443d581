"""Uploads over the API: announce a file, learn where and how to send it, and have verified what arrived."""

from dataclasses import replace
from datetime import datetime
from typing import Any

from django.http import HttpRequest
from pydantic import Field

from comptoir.kernel.files.installed_kinds import kinds
from comptoir.kernel.files.models import StoredFile
from comptoir.kernel.files.uploads import Upload, claim, presign_upload
from comptoir.kernel.http.schema import Router, Schema
from comptoir.kernel.http.throttles import StrictThrottle, default_throttles

router = Router(tags=["Files"])


def _name_the_kinds(schema: dict[str, Any]) -> None:
    """The kinds of this installation, for the reference: products declare theirs after this file is read."""
    schema["description"] = f"One of {', '.join(f'`{kind}`' for kind in kinds())}."


class Announcement(Schema):
    """The file that is to come. `size` is in bytes."""

    kind: str = Field(json_schema_extra=_name_the_kinds)
    filename: str
    content_type: str
    size: int


class Permission(Schema):
    """Send `method` to `uploadUrl` a form (multipart/form-data): the `fields`, then the file as `file`."""

    key: str
    upload_url: str
    method: str
    fields: dict[str, str]
    headers: dict[str, str]
    expires_at: datetime


class Arrived(Schema):
    """The key of an upload that has been sent, and the kind that it was announced as."""

    kind: str
    key: str


class VerifiedFile(Schema):
    """`details` are what only its kind tells of it."""

    key: str
    filename: str
    content_type: str
    size: int
    details: dict[str, str]
    width: int | None
    height: int | None


@router.post(
    "/uploads",
    response=Permission,
    throttle=[*default_throttles(), StrictThrottle("60/min", scope="uploads")],
    summary="Ask to upload a file",
)
def create_upload(request: HttpRequest, announcement: Announcement) -> Upload:
    """The permission lasts 15 minutes, for one file of exactly this type and size. Name its `key` afterwards."""
    assert request.user.is_authenticated
    upload = presign_upload(request.user, **announcement.dict())
    # A program needs the whole address; a page may have been opened by another name of this site.
    return replace(upload, upload_url=request.build_absolute_uri(upload.upload_url))


@router.post(
    "/uploads/claim",
    response=VerifiedFile,
    throttle=[*default_throttles(), StrictThrottle("60/min", scope="claims")],
    summary="Have an upload verified",
)
def claim_upload(request: HttpRequest, arrived: Arrived) -> StoredFile:
    """Says at once whether it is what it claims to be. Not needed: whatever uses the key has it verified, too."""
    assert request.user.is_authenticated
    return claim(request.user, key=arrived.key, kind=arrived.kind)
