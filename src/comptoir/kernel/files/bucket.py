"""What the bucket must be told: who may post to it from a page (CORS), and that only `public/` is public."""

import json
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from botocore.exceptions import BotoCoreError, ClientError

if TYPE_CHECKING:
    from types_boto3_s3 import S3Client


def bucket_rules(bucket: str, *, site_url: str) -> dict[str, Any]:
    """The rules to give to the bucket, in the shapes of `put_bucket_cors` and `put_bucket_policy`."""
    return {
        "cors": {
            "CORSRules": [
                {
                    "AllowedOrigins": [site_url],
                    "AllowedMethods": ["POST"],
                    "AllowedHeaders": ["*"],
                    "MaxAgeSeconds": 3600,
                }
            ]
        },
        "policy": {
            "Version": "2012-10-17",
            "Statement": [
                {
                    "Sid": "PublicVariants",
                    "Effect": "Allow",
                    "Principal": "*",
                    "Action": "s3:GetObject",
                    "Resource": f"arn:aws:s3:::{bucket}/public/*",
                }
            ],
        },
    }


def bucket_problems(client: "S3Client", bucket: str, *, site_url: str, has_cdn: bool) -> Iterator[str]:
    """A sentence for each rule that is missing or too wide. A CDN of one's own may read without the policy."""
    try:
        client.head_bucket(Bucket=bucket)
    except (ClientError, BotoCoreError) as error:
        yield f"The bucket {bucket} cannot be reached ({error}): check S3_BUCKET and the AWS keys."
        return
    if not _may_post(_cors_rules(client, bucket), site_url):
        yield f"The bucket {bucket} refuses uploads from {site_url}: set its CORS rule (docs/files.md)."
    readable = list(_public_resources(client, bucket))
    for resource in readable:
        if not resource.startswith(f"arn:aws:s3:::{bucket}/public/"):
            yield f"The policy of the bucket {bucket} makes {resource} public: only {bucket}/public/* may be."
    if not readable and not has_cdn:
        yield f"Nobody can see the pictures in {bucket}/public/: set its policy (docs/files.md) or S3_PUBLIC_URL."


def _cors_rules(client: "S3Client", bucket: str) -> Any:
    try:
        return client.get_bucket_cors(Bucket=bucket)["CORSRules"]
    except ClientError:
        return []


def _may_post(rules: Any, site_url: str) -> bool:
    return any(
        "POST" in rule["AllowedMethods"] and {site_url, "*"} & set(rule["AllowedOrigins"]) for rule in rules
    )


def _public_resources(client: "S3Client", bucket: str) -> Iterator[str]:
    """What the policy lets anybody read."""
    try:
        statements = json.loads(client.get_bucket_policy(Bucket=bucket)["Policy"])["Statement"]
    except ClientError:
        return
    for statement in statements:
        if statement["Effect"] == "Allow" and statement.get("Principal") in ("*", {"AWS": "*"}):
            resources = statement["Resource"]
            yield from [resources] if isinstance(resources, str) else resources
