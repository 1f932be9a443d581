"""A part of a file, as players ask for it: without this nobody could jump to the middle of a recording."""

import re
from collections.abc import Iterator
from typing import IO

from django.http import FileResponse

CHUNK = 256 * 1024
# One range, and of bytes: https://www.rfc-editor.org/rfc/rfc9110#section-14.1.2
ONE_RANGE = re.compile(r"bytes=(?:(\d{1,18})-(\d{0,18})|-(\d{1,18}))")


def answer_range(response: FileResponse, asked: str, *, size: int) -> None:
    """Make of a whole answer the part that was asked for, or 416 where there is none. Any other wish is passed over."""
    response["Accept-Ranges"] = "bytes"
    wish = ONE_RANGE.fullmatch(asked)
    if wish is None:
        return
    start, end = _meant(wish, size)
    if start > end:
        response.status_code = 416
        response["Content-Range"] = f"bytes */{size}"
        response["Content-Length"] = "0"
        response.streaming_content = iter(())
        return
    file = response.file_to_stream
    assert file is not None
    file.seek(start)
    response.status_code = 206
    response["Content-Range"] = f"bytes {start}-{end}/{size}"
    response["Content-Length"] = str(end - start + 1)
    response.streaming_content = _read(file, end - start + 1)


def _meant(wish: re.Match[str], size: int) -> tuple[int, int]:
    """The first byte and the last; where the first is beyond, there is nothing."""
    first, last, tail = wish.groups()
    if tail is not None:
        return (max(0, size - int(tail)), size - 1) if int(tail) else (size, size - 1)
    return min(int(first), size), min(int(last), size - 1) if last else size - 1


def _read(file: IO[bytes], left: int) -> Iterator[bytes]:
    while left > 0 and (chunk := file.read(min(CHUNK, left))):
        left -= len(chunk)
        yield chunk
