"""Reading an upload form as it arrives: its permission is checked before a byte of the file is kept."""

from contextlib import suppress

from django.http import HttpRequest
from django.http.request import UnreadablePostError
from python_multipart.exceptions import FormParserError
from python_multipart.multipart import MultipartParser, parse_options_header

from comptoir.kernel.files.installed_kinds import kinds
from comptoir.kernel.files.refusals import UploadMalformed
from comptoir.kernel.files.storage_local import Arrival, LocalStorage

CHUNK = 256 * 1024
MAX_FIELDS = 20
MAX_FIELD_BYTES = 8 * 1024


def receive_upload(request: HttpRequest, *, store: LocalStorage) -> None:
    """Take in one posted form: fields, then the file, never more than a chunk of it in memory.

    Raises the refusals of `LocalStorage.accepted_upload` and `Arrival.finish`, and `UploadMalformed`.
    """
    form_type, options = parse_options_header(request.headers.get("Content-Type", ""))
    if form_type != b"multipart/form-data" or not options.get(b"boundary"):
        raise UploadMalformed
    form = _Form(store)
    try:
        parser = form.parser(options[b"boundary"])
        while chunk := request.read(CHUNK):
            parser.write(chunk)
        form.finish()
    except (FormParserError, UnreadablePostError) as error:
        raise UploadMalformed from error
    finally:
        form.clear()


def discard_rest(request: HttpRequest) -> None:
    """Read on and keep nothing, as far as an honest upload could go."""
    left = max(kind.max_bytes for kind in kinds().values())
    with suppress(UnreadablePostError):
        while left > 0 and (chunk := request.read(CHUNK)):
            left -= len(chunk)


class _Form:
    """The state of one form while it is read; its methods are what the parser calls."""

    def __init__(self, store: LocalStorage) -> None:
        self._store = store
        self._fields: dict[str, bytearray] = {}
        self._arrival: Arrival | None = None
        self._header_name = bytearray()
        self._header_value = bytearray()
        self._disposition = b""
        self._field: bytearray | None = None
        self._whole = False

    def parser(self, boundary: bytes) -> MultipartParser:
        return MultipartParser(
            boundary,
            callbacks={
                "on_part_begin": self._on_part_begin,
                "on_header_field": lambda data, start, end: self._header_name.extend(data[start:end]),
                "on_header_value": lambda data, start, end: self._header_value.extend(data[start:end]),
                "on_header_end": self._on_header_end,
                "on_headers_finished": self._on_headers_finished,
                "on_part_data": lambda data, start, end: self._on_part_data(data[start:end]),
                "on_end": self._on_end,
            },
        )

    def finish(self) -> None:
        if self._arrival is None or not self._whole:
            raise UploadMalformed
        self._arrival.finish()

    def clear(self) -> None:
        if self._arrival is not None:
            self._arrival.clear()

    def _on_part_begin(self) -> None:
        if self._arrival is not None:
            raise UploadMalformed
        self._disposition = b""

    def _on_header_end(self) -> None:
        if self._header_name.lower() == b"content-disposition":
            self._disposition = bytes(self._header_value)
        self._header_name.clear()
        self._header_value.clear()

    def _on_headers_finished(self) -> None:
        _kind, options = parse_options_header(self._disposition)
        name = options.get(b"name", b"").decode("utf-8", "replace")
        if name == "file":
            fields = {name: value.decode("utf-8", "replace") for name, value in self._fields.items()}
            self._arrival = self._store.accepted_upload(fields)
        elif not name or len(self._fields) >= MAX_FIELDS:
            raise UploadMalformed
        else:
            self._field = self._fields[name] = bytearray()

    def _on_part_data(self, data: bytes) -> None:
        if self._arrival is not None:
            self._arrival.write(data)
        elif self._field is not None:
            self._field.extend(data)
            if len(self._field) > MAX_FIELD_BYTES:
                raise UploadMalformed

    def _on_end(self) -> None:
        self._whole = True
