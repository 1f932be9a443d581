"""Which storage this installation keeps its files in."""

from functools import cache

from django.conf import settings

from comptoir.kernel.files.storage_local import LocalStorage
from comptoir.kernel.files.storage_protocol import Storage


def storage() -> Storage:
    """S3 where a bucket is named, else the local disk."""
    if settings.S3_BUCKET:
        return _s3(settings.S3_BUCKET, settings.S3_REGION, settings.S3_ENDPOINT_URL, settings.S3_PUBLIC_URL)
    return LocalStorage(settings.FILES_DIR)


@cache
def _s3(bucket: str, region: str, endpoint_url: str, public_url: str) -> Storage:
    # Imported here: boto3 takes half a second that an installation on local disk need not spend.
    from comptoir.kernel.files.storage_s3 import S3Storage

    return S3Storage(bucket=bucket, region=region, endpoint_url=endpoint_url, public_url=public_url)
