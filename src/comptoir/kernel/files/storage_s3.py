"""Files in an S3 bucket: the bytes go between the browser and the bucket, past this application."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime
from typing import TYPE_CHECKING, Any

import boto3
from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError
from django.conf import settings
from django.utils.http import content_disposition_header

from comptoir.kernel import clock
from comptoir.kernel.files.bucket import bucket_problems
from comptoir.kernel.files.refusals import StorageUnavailable
from comptoir.kernel.files.storage_protocol import Form

if TYPE_CHECKING:
    from types_boto3_s3 import S3Client

IMMUTABLE = "public, max-age=31536000, immutable"
NOT_THERE = {"404", "NoSuchKey", "NotFound"}


class S3Storage:
    """One client for all threads, as boto3 allows. Its keys come from where AWS's own tools find them."""

    def __init__(self, *, bucket: str, region: str, endpoint_url: str, public_url: str) -> None:
        self.bucket = bucket
        self._public_url = (public_url or _bucket_url(bucket, region, endpoint_url)).rstrip("/")
        self.client: S3Client = boto3.session.Session().client(
            "s3",
            region_name=region,
            endpoint_url=endpoint_url or None,
            config=Config(
                signature_version="s3v4",
                # Amazon wants the bucket in the host's name; every other S3 takes it in the path.
                s3={"addressing_style": "path" if endpoint_url else "virtual"},
                connect_timeout=5,
                read_timeout=20,
                retries={"mode": "standard", "total_max_attempts": 3},
                # Not every other S3 knows the checksums that boto3 would add by itself.
                request_checksum_calculation="when_required",
                response_checksum_validation="when_required",
            ),
        )

    def upload_form(self, key: str, *, content_type: str, size: int, expires_at: datetime) -> Form:
        seconds = int((expires_at - clock.now()).total_seconds())
        post = self.client.generate_presigned_post(
            self.bucket,
            key,
            Fields={"Content-Type": content_type},
            Conditions=[{"Content-Type": content_type}, ["content-length-range", size, size]],
            ExpiresIn=seconds,
        )
        return Form(url=post["url"], fields=post["fields"])

    def size(self, key: str) -> int | None:
        with _answers(or_nothing=NOT_THERE):
            return self.client.head_object(Bucket=self.bucket, Key=key)["ContentLength"]
        return None

    def read(self, key: str, *, limit: int) -> bytes:
        with _answers(or_nothing=NOT_THERE):
            return self.client.get_object(Bucket=self.bucket, Key=key)["Body"].read(limit + 1)
        raise KeyError(key)

    def copy(self, source: str, target: str, *, content_type: str) -> bool:
        with _answers(or_nothing=NOT_THERE):
            self.client.copy_object(
                Bucket=self.bucket,
                Key=target,
                CopySource={"Bucket": self.bucket, "Key": source},
                MetadataDirective="REPLACE",
                ContentType=content_type,
            )
            return True
        return False

    def publish(self, key: str, data: bytes, *, content_type: str) -> None:
        with _answers():
            self.client.put_object(
                Bucket=self.bucket, Key=key, Body=data, ContentType=content_type, CacheControl=IMMUTABLE
            )

    def remove(self, keys: Sequence[str]) -> None:
        with _answers():
            self.client.delete_objects(
                Bucket=self.bucket, Delete={"Objects": [{"Key": key} for key in keys], "Quiet": True}
            )

    def download_url(self, key: str, *, filename: str, content_type: str, seconds: int) -> str:
        disposition = content_disposition_header(as_attachment=True, filename=filename)
        return self.client.generate_presigned_url(
            "get_object",
            Params={
                "Bucket": self.bucket,
                "Key": key,
                "ResponseContentDisposition": disposition or "attachment",
                "ResponseContentType": content_type,
                "ResponseCacheControl": "no-store",
            },
            ExpiresIn=seconds,
        )

    def public_url(self, key: str) -> str:
        return f"{self._public_url}/{key}"

    def keys_below(self, prefix: str, *, before: datetime) -> Iterator[str]:
        with _answers():
            pages = self.client.get_paginator("list_objects_v2").paginate(Bucket=self.bucket, Prefix=prefix)
            for page in pages:
                yield from (
                    found["Key"] for found in page.get("Contents", ()) if found["LastModified"] < before
                )

    def problems(self) -> Iterator[str]:
        yield from bucket_problems(
            self.client, self.bucket, site_url=settings.SITE_URL, has_cdn=bool(settings.S3_PUBLIC_URL)
        )


def _bucket_url(bucket: str, region: str, endpoint_url: str) -> str:
    return (
        f"{endpoint_url.rstrip('/')}/{bucket}"
        if endpoint_url
        else f"https://{bucket}.s3.{region}.amazonaws.com"
    )


@contextmanager
def _answers(*, or_nothing: set[str] | frozenset[str] = frozenset()) -> Iterator[Any]:
    """Leave the block quietly for these error codes; `StorageUnavailable` for any other failure."""
    try:
        yield
    except ClientError as error:
        if error.response["Error"]["Code"] not in or_nothing:
            raise StorageUnavailable from error
    except BotoCoreError as error:
        raise StorageUnavailable from error
