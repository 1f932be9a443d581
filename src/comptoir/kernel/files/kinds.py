"""The kinds of files: what each may be, how large, who examines it. A later kind is one more row."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from comptoir.kernel.files.attachments import M4A, MP3, PDF, examine_attachment
from comptoir.kernel.files.examination import Findings
from comptoir.kernel.files.pictures import examine_picture
from comptoir.kernel.files.workflows import examine_workflow

MEBIBYTE = 1024 * 1024


@dataclass(frozen=True)
class Kind:
    """`content_types` gives the endings of the names that go with each type, the usual one first.

    `examine(data, content_type)` raises `Unfit` for a file that is not what it claims to be.
    """

    name: str
    content_types: Mapping[str, tuple[str, ...]]
    max_bytes: int
    examine: Callable[[bytes, str], Findings]


KINDS = {
    kind.name: kind
    for kind in (
        Kind("automationFile", {"application/json": (".json",)}, 5 * MEBIBYTE, examine_workflow),
        Kind(
            "previewImage",
            {"image/png": (".png",), "image/jpeg": (".jpg", ".jpeg"), "image/webp": (".webp",)},
            8 * MEBIBYTE,
            examine_picture,
        ),
        Kind(
            "attachment",
            {
                PDF: (".pdf",),
                MP3: (".mp3",),
                M4A: (".m4a",),
                "image/png": (".png",),
                "image/jpeg": (".jpg", ".jpeg"),
                "image/webp": (".webp",),
            },
            40 * MEBIBYTE,
            examine_attachment,
        ),
    )
}
