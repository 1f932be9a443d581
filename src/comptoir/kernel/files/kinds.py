"""The kinds of files: what each may be, how large, who examines it. Products declare theirs (`Module.file_kinds`)."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from django.utils.functional import Promise

from comptoir.kernel.files.attachments import M4A, MP3, PDF, examine_attachment
from comptoir.kernel.files.examination import REASONS, Findings
from comptoir.kernel.files.pictures import examine_picture

MEBIBYTE = 1024 * 1024


@dataclass(frozen=True)
class Kind:
    """`content_types` gives the endings of the names that go with each type, the usual one first.

    `examine(data, content_type)` raises `Unfit` for a file that is not what it claims to be; `reasons` are the
    sentences of the kind's own reasons, by their codes.
    """

    name: str
    content_types: Mapping[str, tuple[str, ...]]
    max_bytes: int
    examine: Callable[[bytes, str], Findings]
    reasons: Mapping[str, str | Promise] = field(default_factory=dict)

    def why(self, reason: str) -> str | Promise:
        """The sentence that a person is shown for the code of a reason."""
        return self.reasons[reason] if reason in self.reasons else REASONS[reason]


OF_THE_KERNEL = (
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
