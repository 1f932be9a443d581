"""The outcome of reading a file: what was found, or why it is unfit."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

# The code is stored on the row, the sentence is shown: what is wrong and, where it can be mended, how.
REASONS: Mapping[str, str | Promise] = {
    "wrong_kind": _("It was uploaded as another kind of file."),
    "wrong_size": _("It does not have the size that was announced."),
    "not_the_declared_type": _("It is not an image of the type that its name announces."),
    "not_the_announced_type": _("It is not a file of the type that its name announces."),
    "broken_image": _("The image is damaged or incomplete."),
    "too_many_pixels": _("The image is too large: 24 megapixels are the most."),
    "too_narrow": _("The image is too small: it must be at least 320 pixels wide."),
}


class Unfit(Exception):
    """The file is not what it claims to be; `reason` is a key of `REASONS` or of its kind's own."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


@dataclass(frozen=True)
class Findings:
    """What a fit file turned out to be. `variants` are WebP pictures by name, fit to be public.

    `details` are what only its kind knows of it, as JSON: they are kept with the file.
    """

    width: int | None = None
    height: int | None = None
    details: Mapping[str, str] = field(default_factory=dict)
    variants: Mapping[str, bytes] = field(default_factory=dict)
