"""Uploads of the demo, by the same way as any: announced, then sent to where they were promised a place."""

from django.conf import settings

from comptoir.kernel import files
from comptoir.kernel.accounts.models import User
from comptoir.kernel.files.storage_local import LocalStorage


def upload(user: User, kind: str, filename: str, content_type: str, data: bytes) -> str:
    """Returns the file's key."""
    upload = files.presign_upload(
        user, kind=kind, filename=filename, content_type=content_type, size=len(data)
    )
    arrival = LocalStorage(settings.FILES_DIR).accepted_upload(upload.fields)
    try:
        arrival.write(data)
        arrival.finish()
    finally:
        arrival.clear()
    return upload.key
