"""The kinds of files that this installation takes."""

from functools import cache

from comptoir.kernel.files.kinds import OF_THE_KERNEL, Kind
from comptoir.kernel.registry import modules


@cache
def kinds() -> dict[str, Kind]:
    """Every kind that this installation takes, by its name: the products' and the house's own."""
    declared = [*(kind for module in modules() for kind in module.file_kinds), *OF_THE_KERNEL]
    found = {kind.name: kind for kind in declared}
    assert len(found) == len(declared), "two kinds of files share a name"
    return found
