"""Names of files as people gave them, made safe to keep and to offer again."""

import re
import unicodedata
from collections.abc import Sequence

MAX_LENGTH = 150
_NOT_FOR_DISKS = re.compile(r'[<>:"|?*%]')


def safe_filename(name: str, *, endings: Sequence[str]) -> str:
    """The last part of a path, without what disks and screens trip over, with one of `endings` at its end.

    Letters of any script stay. Control and invisible characters go: among them those that turn the direction
    of writing, with which `gpj.exe` is shown as a picture.
    """
    last = re.split(r"[/\\]", unicodedata.normalize("NFC", name))[-1]
    visible = "".join(" " if char.isspace() else char for char in last)
    visible = "".join(char for char in visible if unicodedata.category(char)[0] != "C")
    cleaned = " ".join(_NOT_FOR_DISKS.sub("_", visible).split()).rstrip(". ")
    ending = next((known for known in endings if cleaned.lower().endswith(known)), None)
    stem = cleaned[: -len(ending)] if ending else cleaned
    return (stem.strip(". ")[:MAX_LENGTH].rstrip(". ") or "file") + (ending or endings[0])
