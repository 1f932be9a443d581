"""Attachments: documents, sound and pictures that one person hands another. They are never public."""

from comptoir.kernel.files.examination import Findings, Unfit
from comptoir.kernel.files.pictures import FORMATS, measure_picture

PDF, MP3, M4A = "application/pdf", "audio/mpeg", "audio/mp4"
_PDF_ENDS_WITHIN = 2048


def examine_attachment(data: bytes, content_type: str) -> Findings:
    """Raises `Unfit` unless it begins, and where it can be told ends, as a file of that type does."""
    if content_type in FORMATS:
        return measure_picture(data, content_type)
    if not _SIGNS[content_type](data):
        raise Unfit("not_the_announced_type")
    return Findings()


def _is_pdf(data: bytes) -> bool:
    """https://www.iso.org/standard/75839.html, 7.5.2 and 7.5.5"""
    return data.startswith(b"%PDF-") and b"%%EOF" in data[-_PDF_ENDS_WITHIN:]


def _is_mp3(data: bytes) -> bool:
    """A tag, or a first frame: eleven bits set, and neither a reserved version nor a reserved layer."""
    if data.startswith(b"ID3"):
        return True
    return (
        len(data) > 1
        and data[0] == 0xFF
        and data[1] & 0xE0 == 0xE0
        and data[1] & 0x18 != 0x08
        and data[1] & 0x06 != 0
    )


def _is_m4a(data: bytes) -> bool:
    return data[4:8] == b"ftyp"


_SIGNS = {PDF: _is_pdf, MP3: _is_mp3, M4A: _is_m4a}
