"""Files to try: sound ones, and ones that are not what they claim to be; and the places to send them to."""

import base64
import json
import random
import struct
import zlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from io import BytesIO
from typing import Any

from PIL import Image

from comptoir.kernel.files import Upload
from comptoir.kernel.files.storage import storage
from comptoir.kernel.files.storage_protocol import Storage

Sent = Callable[..., Upload]

N8N = json.dumps({"name": "Rappel", "nodes": [{"type": "webhook"}], "connections": {}}).encode()


@dataclass(frozen=True)
class Answer:
    """What a browser gets."""

    status_code: int
    headers: Mapping[str, str]
    content: bytes


@dataclass(frozen=True)
class Place:
    """Where files lie in this test, and how a browser sends and fetches them there."""

    name: str
    send: Callable[[Upload, bytes], int]
    fetch: Callable[[str], Answer]

    @property
    def storage(self) -> Storage:
        return storage()


def later() -> datetime:
    """A moment after everything that has been written: storages keep time by their own clocks."""
    return datetime.now(UTC) + timedelta(minutes=1)


def policy_of(upload: Upload) -> Any:
    """What a form for S3 permits."""
    return json.loads(base64.b64decode(upload.fields["policy"]))


def picture(width: int = 800, height: int = 600, *, image_format: str = "PNG", **options: Any) -> bytes:
    """An image with some life in it, so that cutting it short is noticed."""
    small = Image.frombytes("RGB", (40, 30), random.Random(7).randbytes(40 * 30 * 3))
    encoded = BytesIO()
    small.resize((width, height)).save(encoded, image_format, **options)
    return encoded.getvalue()


def exif(*, turned: int, artist: str = "") -> Image.Exif:
    """What a camera notes beside the pixels; `turned` is 6 for a quarter to the right."""
    noted = Image.Exif()
    noted[0x0112] = turned
    if artist:
        noted[0x013B] = artist
    return noted


def png_header(width: int, height: int) -> bytes:
    """A PNG that announces many pixels and brings none."""

    def chunk(name: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))

    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    return (
        b"\x89PNG\r\n\x1a\n"
        + chunk(b"IHDR", header)
        + chunk(b"IDAT", zlib.compress(b"\0" * 64))
        + chunk(b"IEND", b"")
    )


UNFIT_AUTOMATIONS = {
    "a PNG named JSON": (picture(), "not_utf8"),
    "a page named JSON": (b"<html><script>alert(1)</script></html>", "not_json"),
    "UTF-8 with a byte order mark": (b"\xef\xbb\xbf" + N8N, "byte_order_mark"),
    "UTF-16": (N8N.decode().encode("utf-16"), "not_utf8"),
    "cut short": (N8N[:-1], "not_json"),
    "two documents": (N8N + N8N, "not_json"),
    "JSON, then a page": (N8N + b"<script>", "not_json"),
    "not a number": (b'{"a": NaN}', "not_json"),
    "endless": (b'{"a": -Infinity}', "not_json"),
    "a number of 10,000 digits": (b"[" + b"9" * 10_000 + b"]", "not_json"),
    "a text": (b'"nodes"', "not_a_workflow"),
    "nothing": (b"null", "not_a_workflow"),
    "the same name twice": (b'{"nodes": [], "nodes": [1]}', "repeated_name"),
    "101 levels": (b"[" * 101 + b"]" * 101, "too_deep"),
    "a million levels": (b"[" * 400_000 + b"]" * 400_000, "too_deep"),
    "a tower of objects": (b'{"a":' * 5_000 + b"1" + b"}" * 5_000, "too_deep"),
    "a million values": (b"[" + b"0," * 1_000_000 + b"0]", "too_many_values"),
}
UNFIT_PICTURES = {
    "a page named PNG": (b"<html><script>alert(1)</script></html>", "image/png", "not_the_declared_type"),
    "JSON named PNG": (N8N, "image/png", "not_the_declared_type"),
    "a JPEG named PNG": (picture(image_format="JPEG"), "image/png", "not_the_declared_type"),
    "a PNG named WebP": (picture(), "image/webp", "not_the_declared_type"),
    "a GIF named PNG": (picture(80, 60, image_format="GIF"), "image/png", "not_the_declared_type"),
    "a page behind the first bytes of a PNG": (picture()[:16] + b"<script>" * 9, "image/png", "broken_image"),
    "half a PNG": (picture()[:5_000], "image/png", "broken_image"),
    "half a JPEG": (picture(image_format="JPEG")[:5_000], "image/jpeg", "broken_image"),
    "half a WebP": (picture(image_format="WEBP")[:2_000], "image/webp", "broken_image"),
    "900 million pixels": (png_header(30_000, 30_000), "image/png", "too_many_pixels"),
    "100 million pixels": (png_header(10_000, 10_000), "image/png", "too_many_pixels"),
    "25 million pixels": (png_header(5_000, 5_000), "image/png", "too_many_pixels"),
    "319 pixels wide": (picture(319, 400), "image/png", "too_narrow"),
    "320 wide before it is turned": (
        picture(320, 200, image_format="JPEG", exif=exif(turned=6)), "image/jpeg", "too_narrow",
    ),
}  # fmt: skip
